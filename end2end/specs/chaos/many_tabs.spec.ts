import { expectOneRequestEach, useTogether } from "../../people/endurance.ts";
import { expect, test } from "../../rigs/test.ts";

for (const { tabs: many, words, lifetime, seconds } of [
  { tabs: 3, words: "three tabs use a 20 s token for two minutes", lifetime: 20, seconds: 120 },
  { tabs: 6, words: "six tabs use a 10 s token for twenty seconds", lifetime: 10, seconds: 20 },
]) {
  test(`${words} with one request per renewal`, async ({ person, provider, allowed, calm }) => {
    test.setTimeout(240_000);
    // Tabs that show the token again and again report more than one person's browsers may in a minute; the rest follows later.
    calm.expects(/status of 429.*\/api\/v1\/audit\/reports/);
    const client = await provider.addClient("client_secret_basic", { lifetime });
    const tabs = [person];
    while (tabs.length < many) tabs.push(await person.inAnotherTab());
    await Promise.all(tabs.slice(1).map((tab) => tab.opens("/connections")));
    await person.addsConnection({ name: "Short-lived", provider: allowed.name, client, scopes: "read" });
    const seen = await useTogether(tabs, "Short-lived", provider, seconds);
    await expectOneRequestEach(tabs, "Short-lived", provider, client, seen);
    const renewals = provider.granted(client);
    expect(renewals, "renewed in time, and not more often than at half its life").toBeGreaterThanOrEqual(seconds / lifetime);
    expect(renewals).toBeLessThanOrEqual((2 * seconds) / lifetime + 6);
  });
}
