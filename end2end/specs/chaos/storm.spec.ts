/* What would make tabs ask for one token after the other: a dozen within a minute, over all tabs, are enough. */
import { expect, test } from "../../rigs/test.ts";

/** What all tabs together ask for in a minute, less what may lie between two requests and their tokens, in milliseconds. */
const MOST = 12;
const MINUTE = 58_000;
const REFUSED = "The provider's API refuses the token";

test("tokens that live a second are asked for a dozen times a minute, whatever tabs there are", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic", { lifetime: 1 });
  const others = [await person.inAnotherTab(), await person.inAnotherTab()];
  for (const other of others) await other.opens("/connections");
  await person.addsConnection({ name: "Brief", provider: allowed.name, client, scopes: "read" });
  await person.opensConnection("Brief");
  const patience = { timeout: 40_000 };
  await expect(person.main).toContainText("A dozen tokens were asked for within a minute.", patience);
  expect(provider.granted(client)).toBeGreaterThanOrEqual(MOST);
  // The others keep to it, also when they are asked to hurry by whoever looks at them.
  for (const other of others) {
    await other.opensConnection("Brief");
    await expect(other.main).toContainText("A dozen tokens were asked for within a minute.");
  }
  expect(provider.grantedWithin(client, MINUTE), "tokens obtained by all tabs").toBeLessThanOrEqual(MOST);
});

test("an API that refuses every token costs one new token for each page that asks it, not one after the other", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/gateway/);
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Refused", provider: "Sandbox", client });
  await server.sandbox.apiMisbehavesFor(client, { type: "unauthorized" });
  await person.goesBy("Licensing", "Organisation licensing");
  await expect(person.main).toContainText(REFUSED);
  const { calls, granted } = await server.sandbox.counters(client);
  expect(granted, "the first token, and the one that took its place when it was refused").toBe(2);
  expect(calls % 2, "each call was made once more, with the new token").toBe(0);
  expect(calls).toBeGreaterThan(0);

  await person.reloads();
  await expect(person.main).toContainText(REFUSED);
  expect((await server.sandbox.counters(client)).granted, "one more for the page that was loaded anew").toBe(3);
});
