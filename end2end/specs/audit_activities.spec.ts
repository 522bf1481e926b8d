import { readFile } from "node:fs/promises";

import type { Locator } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { tooWide } from "../people/wide.ts";
import { barriers, barriersInBothColours } from "../rigs/axe.ts";
import { type Entry, Inquiry } from "../rigs/inquiry.ts";
import type { SandboxClient, SandboxRole } from "../rigs/sandbox.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const DAY = 86_400_000;

/** A moment at midnight, so many days ago. */
const midnight = (daysAgo: number) => new Date(Math.floor(Date.now() / DAY) * DAY - daysAgo * DAY).toISOString();

test.beforeEach(async ({ server }) => {
  // The tests themselves ask the sandbox beside the app.
  await server.sandbox.limits("audit", 1_000, 1);
});

test("a range shows what the sandbox recorded in it", async ({ person, server }) => {
  const sandbox = await reads(person, server);
  await looksFrom(person, midnight(4), midnight(2));
  const recorded = await sandbox.entries(midnight(4), midnight(2));
  const failed = recorded.filter(({ result }) => result.status === "FAILED").length;
  expect(failed).toBeGreaterThan(0);
  await shows(person, recorded);
  await expect(figure(person, "Success")).toHaveText(String(recorded.length - failed));
  await expect(figure(person, "Failed")).toHaveText(String(failed));
  await expect(figure(person, "Action types")).toHaveText(String(new Set(recorded.map(({ action }) => action.type)).size));
  await expect(figure(person, "Actors")).toHaveText(String(new Set(recorded.map(({ actors }) => actors.user.id)).size));
  const picture = person.main.getByRole("img", { name: new RegExp(`^Bar chart of ${recorded.length} entries.*, ${failed} of them failed`) });
  await expect(picture).toBeVisible();
  const newest = recorded[0]?.recordedAt.slice(0, 19).replace("T", " ") ?? "";
  await expect(rows(person).first()).toContainText(newest);

  await looksFrom(person, midnight(3), midnight(2));
  await shows(person, await sandbox.entries(midnight(3), midnight(2)));
});

test("the timeline says the same in numbers", async ({ person, server }) => {
  const sandbox = await reads(person, server);
  await looksFrom(person, midnight(3), midnight(2));
  const recorded = await sandbox.entries(midnight(3), midnight(2));
  await shows(person, recorded);
  await person.main.getByText("The same in numbers").click();
  const table = person.main.getByRole("region", { name: "Timeline" });
  const numbers = await table.locator("tbody tr > td:nth-child(2)").allTextContents();
  expect(numbers.map(Number)).toHaveLength(24);
  expect(numbers.map(Number).reduce((sum, number) => sum + number)).toBe(recorded.length);
});

test("one condition is asked of the provider, and one about a person not in the address", async ({ person, server }) => {
  const sandbox = await reads(person, server);
  const asked: { method: string; url: string; body: string }[] = [];
  person.page.on("request", (request) => {
    if (request.url().includes("/activities")) asked.push({ method: request.method(), url: decodeURIComponent(request.url()), body: request.postData() ?? "" });
  });
  await person.main.getByLabel("Only by").selectOption("Action type");
  await person.main.getByLabel("Action type", { exact: true }).selectOption("SESSION.CREATED");
  await looksFrom(person, midnight(8), midnight(1));
  const sessions = await sandbox.entries(midnight(8), midnight(1), 'action.type eq "SESSION.CREATED"');
  await shows(person, sessions);
  await expect(figure(person, "Action types")).toHaveText("1");
  expect(asked.every(({ method, url }) => method === "GET" && url.includes('action.type eq "SESSION.CREATED"'))).toBe(true);

  asked.length = 0;
  const { name } = sessions[0]!.actors.user;
  await person.main.getByLabel("Only by").selectOption("User name of the actor");
  await person.main.getByLabel("User name of the actor").fill(name);
  await person.main.getByRole("button", { name: "Search" }).click();
  await shows(person, await sandbox.entries(midnight(8), midnight(1), `actors.user.name eq "${name}"`));
  await expect(figure(person, "Actors")).toHaveText("1");
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.every(({ method, url, body }) => method === "POST" && !url.includes(name) && body.includes(name))).toBe(true);
  expect(person.page.url()).not.toContain(name);
});

