/* The process of the renewing tab is killed (SIGKILL), at each step of a renewal. */
import type { Page } from "@playwright/test";

import type { Person } from "../../people/person.ts";
import { kills, processOf } from "../../rigs/process.ts";
import type { IndependentProvider } from "../../rigs/provider.ts";
import { expect, test } from "../../rigs/test.ts";

test.beforeEach(({ calm }) => calm.expects(/status of (409|503|504).*\/api\/v1\/token/));

/** Where a renewal stands still, how, and how many requests the provider gets in all: the first token's and the renewal's. */
interface Moment {
  name: string;
  /** Prepares the tab to stand still there; answers with what waits for it. */
  stops: (tab: Person, provider: IndependentProvider) => Promise<{ reached: () => Promise<unknown>; after?: () => void }>;
}

const MOMENTS: Moment[] = [
  { name: "holds the lock and has written nothing", stops: (tab) => atWriteTo(tab.page, "intents") },
  {
    name: "has asked and got no answer",
    stops: async (_, provider) => {
      const before = provider.arrived;
      const letGo = provider.holds();
      return { reached: () => expect.poll(() => provider.arrived).toBe(before + 1), after: letGo };
    },
  },
  { name: "has its answer on the way", stops: (tab) => atTheAnswer(tab.page) },
  { name: "has the token and has not written it", stops: (tab) => atWriteTo(tab.page, "tokens") },
];

for (const { name, stops } of MOMENTS) {
  test(`the tab killed when it ${name} leaves the next one its turn, and costs no second token`, async ({
    person,
    provider,
    allowed,
  }) => {
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Killed", provider: allowed.name, client, scopes: "read" });
    const next = await person.inAnotherTab();
    await next.opens("/connections");
    const first = await next.readsToken("Killed");
    const [doomed, living] = [await processOf(person.page), await processOf(next.page)];
    expect(doomed, "each tab has a process of its own").not.toBe(living);

    const { reached, after } = await stops(person, provider);
    // A page that stands still never says that it was clicked.
    person.renewsNow("Killed").catch(() => {});
    await reached();
    await next.renewsNow("Killed");
    await waitsForLock(next.page);
    await kills(person.page, doomed);
    after?.();

    await expect.poll(() => next.readsToken("Killed")).not.toBe(first);
    await provider.verified(await next.readsToken("Killed"));
    expect(await next.keptGeneration()).toBe(2);
    expect(provider.granted(client), "tokens the provider gave").toBe(2);
  });
}

/** Lets a page stand still for good where it begins to write to this store. */
async function atWriteTo(page: Page, store: string) {
  const reached = page.waitForEvent("console", (message) => message.text() === `writes to ${store}`);
  await page.evaluate((store) => {
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, ...rest) {
      if (mode === "readwrite" && [names].flat().includes(store)) {
        console.log(`writes to ${store}`);
        for (;;);
      }
      return transaction.call(this, names, mode, ...rest);
    };
  }, store);
  return { reached: () => reached };
}

/** Lets the answer of the token route arrive at the browser, and not at the page. */
async function atTheAnswer(page: Page) {
  let reached = () => {};
  const answered = new Promise<void>((resolve) => (reached = resolve));
  await page.route("**/api/v1/token", async (route) => {
    await route.fetch();
    reached();
  });
  return { reached: () => answered };
}

/** Until this tab, or another, waits for a lock. */
async function waitsForLock(page: Page): Promise<void> {
  const pending = () => navigator.locks.query().then(({ pending }) => pending?.length ?? 0);
  await expect.poll(() => page.evaluate(pending)).toBeGreaterThan(0);
}
