import { expectOneRequestEach, useTogether } from "../../people/endurance.ts";
import { expect, test } from "../../rigs/test.ts";

const SECONDS = 180;
const LIFETIME = 20;

test("twenty tabs use a 20 s token for three minutes with one request per renewal", async ({ person, provider, allowed, calm }) => {
  // They report more than one person's browsers may in a minute; the rest follows later.
  calm.expects(/status of 429.*\/api\/v1\/audit\/reports/);
  const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
  const tabs = [person];
  while (tabs.length < 20) {
    const tab = await person.inAnotherTab();
    await tab.opens("/connections");
    tabs.push(tab);
  }
  await person.addsConnection({ name: "Short-lived", provider: allowed.name, client, scopes: "read" });
  const seen = await useTogether(tabs, "Short-lived", provider, SECONDS);
  await expectOneRequestEach(tabs, "Short-lived", provider, client, seen);
  const renewals = provider.granted(client);
  console.log(`${renewals} requests, ${seen.reads} tokens read and checked in ${tabs.length} tabs`);
  expect(renewals, "renewed in time, and not more often than at half its life").toBeGreaterThanOrEqual(SECONDS / LIFETIME);
  expect(renewals).toBeLessThanOrEqual((2 * SECONDS) / LIFETIME + 6);
});
