import { readFile } from "node:fs/promises";

import type { Locator } from "@playwright/test";

import { Files } from "../people/files.ts";
import type { Person } from "../people/person.ts";
import { VaultPage } from "../people/vault_page.ts";
import { hindrances } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

/** The rows of events that are shown. */
const events = (person: Person): Locator => person.page.getByRole("region", { name: "Events" }).locator("tbody tr");

/** Narrows the log to what the form's fields say, each by its label. */
async function narrows(person: Person, texts: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(texts)) {
    const field = person.main.getByLabel(label, { exact: true });
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption({ label: text });
    else await field.fill(text);
  }
  await person.main.getByRole("button", { name: "Search" }).click();
}

/** Saves one of the exports and reads it. */
async function exported(person: Person, link: string): Promise<string> {
  const download = person.page.waitForEvent("download");
  await person.main.getByRole("link", { name: link }).click();
  return readFile(await (await download).path(), "utf8");
}

/** The cells of a row of comma-separated values (RFC 4180 §2). */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
}

test("what an admin does stands in the log, with its place in the chain", async ({ people }) => {
  const admin = await people.signedIn("admin");
  await admin.invites("Auditor");
  await admin.reloads();
  await admin.goesBy("Audit log", "Audit log");
  await narrows(admin, { Who: admin.account.username, Action: "Person invited" });
  await expect(events(admin)).toHaveCount(1);
  await expect(events(admin)).toContainText("Done");
  await events(admin).getByRole("button", { name: "Details" }).click();
  const detail = admin.page.getByRole("dialog", { name: "Person invited" });
  await expect(detail).toContainText(/Event \d+; the log holds 1 to \d+/);
  await expect(detail).toContainText("user:invited");
  await expect(detail).toContainText("This server, which did it");
  expect(await hindrances(admin.page), "an event's details").toEqual([]);
  await detail.getByRole("button", { name: "All of this person" }).click();
  await expect(admin.page).toHaveURL(/\/admin\/audit\?user=/);
  await expect(events(admin).first()).toContainText(admin.account.username);
  await expect(admin.main.getByLabel("Action", { exact: true })).toHaveValue("");
});

test("the log is narrowed, keeps what was looked for over a reload and the way back, and says when nothing fits", async ({ people }) => {
  const admin = await people.signedIn("admin");
  await admin.opens("/admin/audit");
  await narrows(admin, { About: "Administration", Result: "Done" });
  await expect(admin.page).toHaveURL(/group=administration&outcome=done/);
  await admin.reloads();
  await expect(admin.main.getByLabel("About", { exact: true })).toHaveValue("administration");
  await expect(events(admin).filter({ hasText: "Signed in" })).toHaveCount(0);
  await narrows(admin, { Find: "nobody-ever-did-this" });
  await expect(admin.heading("Audit log")).toBeVisible();
  await expect(admin.main.getByRole("heading", { name: "No event fits" })).toBeVisible();
  await admin.page.goBack();
  await expect(events(admin).first()).toBeVisible();
  await narrows(admin, { Site: "not a site" });
  await expect(admin.main.getByText("Enter a site's id, as its events show it.")).toBeVisible();
  expect(await hindrances(admin.page), "a filter with a mistake, over events").toEqual([]);
});

test("older events follow without a gap", async ({ people, server }) => {
  const api = await server.asAdmin();
  for (let nth = 0; nth < 60; nth += 1) await api.invite("user");
  const auditor = await people.signedIn("auditor", {}, "/admin/audit");
  await expect(events(auditor)).toHaveCount(50);
  await auditor.main.getByRole("button", { name: "Show older events" }).click();
  await expect.poll(() => events(auditor).count()).toBeGreaterThan(60);
  const places = await auditor.page.locator("[title^='Details of event']").evaluateAll((all) => all.map((one) => Number(one.getAttribute("title")?.split(" ").at(-1))));
  const newest = places[0] ?? 0;
  expect(places).toEqual(places.map((_, below) => newest - below));
});

test("both exports hold what fits, and a spreadsheet runs none of it", async ({ people, server }) => {
  const name = `=1+${Date.now()}`;
  await (await server.asAdmin()).allowPingOne(name, ["eu"]);
  const auditor = await people.signedIn("auditor", {}, "/admin/audit");
  await narrows(auditor, { Find: name });
  await expect(events(auditor)).toHaveCount(1);
  const lines = (await exported(auditor, "Export CSV")).trimEnd().split("\r\n");
  expect(lines).toHaveLength(2);
  const [head = [], row = []] = lines.map(cells);
  const cell = (column: string): string | undefined => row[head.indexOf(column)];
  expect([cell("action"), cell("label"), cell("outcome")]).toEqual(["provider:added", `'${name}`, "done"]);
  const json = (await exported(auditor, "Export JSON lines")).trimEnd().split("\n");
  const read = json.map((line) => JSON.parse(line) as { action: string; label: string; seq: number });
  expect(read).toEqual([expect.objectContaining({ action: "provider:added", label: name, seq: Number(cell("seq")) })]);
  await narrows(auditor, { Find: "", Action: "Audit log exported", Who: auditor.account.username });
  await expect(events(auditor)).toHaveCount(2);
});

