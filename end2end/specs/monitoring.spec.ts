import { readFile } from "node:fs/promises";

import type { BrowserContext, Locator } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { tooWide } from "../people/wide.ts";
import { barriers, barriersInBothColours } from "../rigs/axe.ts";
import { Inquiry } from "../rigs/inquiry.ts";
import type { SandboxClient } from "../rigs/sandbox.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test("tokens are counted by how they stand, each with its card", async ({ person, server }) => {
  await has(person, server, "Long", 3_600);
  await has(person, server, "Short", 240);
  await watches(person);
  await expect(count(person, "Active")).toHaveText("1");
  await expect(count(person, "Expiring")).toHaveText("1");
  await expect(count(person, "Expired")).toHaveText("0");
  const long = person.card("Long");
  await expect(long.getByText("Active", { exact: true })).toBeVisible();
  await expect(long).toContainText("Worker token");
  await expect(long).toContainText("Sandbox · 127.0.0.1");
  await expect(long).toContainText(/renews in \d+ min/);
  await expect(person.card("Short").getByText("Expiring", { exact: true })).toBeVisible();
});

test("a token is shown and decoded in its card, one at a time", async ({ person, server }) => {
  await has(person, server, "First", 3_600);
  await has(person, server, "Second", 3_600);
  await watches(person);
  const [first, second] = [person.card("First"), person.card("Second")];
  await expect(first.getByTestId("token")).toHaveText("••••••••");
  await first.getByRole("button", { name: "Reveal token" }).click();
  await expect(first.getByTestId("token")).toHaveText(/^eyJ/);
  await second.getByRole("button", { name: "Reveal token" }).click();
  await expect(second.getByTestId("token")).toHaveText(/^eyJ/);
  await expect(first.getByTestId("token")).toHaveText("••••••••");
  await expect(first.getByRole("button", { name: "Reveal token" })).toBeVisible();
  await second.getByRole("button", { name: "Decode" }).click();
  await expect(second.getByRole("button", { name: "Hide claims" })).toBeVisible();
});

test("the provider says of a token whether it is active, and the truth when it no longer is", async ({ person, server }) => {
  const client = await has(person, server, "Asked about", 3_600);
  const token = await person.readsToken("Asked about");
  await watches(person);
  const card = person.card("Asked about");
  await card.getByRole("button", { name: "Introspect" }).click();
  await expect(card.getByRole("heading", { name: "What the provider says" })).toBeVisible();
  await expect(card.locator(".said").getByText("Active", { exact: true })).toBeVisible();
  await expect(card.locator(".said")).toContainText(client.id);
  await new Inquiry(server.sandbox, client).revokes(token);
  await card.getByRole("button", { name: "Introspect" }).click();
  await expect(card.locator(".said").getByText("Not active", { exact: true })).toBeVisible();
});

test("a revoked token is gone from every tab and good for nothing", async ({ person, server }) => {
  const client = await has(person, server, "Ended", 3_600);
  const token = await person.readsToken("Ended");
  const other = await person.inAnotherTab();
  await watches(other);
  await expect(other.card("Ended")).toBeVisible();
  await watches(person);
  await revokes(person, "Ended");
  await expect(person.page.getByText(/ended the token\. It is gone from every tab\./)).toBeVisible();
  for (const tab of [person, other]) {
    await expect(tab.card("Ended")).toBeHidden();
    await expect(tab.main.getByRole("heading", { name: "1 connection without a token" })).toBeVisible();
  }
  expect(await new Inquiry(server.sandbox, client).isActive(token)).toBe(false);
  await person.reloads();
  await expect(person.main.getByRole("heading", { name: "1 connection without a token" })).toBeVisible();
});

test("a revocation that failed leaves the token and says why", async ({ person, server, calm }) => {
  calm.expects(/status of 50\d.*\/api\/v1\/revoke/);
  const client = await has(person, server, "Stubborn", 3_600);
  const token = await person.readsToken("Stubborn");
  const provider = new Inquiry(server.sandbox, client);
  // As often as the server tries, for each of the three times the question is answered with yes.
  await provider.meets({ type: "failing" }, 50);
  await watches(person);
  await revokes(person, "Stubborn");
  const card = person.card("Stubborn");
  await expect(card.getByRole("alert")).toContainText("The provider can't be reached", { timeout: 40_000 });
  await expect(card).toContainText("The token stays here");
  await provider.meets({ type: "slow", ms: 1 }, 1);
  expect(await provider.isActive(token)).toBe(true);
  await card.getByRole("button", { name: "Reveal token" }).click();
  await expect(card.getByTestId("token")).toHaveText(token);
  await revokes(person, "Stubborn");
  await expect(card).toBeHidden();
});

