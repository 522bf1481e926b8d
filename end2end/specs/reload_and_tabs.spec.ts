import { expect, test } from "../rigs/test.ts";

test("a reload keeps the token and asks nobody", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Kept", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("Kept");
  await person.reloads();
  expect(await person.readsToken("Kept")).toBe(token);
  expect(provider.granted(client)).toBe(1);
});

test("a second tab has the token without asking", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_post");
  await person.addsConnection({ name: "Shared", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("Shared");
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  expect(await second.readsToken("Shared")).toBe(token);
  expect(provider.granted(client)).toBe(1);
});

test("a tab that is open already hears of a connection made in another", async ({ person, provider, allowed }) => {
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "News", provider: allowed.name, client, scopes: "read" });
  const token = await person.readsToken("News");
  expect(await second.readsToken("News")).toBe(token);
  expect(provider.granted(client)).toBe(1);
});

test("a renewal asked for in one tab is the other tab's token too", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Renewed", provider: allowed.name, client, scopes: "read" });
  const first = await person.readsToken("Renewed");
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await second.renewsNow("Renewed");
  await expect.poll(() => provider.granted(client)).toBe(2);
  await expect.poll(() => second.readsToken("Renewed")).not.toBe(first);
  const renewed = await second.readsToken("Renewed");
  await expect.poll(() => person.readsToken("Renewed")).toBe(renewed);
  expect(provider.granted(client)).toBe(2);
});

test("a credential that is not to be kept ends with the tab, and the token does not", async ({
  person,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Once", provider: allowed.name, client, scopes: "read", keep: false });
  const token = await person.readsToken("Once");
  await person.reloads();
  expect(await person.readsToken("Once")).toBe(token);
  await expect(person.main).toContainText(/credential/i);
});
