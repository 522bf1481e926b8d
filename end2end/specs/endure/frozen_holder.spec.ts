import { expect, test } from "../../rigs/everyday.ts";
import { freezes } from "../../rigs/process.ts";

test("a tab frozen while it holds the lock stops nobody for good, and adopts what another renewed", async ({
  person,
  provider,
  allowed,
  calm,
}) => {
  calm.expects(/status of (409|503|504).*\/api\/v1\/token/);
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Held", provider: allowed.name, client, scopes: "read" });
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  const first = await other.readsToken("Held");
  const { arrived } = provider;
  const letGo = provider.holds();
  await person.renewsNow("Held");
  await expect.poll(() => provider.arrived).toBe(arrived + 1);
  const thaws = await freezes(person.page);
  letGo();
  await other.renewsNow("Held");
  expect(await other.readsToken("Held"), "meanwhile the token that is there stays").toBe(first);
  await expect.poll(() => other.readsToken("Held"), { timeout: 120_000 }).not.toBe(first);
  const newest = await other.readsToken("Held");
  await thaws();
  await expect.poll(() => person.readsToken("Held")).toBe(newest);
  expect(await person.keptGeneration(), "what the thawed tab held back is not written over it").toBe(2);
});
