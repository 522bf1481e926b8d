import { METHODS } from "../rigs/provider.ts";
import { expect, test } from "../rigs/test.ts";

for (const method of METHODS) {
  test(`a token comes from a certified server with ${method}, and its signature is that server's`, async ({
    person,
    provider,
    allowed,
  }) => {
    const client = await provider.addClient(method);
    await person.addsConnection({ name: "Reports", provider: allowed.name, client, scopes: "read write" });
    const payload = await provider.verified(await person.readsToken("Reports"));
    expect(payload).toMatchObject({ client_id: client.id, sub: client.id, scope: "read write" });
    expect(provider.granted(client)).toBe(1);
  });
}

test("scopes may be left out", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "No scopes", provider: allowed.name, client });
  expect(await provider.verified(await person.readsToken("No scopes"))).not.toHaveProperty("scope");
});

test("a pasted private key can be used and never be taken out again", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("private_key_jwt");
  await person.addsConnection({ name: "Signed here", provider: allowed.name, client });
  await person.readsToken("Signed here");
  const keys = await person.keptKeys();
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((key) => key.extractable)).toEqual([]);
});
