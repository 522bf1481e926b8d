/* Pages that are closed or signed out of in the middle of a renewal. */
import { expect, test } from "../../rigs/everyday.ts";
import { freezes } from "../../rigs/process.ts";

test("a tab closed between request and answer costs no second token", async ({ person, provider, allowed, calm }) => {
  calm.expects(/status of (409|503|504).*\/api\/v1\/token/);
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Closed", provider: allowed.name, client, scopes: "read" });
  const closed = await person.inAnotherTab();
  await closed.opens("/connections");
  const first = await closed.readsToken("Closed");
  const { arrived } = provider;
  const letGo = provider.holds();
  await closed.renewsNow("Closed");
  await expect.poll(() => provider.arrived).toBe(arrived + 1);
  await closed.page.close();
  await person.renewsNow("Closed");
  letGo();
  await expect.poll(() => person.readsToken("Closed")).not.toBe(first);
  expect(await person.keptGeneration()).toBe(2);
  expect(provider.granted(client)).toBe(2);
});

test("a renewal that a sign-out overtakes writes no token", async ({ person, provider, allowed, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/session/);
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Overtaken", provider: allowed.name, client, scopes: "read" });
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  const { arrived } = provider;
  const letGo = provider.holds();
  await person.renewsNow("Overtaken");
  await expect.poll(() => provider.arrived).toBe(arrived + 1);
  const thaws = await freezes(person.page);
  await other.signsOut();
  letGo();
  await expect.poll(() => provider.granted(client)).toBe(2);
  await thaws();
  await expect(person.page).toHaveURL(/\/sign-in/);
  await expect.poll(() => other.page.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
  expect(await other.keptGeneration(), "the token written before the sign-out is the last").toBe(1);
});
