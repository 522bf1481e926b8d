import type { Person } from "../../people/person.ts";
import { expect, test, WHOLE } from "../../rigs/everyday.ts";

// Chromium without windows has no back-forward cache.
test.use({ program: WHOLE });

// The other site has no icon.
test.beforeEach(({ calm }) => calm.expects(/status of 404.*favicon/));

test("a page gone back to with the headers it really has shows the token renewed meanwhile, and hears of the next", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Came back", provider: allowed.name, client, scopes: "read" });
  const answer = await person.page.request.get(`${person.server.origin}/connections`);
  expect(answer.headers()["cache-control"]).toContain("no-store");
  await person.opens("/connections");
  await person.opensConnection("Came back");
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  await person.page.bringToFront();
  await person.page.goto(`${provider.issuer}/jwks`);
  await other.page.bringToFront();
  await other.renewsNow("Came back");
  await expect.poll(() => other.keptGeneration()).toBe(2);
  const renewed = await other.readsToken("Came back");
  await person.page.bringToFront();
  await person.page.goBack({ waitUntil: "commit" });
  await expect.poll(() => person.readsToken("Came back")).toBe(renewed);
  await other.page.bringToFront();
  await other.renewsNow("Came back");
  await expect.poll(() => other.keptGeneration()).toBe(3);
  const newest = await other.readsToken("Came back");
  await person.page.bringToFront();
  await expect.poll(() => person.readsToken("Came back")).toBe(newest);
  expect(provider.granted(client)).toBe(3);
});

test("a page gone back to shows the token renewed meanwhile, and hears of the next", async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Came back", provider: allowed.name, client, scopes: "read" });
  // Our pages are `no-store`, which Chromium keeps out of its back-forward cache; without the header it is as in browsers
  // that do keep them.
  await person.page.route("**/connections", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    delete headers["cache-control"];
    await route.fulfill({ response, headers });
  });
  await person.opens("/connections");
  await person.opensConnection("Came back");
  const other = await person.inAnotherTab();
  await other.opens("/connections");
  for (const meanwhile of ["nothing", "a renewal"]) {
    await person.page.bringToFront();
    await person.page.evaluate(() => Object.assign(window, { isTheSame: true }));
    await person.page.goto(`${provider.issuer}/jwks`);
    if (meanwhile === "a renewal") await renewsAndReads(other);
    await person.page.bringToFront();
    await person.page.goBack({ waitUntil: "commit" });
    const kept = await person.page.evaluate(() => Reflect.get(window, "isTheSame") === true);
    // News evict a page from Chromium's cache; it is then loaded anew.
    if (meanwhile === "nothing") expect(kept, "it was kept as it was left").toBe(true);
    await expect.poll(() => person.readsToken("Came back")).toBe(await tokenOf(other));
    const newest = await renewsAndReads(other);
    await person.page.bringToFront();
    await expect.poll(() => person.readsToken("Came back")).toBe(newest);
  }
  expect(provider.granted(client)).toBe(await person.keptGeneration());

  async function tokenOf(tab: Person): Promise<string> {
    await tab.page.bringToFront();
    const token = await tab.readsToken("Came back");
    await person.page.bringToFront();
    return token;
  }

  async function renewsAndReads(tab: Person): Promise<string> {
    await tab.page.bringToFront();
    const generation = await tab.keptGeneration();
    await tab.renewsNow("Came back");
    await expect.poll(() => tab.keptGeneration()).toBe(generation + 1);
    return tab.readsToken("Came back");
  }
});
