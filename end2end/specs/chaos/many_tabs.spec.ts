import { expectOneRequestEach, useTogether } from "../../people/endurance.ts";
import { expect, test } from "../../rigs/test.ts";

const SECONDS = 40;
const LIFETIME = 10;

test("eight tabs use a 10 s token for forty seconds with one request per renewal", async ({ person, provider, allowed, calm }) => {
  // Eight tabs that show the token again and again report more than one person's browsers may in a minute; the rest follows later.
  calm.expects(/status of 429.*\/api\/v1\/audit\/reports/);
  const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
  const tabs = [person, ...(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => person.inAnotherTab())))];
  await Promise.all(tabs.slice(1).map((tab) => tab.opens("/connections")));
  await person.addsConnection({ name: "Short-lived", provider: allowed.name, client, scopes: "read" });
  const seen = await useTogether(tabs, "Short-lived", provider, SECONDS);
  await expectOneRequestEach(tabs, "Short-lived", provider, client, seen);
  const renewals = provider.granted(client);
  expect(renewals, "renewed in time, and not more often than at half its life").toBeGreaterThanOrEqual(SECONDS / LIFETIME);
  expect(renewals).toBeLessThanOrEqual((2 * SECONDS) / LIFETIME + 6);
});
