/* Pages the browser stops (frozen through the debugging protocol), at once or one by one, and lets go on later. */
import { tokenOfAll } from "../../people/endurance.ts";
import { expect, test } from "../../rigs/everyday.ts";
import { freezes } from "../../rigs/process.ts";

/** Seconds; short enough to wait for its end, and long enough to freeze six tabs before its half. */
const LIFETIME = 6;

test("a tab frozen while another renews shows the new token once it thaws, and asks nobody", async ({
  person,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Thawed", provider: allowed.name, client, scopes: "read" });
  const frozen = await person.inAnotherTab();
  await frozen.opens("/connections");
  await frozen.showsTokenAndRests("Thawed");
  const first = await frozen.token.textContent();
  const thaws = await freezes(frozen.page);
  await person.renewsNow("Thawed");
  await expect.poll(() => person.keptGeneration()).toBe(2);
  const newest = await person.readsToken("Thawed");
  expect(newest).not.toBe(first);
  await thaws();
  await expect.poll(() => frozen.readsToken("Thawed")).toBe(newest);
  expect(provider.granted(client)).toBe(2);
});

test("a tab frozen in the middle of its renewal finishes it once it thaws, for every tab", async ({
  person,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Paused", provider: allowed.name, client, scopes: "read" });
  const first = await person.readsToken("Paused");
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  const { arrived } = provider;
  const letGo = provider.holds();
  await person.renewsNow("Paused");
  await expect.poll(() => provider.arrived).toBe(arrived + 1);
  const thaws = await freezes(person.page);
  letGo();
  await expect.poll(() => provider.granted(client)).toBe(2);
  expect(await other.readsToken("Paused"), "the token that is there stays").toBe(first);
  await thaws();
  await expect.poll(() => other.readsToken("Paused")).not.toBe(first);
  const newest = await other.readsToken("Paused");
  await expect.poll(() => person.readsToken("Paused")).toBe(newest);
  expect(provider.granted(client)).toBe(2);
});

test("six tabs that wake together on an expired token get the one new token by one request", async ({
  person,
  provider,
  allowed,
}) => {
  const client = await provider.addClient("client_secret_basic", { lifetime: LIFETIME });
  const others = await Promise.all([1, 2, 3, 4, 5].map(() => person.inAnotherTab()));
  await Promise.all(others.map((tab) => tab.opens("/connections")));
  await person.addsConnection({ name: "Asleep", provider: allowed.name, client, scopes: "read" });
  const tabs = [person, ...others];
  const thaws = await Promise.all(tabs.map((tab) => freezes(tab.page)));
  const expired = Date.now() + LIFETIME * 1_000;
  const before = provider.granted(client);
  provider.livesFor(client, 3_600);
  await expect.poll(() => Date.now()).toBeGreaterThan(expired);
  expect(provider.granted(client), "frozen tabs ask for nothing").toBe(before);

  await Promise.all(thaws.map((thaw) => thaw()));
  // A tab that is read at once shows what it knew before it slept: to show a token is no call, and waits for nothing.
  await expect.poll(() => person.keptGeneration()).toBe(2);
  await provider.verified(await tokenOfAll(tabs, "Asleep"));
  expect(provider.granted(client), "requests the provider saw").toBe(before + 1);
});
