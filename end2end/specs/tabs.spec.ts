import type { Browser, Locator } from "@playwright/test";

import { expect, test } from "../rigs/test.ts";

const WAYS = { worker: "Shared worker", channel: "Broadcast channel", storage: "Storage events" } as const;

// Each tab tells the server that the session is over; for all but the first it is over already, and so it is for what one
// has yet to tell the audit log.
test.beforeEach(({ calm }) => calm.expects(/status of 401.*\/api\/v1\/(session|audit\/reports)/));

for (const way of ["worker", "channel", "storage"] as const) {
  test.describe(`where news travel by ${way}`, () => {
    test.use({ way });

    test("a renewal in one tab shows in the others, and signing out locks them all", async ({ person, provider, allowed }) => {
      const client = await provider.addClient("client_secret_basic");
      await person.addsConnection({ name: "Told", provider: allowed.name, client, scopes: "read" });
      const first = await person.readsToken("Told");
      const [second, third] = [await person.inAnotherTab(), await person.inAnotherTab()];
      await third.opens("/tabs");
      await expect(third.fact("By")).toHaveText(WAYS[way]);
      await expect(third.fact("Who acts is chosen by")).toHaveText("Web Locks");
      // By the shared worker it wakes whoever is due; else each tab itself, and one of the two that are open is the first.
      const rows = third.page.getByRole("region", { name: "Open tabs" }).locator("tbody tr");
      await expect(rows).toHaveCount(2);
      await expect(rows.filter({ hasText: "(this tab)" })).toHaveCount(1);
      await expect(rows.filter({ hasText: "wakes first" })).toHaveCount(way === "worker" ? 0 : 1);
      const wakes = third.fact("Wakes a tab whose token is due");
      await expect(wakes).toHaveText(way === "worker" ? /^The shared worker, to the second/ : /^Each tab itself; (tab \w+|this one) first$/);
      if (way !== "worker") await expect(rows.filter({ hasText: "wakes first" })).toContainText(await firstNamed(wakes));
      const before = await third.fact("Heard").innerText();
      await third.goesTo("Worker tokens");
      await second.opens("/connections");
      await second.renewsNow("Told");
      await expect.poll(() => second.readsToken("Told")).not.toBe(first);
      await third.goesTo("Tabs");
      await expect.poll(async () => Number(await third.fact("Heard").innerText()), "news are counted").toBeGreaterThan(Number(before));
      const newest = await second.readsToken("Told");
      for (const tab of [person, third]) await expect.poll(() => tab.readsToken("Told")).toBe(newest);
      expect(provider.granted(client)).toBe(2);
      await second.signsOut();
      for (const tab of [person, third]) await expect(tab.page).toHaveURL(/\/sign-in/);
    });
  });
}

test.describe("where the browser has no Web Locks", () => {
  test("two tabs take turns by a lease, show one token, and say that it is best effort", async ({ person, provider, allowed }) => {
    const none = () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined });
    await person.page.context().addInitScript(none);
    await person.reloads();
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Leased", provider: allowed.name, client, scopes: "read" });
    const first = await person.readsToken("Leased");
    const other = await person.inAnotherTab();
    await other.opens("/tabs");
    await expect(other.fact("Who acts is chosen by")).toContainText("A lease in localStorage, by best effort");
    await other.renewsNow("Leased");
    await expect.poll(() => other.readsToken("Leased")).not.toBe(first);
    const newest = await other.readsToken("Leased");
    await expect.poll(() => person.readsToken("Leased"), "the tab that was told of it").toBe(newest);
    await provider.verified(newest);
    expect(provider.granted(client), "one at first, and one renewal, which may have been asked for twice").toBeLessThanOrEqual(3);
  });
});

test.describe("where the shared worker dies", () => {
  test.use({ way: "worker" });

  test("a renewal still shows in the other tab, and both meet at a new one", async ({ person, provider, allowed, browser }) => {
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Orphaned", provider: allowed.name, client, scopes: "read" });
    const first = await person.readsToken("Orphaned");
    const other = await person.inAnotherTab();
    await other.opens("/tabs");
    await expect(other.fact("By")).toHaveText(WAYS.worker);
    await expect(other.main).toContainText("(this tab)");
    expect(await killsSwitchboards(browser)).toBeGreaterThan(0);
    await person.renewsNow("Orphaned");
    const told = other.main.getByRole("row", { name: /A new token/ }).filter({ hasText: "Orphaned" });
    await expect(told).toContainText("2");
    await expect.poll(() => person.readsToken("Orphaned")).not.toBe(first);
    await person.goesTo("Tabs");
    await expect(person.fact("By")).toHaveText(WAYS.worker);
    await expect(person.main).toContainText("the shared worker did not confirm a message");
    expect(provider.granted(client)).toBe(2);
  });
});

test("the page of tabs knows who is there and what was said, and never shows a token", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Talked about", provider: allowed.name, client, scopes: "read" });
  const first = await person.readsToken("Talked about");
  await person.goesTo("Tabs");
  await expect(person.main).toContainText("No other tab is open");
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  await expect(person.main).not.toContainText("No other tab is open");
  await expect(person.fact("To another tab and back")).toContainText(/µs|ms/);
  await other.renewsNow("Talked about");
  const told = person.main.getByRole("row", { name: /A new token/ }).filter({ hasText: "Talked about" });
  await expect(told).toContainText("2");
  await expect.poll(() => other.readsToken("Talked about")).not.toBe(first);
  const newest = await other.readsToken("Talked about");
  for (const token of [first, newest]) expect(await person.page.content()).not.toContain(token);
  await other.page.close();
  await expect(person.main).toContainText("No other tab is open");
});

test("a way that is wanted is used from the next load on", async ({ person, way }) => {
  const wanted = way === "storage" ? "channel" : "storage";
  await person.opens("/tabs");
  await person.page.getByLabel("Best way to use").selectOption(wanted);
  await person.page.getByRole("button", { name: "Reload this tab to use it" }).click();
  await expect(person.fact("By")).toHaveText(WAYS[wanted]);
  await expect(person.page.getByLabel("Best way to use")).toHaveValue(wanted);
});

/** How the row of the tab begins that is named as the first to wake. */
async function firstNamed(wakes: Locator): Promise<string> {
  return /tab (\w+) first/.exec(await wakes.innerText())?.[1] ?? "(this tab)";
}

/** Ends every switchboard of this browser, as a crash would; gives how many there were. */
async function killsSwitchboards(browser: Browser): Promise<number> {
  const protocol = await browser.newBrowserCDPSession();
  const { targetInfos } = await protocol.send("Target.getTargets", { filter: [{ type: "shared_worker" }] });
  for (const { targetId } of targetInfos) await protocol.send("Target.closeTarget", { targetId });
  await protocol.detach();
  return targetInfos.length;
}
