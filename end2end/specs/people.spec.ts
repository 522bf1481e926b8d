import type { Locator } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { barriers } from "../rigs/axe.ts";
import { holds } from "../rigs/held.ts";
import type { SandboxClient, SandboxUser } from "../rigs/sandbox.ts";
import { expect, test } from "../rigs/test.ts";

/** Several of the company share this address. */
const DESK = "front.desk@papermill.example";

/** Opens the page as someone with a connection to the sandbox. */
async function opensPage(person: Person, client: SandboxClient): Promise<void> {
  await person.addsConnection({ name: "Directory", provider: "Sandbox", client });
  await person.opens("/people");
  await expect(person.page.getByLabel("Find a user", { exact: true })).toBeVisible();
}

async function finds(person: Person, text: string): Promise<void> {
  await person.page.getByLabel("Find a user", { exact: true }).fill(text);
  await person.page.getByRole("button", { name: "Find", exact: true }).click();
}

/** The profile of this user, once it is shown. */
async function shows(person: Person, user: SandboxUser): Promise<Locator> {
  const profile = person.page.getByRole("region", { name: "Profile", exact: true });
  await expect(profile.getByRole("heading", { level: 2, name: user.name.formatted })).toBeVisible();
  await expect(person.page).toHaveURL(new RegExp(`/people\\?user=${user.id}$`));
  return profile;
}

test("a user is found by id, by user name and by address, and the address of the page names nobody", async ({ person, server }) => {
  const users = await server.sandbox.users(14);
  const [plain, awkward] = [users[3]!, users[13]!];
  await opensPage(person, await server.sandbox.addClient());
  for (const text of [plain.id, plain.username, plain.email.toUpperCase(), ` ${plain.username} `]) {
    await finds(person, text);
    await shows(person, plain);
  }
  // Quotation marks and a backslash are only letters.
  expect(awkward.username).toContain('"the\\quote"');
  await finds(person, awkward.username);
  await shows(person, awkward);
});

test("a profile shows all that belongs to a user, and is there again after a reload", async ({ person, server }) => {
  const users = await server.sandbox.users(30);
  await opensPage(person, await server.sandbox.addClient());
  await finds(person, users[0]!.id);
  const profile = await shows(person, users[0]!);
  for (const part of ["Groups", "Roles", "MFA and devices", "Consents", "Population"]) {
    const section = profile.getByRole("region", { name: part });
    await expect(section).toBeVisible();
    await expect(section.locator(".skeleton")).toHaveCount(0);
  }
  await expect(profile.getByRole("region", { name: "MFA and devices" })).toContainText(/MFA enabled(Yes|No)/);
  await expect(profile.getByRole("region", { name: "Population" })).toContainText("of the paper mill");
  await expect(profile).toContainText(users[0]!.email);
  expect(await barriers(person.page)).toEqual([]);
  await person.reloads();
  await shows(person, users[0]!);
});

test("an address that several share is a choice", async ({ person, server }) => {
  await opensPage(person, await server.sandbox.addClient());
  await finds(person, DESK);
  await expect(person.page.getByRole("heading", { name: /users match/ })).toBeVisible();
  const rows = person.page.getByRole("region", { name: "Users that match" }).last().getByRole("row");
  await expect(rows).not.toHaveCount(1);
  expect(await barriers(person.page)).toEqual([]);
  await rows.nth(1).getByRole("button").click();
  await expect(person.page.getByRole("region", { name: "Profile", exact: true })).toContainText(DESK);
  await expect(person.page).toHaveURL(/\/people\?user=[0-9a-f-]{36}$/);
});

test("who is not there is said to be not found, with what was asked for", async ({ person, server, calm }) => {
  calm.expects(/status of 404.*gateway/);
  await opensPage(person, await server.sandbox.addClient());
  await finds(person, "nobody@papermill.example");
  await expect(person.main).toContainText("Nobody in this environment has this email address or user name.");
  await finds(person, "3fa85f64-5717-4562-b3fc-2c963f66afa6");
  await expect(person.main).toContainText("Nobody in this environment has this id or user name.");
  await finds(person, "  ");
  await expect(person.main).toContainText("Enter an id, a user name or an email address.");
});

test("without the role nobody is said to be missing: the role is", async ({ person, server, calm }) => {
  calm.expects(/status of 403.*gateway/);
  await opensPage(person, await server.sandbox.addClient("client_secret_basic", 3_600, ["environment_admin"]));
  await finds(person, "nobody");
  const problem = person.main.getByRole("alert");
  await expect(problem).toContainText("The worker token lacks a role");
  await expect(problem).toContainText("roles, not from scopes");
  await expect(person.page.getByRole("button", { name: "Get a new token" })).toBeVisible();
  await expect(person.main).not.toContainText("No user found");
  expect(await barriers(person.page)).toEqual([]);
});