test("result and text narrow what was read without another call, and the files hold just that", async ({ person, server }) => {
  const sandbox = await reads(person, server);
  await looksFrom(person, midnight(4), midnight(2));
  const recorded = await sandbox.entries(midnight(4), midnight(2));
  await shows(person, recorded);
  let calls = 0;
  person.page.on("request", (request) => (calls += request.url().includes("/activities") ? 1 : 0));
  await person.main.getByLabel("Result").selectOption("Failed");
  const failed = recorded.filter(({ result }) => result.status === "FAILED");
  await expect(figure(person, "Entries")).toHaveText(String(failed.length));
  await person.main.getByLabel("Find in what was read").fill("user.access_denied");
  const denied = failed.filter(({ action }) => action.type === "USER.ACCESS_DENIED");
  await expect(figure(person, "Entries")).toHaveText(String(denied.length));
  expect(calls).toBe(0);

  const table = await saves(person, "Export CSV");
  expect(table.name).toBe(`audit-activities-${midnight(4).slice(0, 10)}-${midnight(2).slice(0, 10)}.csv`);
  const lines = table.text.trimEnd().split("\r\n");
  expect(lines).toHaveLength(denied.length + 1);
  expect(lines[1]).toContain(denied[0]!.id);
  const file = JSON.parse((await saves(person, "Export JSON")).text) as { activities: Entry[]; all_read: boolean };
  expect(file.activities.map(({ id }) => id)).toEqual(denied.map(({ id }) => id));
  expect(file.all_read).toBe(true);

  await person.main.getByLabel("Find in what was read").fill("nothing has this text");
  await expect(person.main.getByText("Nothing that was read fits.")).toBeVisible();
});

test("more than one round is read when a person asks for it, to the end", async ({ person, server }) => {
  test.setTimeout(180_000);
  const sandbox = await reads(person, server);
  await looksFrom(person, midnight(22), midnight(1));
  await expect(person.main.getByText(/1,000 entries read\. There are more in this range/)).toBeVisible({ timeout: 30_000 });
  await expect(person.main.getByText("Not read yet")).toBeVisible();
  await expect(person.main.getByText("PingOne has the last 14 days at hand.")).toBeVisible();
  const recorded = await sandbox.entries(midnight(22), midnight(1));
  expect(recorded.length).toBeGreaterThan(1_000);
  await person.main.getByRole("button", { name: "Load more" }).click();
  await expect(person.main.getByText("That is all of it.")).toBeVisible({ timeout: 30_000 });
  await shows(person, recorded);
  await expect(person.main.getByText("Not read yet")).toBeHidden();
  await expect(rows(person)).toHaveCount(50);
  await person.main.getByRole("button", { name: "Show 50 more" }).click();
  await expect(rows(person)).toHaveCount(100);
});

