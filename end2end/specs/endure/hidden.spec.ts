/* The whole Chromium, in which a tab behind another one is hidden and its timers are throttled. */
import { expect, test, WHOLE } from "../../rigs/everyday.ts";

const MINUTES = 10;
const LIFETIME = 120;

test.use({ program: WHOLE });

test("a tab hidden for ten minutes renews in time, and has its token when it is seen again", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
  await person.addsConnection({ name: "Hidden", provider: allowed.name, client, scopes: "read" });
  const front = await person.page.context().newPage();
  await front.bringToFront();
  await expect.poll(() => person.page.evaluate(() => document.visibilityState)).toBe("hidden");

  const end = Date.now() + MINUTES * 60_000;
  let longestGap = 0;
  let last = Date.now();
  let seen = provider.granted(client);
  await expect
    .poll(
      () => {
        if (provider.granted(client) !== seen) [seen, last] = [provider.granted(client), Date.now()];
        longestGap = Math.max(longestGap, Date.now() - last);
        return Date.now() >= end;
      },
      { intervals: [1_000], timeout: (MINUTES + 1) * 60_000 },
    )
    .toBe(true);
  console.log(`${seen} requests in ${MINUTES} minutes, at most ${Math.round(longestGap / 1_000)} s apart`);

  await person.page.bringToFront();
  await provider.verified(await person.readsToken("Hidden", 5_000));
  expect(provider.granted(client), "one request for each generation").toBe(await person.keptGeneration());
  expect(longestGap, "no token ended before the next was there").toBeLessThan(LIFETIME * 1_000);
});