test("one part that fails hides no other, and is tried again alone", async ({ person, server, calm }) => {
  calm.expects(/status of 500.*gateway/);
  const user = (await server.sandbox.users(1))[0]!;
  const client = await server.sandbox.addClient();
  await opensPage(person, client);
  // The address alone asks for the user first, then for the parts; one of these fails.
  await person.page.route(/\/memberOfGroups/, (route) => route.abort());
  calm.expects(/Failed to load resource/);
  await finds(person, user.id);
  const profile = await shows(person, user);
  const groups = profile.getByRole("region", { name: "Groups" });
  await expect(groups.getByRole("alert")).toBeVisible();
  await expect(profile.getByRole("region", { name: "Consents" }).getByRole("alert")).toHaveCount(0);
  await expect(profile.getByRole("region", { name: "Population" })).toContainText("of the paper mill");
  await person.page.unroute(/\/memberOfGroups/);
  await groups.getByRole("button", { name: "Try again" }).click();
  await expect(groups.getByRole("alert")).toHaveCount(0);
});

test("what is typed while a search runs is there when it ends", async ({ person, server }) => {
  const users = await server.sandbox.users(2);
  await opensPage(person, await server.sandbox.addClient());
  const releases = await holds(person.page, /\/api\/v1\/gateway\/.*filter/);
  await finds(person, users[0]!.username);
  const field = person.page.getByLabel("Find a user", { exact: true });
  await field.fill(users[1]!.username);
  releases();
  await shows(person, users[0]!);
  await expect(field).toHaveValue(users[1]!.username);
  await person.page.getByRole("button", { name: "Find", exact: true }).click();
  await shows(person, users[1]!);
  await expect(field).toHaveValue("");
});

test("too many calls are waited for as long as the provider says", async ({ person, server, calm }) => {
  calm.expects(/status of 429.*gateway/);
  const user = (await server.sandbox.users(1))[0]!;
  const client = await server.sandbox.addClient();
  await opensPage(person, client);
  // Our server waits for what is soon by itself; this is not.
  await server.sandbox.apiMisbehavesFor(client, { type: "throttled", retry_after: 90 });
  await finds(person, user.username);
  await expect(person.main.getByRole("alert")).toContainText("The provider asks us to wait");
  const again = person.page.getByRole("button", { name: /^Try again \(in 1 min/ });
  await expect(again).toHaveAttribute("aria-disabled", "true");
  await expect(person.main).not.toContainText("No user found");
});

test("two users stand side by side with their differences in words", async ({ person, server }) => {
  const users = await server.sandbox.users(30);
  const [one, other] = [users[1]!, users[2]!];
  await opensPage(person, await server.sandbox.addClient());
  await finds(person, one.username);
  const profile = await shows(person, one);
  await profile.getByRole("button", { name: "Compare with another" }).click();
  await person.page.getByLabel("Compare with", { exact: true }).fill(other.username);
  await profile.getByRole("search").getByRole("button", { name: "Find" }).click();
  const table = person.page.getByRole("region", { name: "Two users side by side" });
  await expect(table.getByRole("columnheader", { name: one.name.formatted })).toBeVisible();
  await expect(table.getByRole("columnheader", { name: other.name.formatted })).toBeVisible();
  await expect(person.row("User name")).toContainText("Differs");
  await expect(person.row("Identity provider")).toContainText("Same");
  await expect(person.page).toHaveURL(new RegExp(`/people\\?user=${one.id}&with=${other.id}$`));
  expect(await barriers(person.page)).toEqual([]);
  await person.page.getByLabel("Only what differs").check();
  await expect(person.row("Identity provider")).toHaveCount(0);
  await person.reloads();
  await expect(table).toBeVisible();
  await person.page.getByRole("button", { name: "Back to the first" }).click();
  await shows(person, one);
});

test("at 375 px profile and comparison scroll only inside their tables", async ({ people, server }) => {
  const users = await server.sandbox.users(14);
  const person = await people.signedIn("user", { viewport: { width: 375, height: 800 } });
  await person.addsConnection({ name: "Directory", provider: "Sandbox", client: await server.sandbox.addClient() });
  const width = () => person.page.evaluate(() => document.documentElement.scrollWidth);
  await person.opens(`/people?user=${users[13]!.id}`);
  await shows(person, users[13]!);
  expect(await width()).toBe(375);
  await person.opens(`/people?user=${users[13]!.id}&with=${users[1]!.id}`);
  await expect(person.page.getByRole("region", { name: "Two users side by side" })).toBeVisible();
  expect(await width()).toBe(375);
});