test("an entry is shown with all its fields, and copied as it came", async ({ people, server }) => {
  const person = await people.signedIn("user", { permissions: ["clipboard-read", "clipboard-write"] });
  const sandbox = await reads(person, server);
  await looksFrom(person, midnight(3), midnight(2));
  const [newest] = await sandbox.entries(midnight(3), midnight(2));
  await rows(person).first().getByRole("button", { name: "Details" }).click();
  const dialog = person.page.getByRole("dialog", { name: newest!.action.type });
  for (const text of [newest!.id, newest!.recordedAt, newest!.actors.user.id]) await expect(dialog.getByText(text).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Copy JSON" }).click();
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(JSON.parse(await person.page.evaluate(() => navigator.clipboard.readText()))).toEqual(newest);
  expect(await barriers(person.page)).toEqual([]);
});

test("a client without the role is told which way leads to one", async ({ person, server, calm }) => {
  calm.expects(/status of 403.*\/activities/);
  await reads(person, server, ["identity_data_read_only"]);
  const refusal = person.main.getByRole("alert");
  await expect(refusal).toContainText("The worker token lacks a role");
  await expect(refusal).toContainText("Environment Admin");
  await expect(person.main.getByRole("button", { name: "Get a new token" })).toBeVisible();
});

test("when the provider asks to wait it is said, waited for, and gone on", async ({ person, server, calm }) => {
  calm.expects(/status of 429.*\/activities/);
  const client = await server.sandbox.addClient();
  const sandbox = await reads(person, server, undefined, client);
  await server.sandbox.apiMisbehavesFor(client, { type: "throttled", retry_after: 3 });
  await looksFrom(person, midnight(3), midnight(2));
  await expect(person.main.getByText(/asks to wait: it goes on in [123] s/)).toBeVisible();
  await server.sandbox.apiBehavesFor(client);
  await shows(person, await sandbox.entries(midnight(3), midnight(2)));
});

test("a page that fails leaves what was read, and is read when asked again", async ({ person, server, calm }) => {
  calm.expects(/status of 50\d.*\/activities/);
  const client = await server.sandbox.addClient();
  const sandbox = await reads(person, server, undefined, client);
  await server.sandbox.apiMisbehavesFor(client, { type: "failing" });
  await looksFrom(person, midnight(3), midnight(2));
  await expect(person.main.getByRole("alert")).toContainText("The provider can't be reached");
  await server.sandbox.apiBehavesFor(client);
  await person.main.getByRole("button", { name: "Try again" }).click();
  await shows(person, await sandbox.entries(midnight(3), midnight(2)));
});

test("a range that can't be is told, and one without entries says so", async ({ person, server }) => {
  await reads(person, server);
  await looksFrom(person, midnight(2), midnight(3));
  await expect(person.main.getByText("The range must end after it begins.")).toBeVisible();
  await looksFrom(person, midnight(3), midnight(2));
  await person.main.getByLabel("Only by").selectOption("Correlation ID");
  await person.main.getByRole("button", { name: "Search" }).click();
  await expect(person.main.getByText("Enter what is looked for.")).toBeVisible();
  await person.main.getByLabel("Correlation ID").fill("there-is-none");
  await person.main.getByRole("button", { name: "Search" }).click();
  await expect(person.main.getByRole("heading", { name: "Nothing was recorded" })).toBeVisible();
});

test("on a phone it fits, and axe finds nothing serious, in light and dark colours", async ({ people, server }) => {
  const person = await people.signedIn("user", { viewport: { width: 375, height: 800 } });
  await reads(person, server);
  await looksFrom(person, midnight(9), midnight(1));
  await expect(person.main.getByText("That is all of it.")).toBeVisible();
  await person.main.getByText("The same in numbers").click();
  expect(await tooWide(person.page)).toEqual([]);
  expect(await barriersInBothColours(person.page)).toEqual([]);
});

/** Adds a connection to the sandbox, opens the page, and gives a way to ask the sandbox beside it. */
async function reads(person: Person, server: TokenkeepServer, roles?: SandboxRole[], known?: SandboxClient): Promise<Inquiry> {
  const client = known ?? (await server.sandbox.addClient("client_secret_basic", 3_600, roles));
  await person.addsConnection({ name: "Audited", provider: "Sandbox", client });
  await person.opens("/audit-activities");
  await expect(person.heading("Audit activities")).toBeVisible();
  await expect(person.main.getByText("That is all of it.").or(person.main.getByRole("alert")).first()).toBeVisible();
  return new Inquiry(server.sandbox, client);
}

/** Searches a range of the person's own. */
async function looksFrom(person: Person, from: string, to: string): Promise<void> {
  await person.main.getByLabel("When").selectOption("From … to …");
  await person.main.getByLabel("From (UTC)").fill(from.slice(0, 16));
  await person.main.getByLabel("To (UTC)").fill(to.slice(0, 16));
  await person.main.getByRole("button", { name: "Search" }).click();
}

async function shows(person: Person, recorded: Entry[]): Promise<void> {
  await expect(person.main.getByText("That is all of it.")).toBeVisible();
  await expect(figure(person, "Entries")).toHaveText(recorded.length.toLocaleString("en-US"));
}

function figure(person: Person, name: string): Locator {
  return person.main.locator("dl.counts > div").filter({ has: person.page.getByText(name, { exact: true }) }).locator("dd");
}

function rows(person: Person): Locator {
  return person.main.getByRole("region", { name: "Entries" }).locator("tbody tr");
}

async function saves(person: Person, button: string): Promise<{ name: string; text: string }> {
  const saving = person.page.waitForEvent("download");
  await person.main.getByRole("button", { name: button }).click();
  const saved = await saving;
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
}