test("each deed with a worker token, and its credentials leaving as a file, stands in the log without a secret", async ({ people, server }) => {
  const passphrase = "five words chosen by chance";
  const user = await people.signedIn("user");
  const client = await server.sandbox.addClient();
  await user.addsConnection({ name: "Told of", provider: "Sandbox", client });
  const token = await user.readsToken("Told of");
  await user.renewsNow("Told of");
  await expect.poll(() => user.keptGeneration()).toBe(2);
  await user.goesTo("Worker tokens");
  const files = new Files(user.page);
  await files.startsExport();
  await files.asksForSecrets(passphrase);
  await files.exports();
  await user.closesDialog();
  await user.removes("Told of");

  const auditor = await people.signedIn("auditor", {}, "/admin/audit");
  // A browser gathers for a second what it tells.
  await expect(async () => {
    await narrows(auditor, { Who: user.account.username, About: "Tokens" });
    await expect(events(auditor).first()).toContainText("Token deleted", { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  const lines = (await exported(auditor, "Export JSON lines")).trimEnd().split("\n");
  const told = lines.map((line) => JSON.parse(line) as { action: string; label: string; source: string; outcome: string });
  const words = (source: string) => told.filter((event) => event.source === source).map(({ action, label, outcome }) => `${action} ${label} ${outcome}`);
  expect([...new Set(words("browser"))].sort()).toEqual(["added", "deleted", "exported", "refreshed", "shown"].map((deed) => `token:${deed} Told of done`));
  expect(told.filter((event) => event.action === "token:granted")).toHaveLength(2);
  for (const secret of [token, client.credential, passphrase]) expect(lines.join()).not.toContain(secret);
});

test("what a page has still to tell when it goes away stands in the log", async ({ people, server, calm }) => {
  calm.expects(/ERR_ABORTED|ERR_FAILED/);
  const user = await people.signedIn("user");
  const { page } = user;
  await user.addsConnection({ name: "Told of", provider: "Sandbox", client: await server.sandbox.addClient() });
  await user.showsToken("Told of");
  await user.reloads();

  await user.opens("/tenants");
  await page.getByRole("button", { name: "Add tenant" }).click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Second");
  await page.getByRole("dialog").getByRole("button", { name: "Save tenant" }).click();
  await page.getByRole("button", { name: "Switch to it" }).click();
  await expect(page.getByRole("button", { name: "Switch to it" })).toHaveCount(1);

  // Left while it is being cleared, and left as soon as it is.
  const vault = new VaultPage(user);
  const clears = async () => {
    await vault.opens();
    await page.getByRole("button", { name: "Clear everything" }).click();
  };
  await clears();
  await page.getByLabel("Also delete the synced copies on the server").check();
  await page.route(/\/api\/v1\/sync\//, () => {});
  const held = page.waitForRequest(/\/api\/v1\/sync\//);
  await page.getByRole("dialog").getByLabel("Type clear to confirm").fill("clear");
  await page.getByRole("dialog").getByRole("button", { name: "Clear everything" }).click();
  await held;
  await user.reloads();
  await page.unroute(/\/api\/v1\/sync\//);
  await clears();
  await vault.confirmsClearing();
  await page.close();

  const auditor = await people.signedIn("auditor", {}, "/admin/audit");
  await expect(async () => {
    await narrows(auditor, { Who: user.account.username });
    const lines = (await exported(auditor, "Export JSON lines")).trimEnd().split("\n");
    const told = lines.map((line) => JSON.parse(line) as { action: string; outcome: string; reason?: string; tenant?: string });
    const words = (action: string) => told.filter((event) => event.action === action).map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(" "));
    // By the dialog that got it, and by its own page before that was loaded anew.
    expect(words("token:shown")).toEqual(["done", "done"]);
    expect(words("tenant:chosen")).toEqual(["done"]);
    expect(words("vault:cleared").sort()).toEqual(["done", "failed page_left"]);
    const chosen = told.find(({ action }) => action === "tenant:chosen");
    expect(chosen?.tenant).toBe(told.find(({ action }) => action === "tenant:added")?.tenant);
  }).toPass({ timeout: 30_000 });
});

test("a user finds no page of the log, and nothing of it", async ({ people, calm }) => {
  calm.expects(/status of 403/);
  const user = await people.signedIn("user");
  await expect(user.page.getByRole("link", { name: /^(Audit log|Alerts)/ })).toHaveCount(0);
  for (const path of ["/admin/audit", "/admin/alerts"]) {
    await user.opens(path);
    await expect(user.main.getByRole("alert")).toContainText(/role|allow/i);
    await expect(user.main.getByRole("table")).toHaveCount(0);
    await expect(user.main.getByRole("link", { name: /^Export/ })).toHaveCount(0);
  }
  const statuses = await user.page.evaluate(async () => {
    const paths = ["events", "events.csv", "events.jsonl", "alerts"].map((name) => `/api/v1/audit/${name}`);
    return Promise.all([...paths, "/metrics"].map(async (path) => (await fetch(path)).status));
  });
  expect(statuses).toEqual([403, 403, 403, 403, 403]);
});

test("a log that can't be read says so, and is read again when asked", async ({ people, calm }) => {
  calm.expects(/status of 500/);
  const admin = await people.signedIn("admin");
  await admin.page.route("**/api/v1/audit/events?*", (route) => route.fulfill({ status: 500, body: "" }));
  await admin.opens("/admin/audit");
  const problem = admin.main.getByRole("alert");
  await expect(problem).toBeVisible();
  await admin.page.unroute("**/api/v1/audit/events?*");
  await problem.getByRole("button", { name: "Try again" }).click();
  await expect(events(admin).first()).toBeVisible();
});
