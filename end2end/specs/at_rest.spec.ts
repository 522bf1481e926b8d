import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import { Person } from "../people/person.ts";
import { filesBelow, sightings, storedBy } from "../rigs/canaries.ts";
import { METHODS } from "../rigs/provider.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

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
