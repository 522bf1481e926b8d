import { expect, test } from "../../rigs/test.ts";

const MINUTES = 2;

test("three tabs renew a 20 s token for two minutes with one request per renewal", async ({
  person,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_basic", { lifetime: 20 });
  await person.addsConnection({ name: "Short-lived", provider: allowed.name, client, scopes: "read" });
  const tabs = [person, await person.inAnotherTab(), await person.inAnotherTab()];
  await Promise.all(tabs.slice(1).map((tab) => tab.opens("/connections")));

  const seen: number[] = [];
  const end = Date.now() + MINUTES * 60_000;
  await expect
    .poll(
      async () => {
        const generation = await person.keptGeneration();
        if (generation !== seen.at(-1)) seen.push(generation);
        return Date.now() >= end;
      },
      { intervals: [500], timeout: MINUTES * 60_000 + 30_000 },
    )
    .toBe(true);

  const asked = provider.grants.filter((grant) => grant.clientId === client.id).length;
  const last = await person.keptGeneration();
  expect(seen, "generations go up by one each").toEqual(seen.map((_, at) => (seen[0] ?? 0) + at));
  expect(asked, "requests the provider saw").toBe(last);
  expect(asked, "a 20 s token is renewed in time, and not more often than at half its life").toBeGreaterThanOrEqual(7);
  expect(asked).toBeLessThanOrEqual(14);
  // A renewal may fall between two of the reads: then they are read again.
  const shown = async (): Promise<string[]> => [
    ...new Set(await Promise.all(tabs.map((tab) => tab.readsToken("Short-lived")))),
  ];
  let tokens: string[] = [];
  await expect.poll(async () => (tokens = await shown()).length, "all tabs show the same token").toBe(1);
  await provider.verified(tokens[0] ?? "");
});
