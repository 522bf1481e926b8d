import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import { Files } from "../people/files.ts";
import { Person } from "../people/person.ts";
import { PLACES } from "../people/places.ts";
import { SiteTokens, madeUp } from "../people/sites.ts";
import { filesBelow, type Place, sightings, storedBy } from "../rigs/canaries.ts";
import { METHODS } from "../rigs/provider.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";
import { Wiretap } from "../rigs/wiretap.ts";

// The password is searched for as well, so the browser must have seen it.
test.use({ entrance: "sign-in page" });

for (const method of METHODS) {
  test(`with ${method}, neither secret nor token lies readable anywhere`, async ({ person, provider, allowed, server }) => {
    const client = await provider.addClient(method);
    await person.addsConnection({ name: "Canary", provider: allowed.name, client, scopes: "read" });
    const token = await person.readsToken("Canary");
    const canaries = [token, signatureOf(token), heartOf(client.credential), person.account.password];

    const stored = await storedBy(person.page);
    expect(stored.map((place) => place.name).join("\n"), "the vault has records to search").toContain("IndexedDB");
    expect(sightings(stored, canaries), "in the browser's storage").toEqual([]);
    expect(sightings(await filesBelow(server.dataFolder), canaries), "in the data folder").toEqual([]);
    expect(sightings([{ name: "log", bytes: Buffer.from(server.output) }], canaries), "in the log").toEqual([]);
  });
}

