/* The network, or the server, is lost in the middle of a renewal. */
import { TokenkeepServer } from "../../rigs/server.ts";
import { expect, test } from "../../rigs/test.ts";
import { People } from "../../people/people.ts";

const PATIENCE = { timeout: 30_000 };

test("an answer lost on its way is asked for again, and costs no second token", async ({ person, provider, allowed, calm }) => {
  calm.expects(/ERR_CONNECTION_RESET.*\/api\/v1\/token/);
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Lost", provider: allowed.name, client, scopes: "read" });
  const first = await person.readsToken("Lost");
  const lost = person.page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/v1/token"));
  await person.page.route(
    "**/api/v1/token",
    async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
    { times: 1 },
  );
  await person.renewsNow("Lost");
  await lost;
  await person.page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => person.readsToken("Lost"), PATIENCE).not.toBe(first);
  expect(await person.keptGeneration()).toBe(2);
  expect(provider.granted(client)).toBe(2);
});

test("a browser that goes offline in the middle of a renewal keeps its token, and renews when it is back", async ({
  person,
  provider,
  allowed,
  calm,
}) => {
  calm.expects(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|Failed to load resource/);
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Offline", provider: allowed.name, client, scopes: "read" });
  const first = await person.readsToken("Offline");
  await person.page.context().setOffline(true);
  await person.renewsNow("Offline");
  await expect(person.main).toContainText(/network|reach/i, PATIENCE);
  expect(await person.readsToken("Offline"), "the token that is there stays").toBe(first);
  await person.page.context().setOffline(false);
  await expect.poll(() => person.readsToken("Offline"), PATIENCE).not.toBe(first);
  expect(await person.keptGeneration()).toBe(2);
  expect(provider.granted(client)).toBe(2);
});

test("a server that is killed in the middle of a renewal is asked again once it is back", async ({ browser, provider, calm }) => {
  calm.expects(/ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|status of (409|50\d)/);
  // What was asked under a key by a server that died is free again after this time and five seconds.
  const settings = { TOKENKEEP_UPSTREAM_TOTAL_SECONDS: "2" };
  const server = await TokenkeepServer.start({ loopbackOrigins: [provider.issuer], settings });
  const people = new People(browser, server, calm);
  try {
    const { issuer, tokenEndpoint } = provider;
    const allowed = await (await server.asAdmin()).allowOAuth("Independent provider", issuer, tokenEndpoint, `${issuer}/jwks`);
    const person = await people.signedIn("user");
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Outlived", provider: allowed.name, client, scopes: "read" });
    const first = await person.readsToken("Outlived");
    const { arrived } = provider;
    const letGo = provider.holds();
    await person.renewsNow("Outlived");
    await expect.poll(() => provider.arrived).toBe(arrived + 1);
    await server.isKilled();
    letGo();
    await expect(person.main).toContainText(/reach/i, PATIENCE);
    expect(await person.readsToken("Outlived"), "the token that is there stays").toBe(first);
    await server.starts();
    await expect.poll(() => person.readsToken("Outlived"), PATIENCE).not.toBe(first);
    await provider.verified(await person.readsToken("Outlived"));
    expect(await person.keptGeneration()).toBe(2);
    expect(provider.granted(client), "the one whose answer died with the server, and the one after it").toBeLessThanOrEqual(3);
  } finally {
    await people.leave();
    await server.isRemoved();
  }
});