test("renewing all says of each token what came of it", async ({ person, server, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/token/);
  const [fine, refused] = [await has(person, server, "Fine", 3_600), await has(person, server, "Refused", 3_600)];
  const before = await person.readsToken("Fine");
  await server.sandbox.misbehavesFor(refused, { type: "unauthorized" });
  await watches(person);
  await person.main.getByRole("button", { name: "Renew all" }).click();
  const results = person.main.locator("ul.results > li");
  await expect(results.filter({ hasText: "Fine" })).toContainText("Renewed");
  await expect(results.filter({ hasText: "Refused" })).toContainText("Failed");
  await expect(results.filter({ hasText: "Refused" })).toContainText("The provider refused the request");
  await expect(count(person, "Error")).toHaveText("1");
  expect(await person.readsToken("Fine")).not.toBe(before);
  expect((await server.sandbox.counters(fine)).granted).toBe(2);
});

test("the exported file tells how tokens are doing, and holds none", async ({ person, server }) => {
  const client = await has(person, server, "Exported", 3_600);
  const token = await person.readsToken("Exported");
  await watches(person);
  const saving = person.page.waitForEvent("download");
  await person.main.getByRole("button", { name: "Export" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^token-monitoring-\d{4}-\d\d-\d\d\.json$/);
  const text = await readFile(await saved.path(), "utf8");
  const [known] = (JSON.parse(text) as { tokens: { connection: string; status: string; token: { expires_at: string } }[] }).tokens;
  expect(known).toMatchObject({ connection: "Exported", status: "active" });
  expect(Date.parse(known!.token.expires_at)).toBeGreaterThan(Date.now());
  for (const secret of [...token.split("."), client.credential]) expect(text).not.toContain(secret);
});

test("the last calls of the page are listed without their secrets", async ({ person, server }) => {
  const client = await has(person, server, "Called", 3_600);
  const token = await person.readsToken("Called");
  await watches(person);
  await expect(person.main.getByText("None yet. What this tab asks for appears here.")).toBeVisible();
  const card = person.card("Called");
  await card.getByRole("button", { name: "Renew" }).click();
  const calls = person.main.getByRole("region", { name: "Calls" });
  const request = calls.getByRole("row").filter({ hasText: "Token request" });
  await expect(request).toContainText("POST /api/v1/token");
  await expect(request).toContainText("200");
  await expect(request).toContainText(/\d+ ms/);
  await card.getByRole("button", { name: "Introspect" }).click();
  await expect(calls.getByRole("row").filter({ hasText: "Introspection" })).toContainText("POST /api/v1/introspect");
  await request.getByRole("button", { name: "Details" }).click();
  const dialog = person.page.getByRole("dialog", { name: "Token request" });
  await expect(dialog.locator("dl.facts > div").filter({ hasText: "idempotency-key" })).toContainText("[redacted]");
  await expect(dialog.locator("dl.facts > div").filter({ hasText: "x-tokenkeep-request" })).toContainText("1");
  expect(await barriers(person.page)).toEqual([]);
  const page = await person.page.content();
  for (const secret of [...token.split("."), client.credential]) expect(page).not.toContain(secret);
});

test("calls through the gateway are among them, with the token redacted", async ({ person, server }) => {
  await server.sandbox.limits("audit", 1_000, 1);
  await has(person, server, "Gateway", 3_600);
  const token = await person.readsToken("Gateway");
  await person.opens("/audit-activities");
  await expect(person.main.getByText("That is all of it.")).toBeVisible();
  // By the navigation: a page that is loaded anew has no calls yet.
  await person.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Monitoring" }).click();
  const call = person.main.getByRole("region", { name: "Calls" }).getByRole("row").filter({ hasText: "API call" }).first();
  await expect(call).toContainText(/GET \/api\/v1\/gateway\/.*\/activities\?…/);
  await call.getByRole("button", { name: "Details" }).click();
  const dialog = person.page.getByRole("dialog", { name: "API call" });
  const header = (name: string) => dialog.locator("dl.facts > div").filter({ has: person.page.getByText(name, { exact: true }) });
  await expect(header("x-tokenkeep-token")).toContainText("[redacted]");
  await expect(header("x-tokenkeep-token-source")).toContainText("given");
  await expect(header("x-tokenkeep-upstream")).toContainText("127.0.0.1");
  const page = await person.page.content();
  for (const part of token.split(".")) expect(page).not.toContain(part);
});

test("a token that is not renewed is notified of once, however many tabs are open", async ({ person, server }) => {
  await notifications(person.page.context(), "granted");
  await person.opens("/settings");
  await person.page.getByLabel("Auto-renewal").uncheck();
  await has(person, server, "Ending", 30);
  await watches(person);
  const other = await person.inAnotherTab();
  await watches(other);
  await person.main.getByLabel(/^Notify me before a token expires/).check();
  await expect(other.main.getByLabel(/^Notify me before a token expires/)).toBeChecked();
  await expect(person.main.getByText("On, as long as a tab with Tokenkeep is open.")).toBeVisible();
  await expect.poll(() => shown(person), { timeout: 30_000 }).toHaveLength(1);
  const [notification] = await shown(person);
  expect(notification?.title).toBe("Worker token expires soon: Ending");
  expect(notification?.body).toMatch(/^It expires in \d+ s\. Auto-renewal is off\.$/);
  expect(notification?.tag).toMatch(/^tokenkeep-/);
  // Over the end of the token, and in a page loaded anew.
  await other.reloads();
  await expect(person.card("Ending").getByText("Expired", { exact: true })).toBeVisible({ timeout: 30_000 });
  expect(await shown(person)).toEqual([notification]);
});

test("the browser is asked only when warnings are switched on, and a no is explained", async ({ person, server }) => {
  await notifications(person.page.context(), "default");
  await has(person, server, "Quiet", 3_600);
  await watches(person);
  expect(await asked(person)).toBe(0);
  await person.main.getByLabel(/^Notify me before a token expires/).check();
  await expect(person.main.getByText("Your browser does not let this site notify you")).toBeVisible();
  expect(await asked(person)).toBe(1);
  // A page that is left in the same instant takes along what it writes: another tab shows that it is written.
  const other = await person.inAnotherTab();
  await watches(other);
  await expect(other.main.getByLabel(/^Notify me before a token expires/)).toBeChecked();
  await person.reloads();
  await expect(person.main.getByLabel(/^Notify me before a token expires/)).toBeChecked();
  expect(await asked(person)).toBe(0);
});

test("on a phone it fits, and axe finds nothing serious, in light and dark colours", async ({ people, server }) => {
  const person = await people.signedIn("user", { viewport: { width: 375, height: 800 } });
  await has(person, server, "A connection whose name is about as long as the eighty characters it may have", 3_600);
  await watches(person);
  await person.main.getByRole("button", { name: "Introspect" }).click();
  await expect(person.main.getByRole("heading", { name: "What the provider says" })).toBeVisible();
  await person.main.getByRole("button", { name: "Reveal token" }).click();
  await expect(person.token).toHaveText(/^eyJ/);
  expect(await tooWide(person.page)).toEqual([]);
  expect(await barriersInBothColours(person.page)).toEqual([]);
  await person.main.getByRole("button", { name: "Revoke" }).click();
  await expect(person.page.getByRole("dialog", { name: /^Revoke the token of/ })).toBeVisible();
  expect(await barriersInBothColours(person.page), "the question before revoking").toEqual([]);
});

/** A connection to the sandbox, with a token that lives so many seconds. */
async function has(person: Person, server: TokenkeepServer, name: string, lifetime: number): Promise<SandboxClient> {
  const client = await server.sandbox.addClient("client_secret_basic", lifetime);
  await person.addsConnection({ name, provider: "Sandbox", client });
  return client;
}

async function watches(person: Person): Promise<void> {
  await person.opens("/monitoring");
  await expect(person.heading("Token monitoring")).toBeVisible();
  await expect(person.main.getByRole("heading", { name: "Last calls of this tab" })).toBeVisible();
}

async function revokes(person: Person, name: string): Promise<void> {
  await person.card(name).getByRole("button", { name: "Revoke" }).click();
  const question = person.page.getByRole("dialog", { name: `Revoke the token of ${name}?` });
  await question.getByRole("button", { name: "Revoke token" }).click();
}

function count(person: Person, name: string): Locator {
  return person.main.locator("dl.counts > div").filter({ has: person.page.getByText(name, { exact: true }) }).locator("dd");
}

interface Shown {
  title: string;
  body: string;
  tag: string;
}

/** Puts notifications that only count, in all tabs, in place of the browser's own; one who is asked says no. */
async function notifications(context: BrowserContext, permission: "granted" | "default"): Promise<void> {
  await context.addInitScript((at_first) => {
    const noted = Object.assign(window, { asked: 0 });
    const kept = () => localStorage.getItem("permission-of-this-test") ?? at_first;
    class Counted {
      static get permission() {
        return kept();
      }
      static async requestPermission() {
        noted.asked += 1;
        localStorage.setItem("permission-of-this-test", "denied");
        return kept();
      }
      constructor(title: string, { body, tag }: { body: string; tag: string }) {
        const before = JSON.parse(localStorage.getItem("shown-in-this-test") ?? "[]") as object[];
        localStorage.setItem("shown-in-this-test", JSON.stringify([...before, { title, body, tag }]));
      }
    }
    Object.assign(window, { Notification: Counted });
  }, permission);
}

async function shown(person: Person): Promise<Shown[]> {
  const text = await person.page.evaluate(() => localStorage.getItem("shown-in-this-test"));
  return JSON.parse(text ?? "[]") as Shown[];
}

async function asked(person: Person): Promise<number> {
  return person.page.evaluate(() => (window as unknown as { asked: number }).asked);
}