test("nor does it lie in the browser's own files", async ({ server, provider, allowed, calm, launchOptions }) => {
  const profile = await mkdtemp(join(tmpdir(), "tokenkeep-profile-"));
  try {
    const context = await chromium.launchPersistentContext(profile, launchOptions);
    await calm.watches(context);
    const person = new Person(await context.newPage(), server, await server.newAccount(), calm);
    await person.signsIn();
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Canary", provider: allowed.name, client, scopes: "read" });
    const token = await person.readsToken("Canary");
    await context.close();
    const files = (await filesBelow(profile)).filter((file) => /IndexedDB|Storage|Session|Cache/.test(file.name));
    expect(files.map((file) => file.name).join("\n")).toContain("IndexedDB");
    expect(sightings(files, [token, signatureOf(token), client.credential, person.account.password])).toEqual([]);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});

test("a site token passes in calls of its API only, the operator's never, and neither lies readable anywhere nor stands on a page", async ({ people, calm }) => {
  calm.expects(/status of 404.*there-is-nothing-here/);
  calm.expects(/status of 401.*\/gateway\/sandbox-sites\//);
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-default-"));
  const operators = join(folder, "token");
  await writeFile(operators, madeUp("ses_falls_city", 300).token, { mode: 0o600 });
  const tap = await Wiretap.start();
  const server = await TokenkeepServer.start({
    publicPort: tap.port,
    settings: {
      TOKENKEEP_DEFAULT_TOKEN_PROVIDER: "sandbox-sites",
      TOKENKEEP_DEFAULT_TOKEN_SITE: "ses_falls_city",
      TOKENKEEP_DEFAULT_TOKEN_SITE_NAME: "SES Falls City",
      TOKENKEEP_DEFAULT_TOKEN_FILE: operators,
    },
  });
  tap.leadsTo(server.port);
  try {
    const newcomer = await people.withoutAccount(server);
    const { page } = newcomer;
    const said: string[] = [];
    page.context().on("console", (message) => said.push(message.text()));
    await newcomer.triesToSignIn(await server.firstAdmin());
    await newcomer.isInside();
    const admin = new Person(page, server, await server.firstAdmin(), calm);
    const { token: ofOperator } = await server.sandbox.siteToken("ses_falls_city");
    await writeFile(operators, ofOperator, { mode: 0o600 });

    // A token is entered, exchanged for a newer one, and used; the operator's is used, too.
    const sites = await SiteTokens.opened(admin);
    const omaha = await server.sandbox.siteToken("ses_omaha", 20 * 86_400);
    await sites.adds(omaha);
    await sites.card(omaha.name).getByRole("button", { name: "Refresh", exact: true }).click();
    await expect(sites.dialog.getByText("The token works")).toBeVisible();
    await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
    const show = sites.card(omaha.name).getByRole("button", { name: /^Show the token/ });
    await show.click();
    await expect(sites.card(omaha.name).getByTestId("site-token")).toHaveText(/^ey/);
    const refreshed = await sites.card(omaha.name).getByTestId("site-token").innerText();
    await show.click();
    await admin.addsConnection({ name: "Beside it", provider: "Sandbox", client: await server.sandbox.addClient() });
    await admin.opens("/sites/points?site=ses_omaha");
    const points = admin.main.getByRole("status").filter({ hasText: "120 points" });
    await expect(points).toBeVisible();
    // The server looks at the operator's file again after a few seconds.
    await expect(async () => {
      await admin.opens("/sites/points?site=ses_falls_city");
      await expect(points).toContainText("with the operator's default token", { timeout: 3_000 });
    }).toPass({ timeout: 60_000 });

    const canaries = [omaha.token, refreshed, ofOperator].flatMap((token) => [token, signatureOf(token)]);
    const shown: Place[] = [];
    for (const { path, heading } of PLACES.filter(({ role }) => role !== "nobody")) {
      await admin.follows(path);
      await expect(admin.heading(heading)).toBeVisible();
      const drawnByServer = await page.evaluate(async (path) => (await fetch(path)).text(), path);
      shown.push({ name: path, bytes: Buffer.from(drawnByServer + (await page.content())) });
    }
    expect(sightings(shown, canaries), "on pages").toEqual([]);
    await admin.opens("/connections");
    const files = new Files(page);
    await files.startsExport();
    const exports = [{ name: "connections", bytes: Buffer.from((await files.exports()).text) }];
    for (const path of ["/api/v1/audit/events.csv", "/api/v1/audit/events.jsonl", "/metrics"]) {
      const text = await page.evaluate(async (path) => (await fetch(path)).text(), path);
      exports.push({ name: path, bytes: Buffer.from(text) });
    }
    expect(sightings(exports, ["ses_omaha"]), "the exports tell of the site").toContain("/api/v1/audit/events.csv");
    expect(sightings(exports, canaries), "in exports").toEqual([]);
    expect(sightings(await storedBy(page), canaries), "in the browser's storage").toEqual([]);
    expect(sightings(await filesBelow(server.dataFolder), canaries), "in the data folder").toEqual([]);
    expect(sightings([{ name: "log", bytes: Buffer.from(server.output) }], canaries), "in the log").toEqual([]);
    expect(sightings([{ name: "console", bytes: Buffer.from(said.join("\n")) }], canaries), "in the console").toEqual([]);

    // On the wire: what was sent and got, pages, scripts, calls and all.
    const own = [omaha.token, refreshed];
    const isCall = (name: string) => /^(GET|POST) \/api\/v1\/gateway\/sandbox-sites\//.test(name);
    const sent = sightings(tap.asked, own);
    expect(sent.length, "the wire was watched").toBeGreaterThan(0);
    expect(sent.filter((name) => !isCall(name)), "sent elsewhere").toEqual([]);
    const got = sightings(tap.answered, own);
    expect(got, "only the call that exchanges it answers with a token").toEqual([expect.stringMatching(/^POST \/api\/v1\/gateway\/sandbox-sites\//)]);
    const operatorsOwn = [ofOperator, signatureOf(ofOperator)];
    expect(sightings([...tap.asked, ...tap.answered], operatorsOwn), "the operator's, on the wire").toEqual([]);
  } finally {
    await server.isRemoved();
    await tap.closes();
    await rm(folder, { recursive: true, force: true });
  }
});

test("the search finds a canary that is there", async ({ person }) => {
  const canary = "canary:with+odd%20signs";
  await person.opens("/account");
  await person.page.evaluate(async (text) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("search-check");
      request.onupgradeneeded = () => request.result.createObjectStore("things");
      request.onsuccess = () => resolve(request.result);
    });
    const transaction = database.transaction("things", "readwrite");
    transaction.objectStore("things").put({ deep: [{ text }] }, "plain");
    transaction.objectStore("things").put(new TextEncoder().encode(text), "bytes");
    transaction.objectStore("things").put({ list: [...new TextEncoder().encode(text)] }, "numbers");
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    localStorage.setItem("check", btoa(text));
    database.close();
  }, canary);
  expect(sightings(await storedBy(person.page), [canary]).sort()).toEqual([
    "IndexedDB search-check/things/bytes",
    "IndexedDB search-check/things/numbers",
    "IndexedDB search-check/things/plain",
    "localStorage check",
  ]);
});

test("a setup or invitation key reaches no log", async ({ people }) => {
  const server = await TokenkeepServer.start();
  try {
    const setupKey = server.setupLink.split("key=")[1] ?? "";
    const printed = server.output.split(setupKey).length - 1;
    const newcomer = await people.withoutAccount(server);
    await newcomer.setsUp(server.setupLink, { username: "first", password: "a-password-for-setup" });
    expect(server.output.split(setupKey).length - 1, "only the line that prints the link").toBe(printed);
    expect(sightings(await filesBelow(server.dataFolder), [setupKey, "a-password-for-setup"])).toEqual([]);
  } finally {
    await server.isRemoved();
  }
});

/** The last part of a JWT, which nothing may hold by itself either. */
function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf(".") + 1);
}

/** A secret as it is; of a PEM key one line from its middle. */
function heartOf(credential: string): string {
  return credential.startsWith("-----BEGIN") ? (credential.split("\n")[5] ?? credential) : credential;
}
