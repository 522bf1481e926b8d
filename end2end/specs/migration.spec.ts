import type { Page } from "@playwright/test";

import type { Newcomer } from "../people/newcomer.ts";
import { sightings, storedBy } from "../rigs/canaries.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const SECRET = "canary-of-an-older-client-secret";
const TOKEN = "canary-of-an-older-worker-token";
const PROVIDER = "PingOne of the older app";

const client = (more: object) => ({
  environmentId: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
  clientId: "older-client",
  clientSecret: SECRET,
  appName: "Older billing",
  ...more,
});

/** What the older app left, in one place of each kind. */
const left = (more: object = {}) => {
  const credentials = client(more);
  const record = { token: TOKEN, credentials, savedAt: Date.now() - 60_000, expiresAt: Date.now() + 3_000_000 };
  return {
    local: {
      unified_worker_token: JSON.stringify(record),
      unified_worker_token_credentials: JSON.stringify({ credentials, savedAt: Date.now() - 60_000 }),
      worker_credentials: JSON.stringify(credentials),
      worker_token_audit: TOKEN,
      credential_backup_1700000000000: JSON.stringify({ worker_credentials: JSON.stringify(credentials) }),
    } as Record<string, string>,
    record: { ...record, id: "unified_worker_token" },
  };
};

/** Puts it there before the page is signed in to. */
async function plants(page: Page, texts: ReturnType<typeof left>): Promise<void> {
  await page.evaluate(async ({ local, record }) => {
    for (const [key, text] of Object.entries(local)) localStorage.setItem(key, text);
    await new Promise<void>((done, failed) => {
      const opening = indexedDB.open("oauth_playground_unified", 1);
      opening.onerror = () => failed(opening.error);
      opening.onupgradeneeded = () => opening.result.createObjectStore("unified_worker_tokens", { keyPath: "id" });
      opening.onsuccess = () => {
        const writing = opening.result.transaction("unified_worker_tokens", "readwrite");
        writing.objectStore("unified_worker_tokens").put(record);
        writing.oncomplete = () => {
          opening.result.close();
          done();
        };
      };
    });
  }, texts);
}

async function allowsNorthAmerica(server: TokenkeepServer): Promise<void> {
  const admin = await server.asAdmin();
  const known = await admin.providers();
  if (!known.some(({ name }) => name === PROVIDER)) await admin.allowPingOne(PROVIDER, ["com"]);
}

async function signsInWith(newcomer: Newcomer, server: TokenkeepServer, texts: ReturnType<typeof left>): Promise<void> {
  await newcomer.opens("/sign-in");
  await plants(newcomer.page, texts);
  await newcomer.signsIn(await server.newAccount("user"));
}

const keysLeft = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => !key.startsWith("tokenkeep")));

test("what an older app kept in clear moves into the vault, and nothing readable is left", async ({ people, server }) => {
  await allowsNorthAmerica(server);
  const newcomer = await people.withoutAccount();
  await signsInWith(newcomer, server, left());
  const { page } = newcomer;
  await expect(page.getByText("The older app's connection Older billing moved into this vault.")).toBeVisible();
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: "Older billing" });
  await expect(row).toContainText("Valid");
  await expect.poll(() => keysLeft(page)).toEqual([]);
  expect(sightings(await storedBy(page), [SECRET, TOKEN])).toEqual([]);
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(databases).not.toContain("oauth_playground_unified");
  await page.reload();
  await newcomer.isInside();
  await expect(row).toHaveCount(1);
});

test("where no provider is allowed, everything stays and the line says what an admin must allow", async ({ people, server }) => {
  const newcomer = await people.withoutAccount();
  const texts = left({ region: "sg" });
  await signsInWith(newcomer, server, texts);
  const { page } = newcomer;
  const line = page.getByText("an admin must allow the region Singapore (sg) at a PingOne provider first");
  await expect(line).toBeVisible();
  expect(await keysLeft(page)).toEqual(expect.arrayContaining(Object.keys(texts.local)));
  await page.reload();
  await newcomer.isInside();
  await expect(page.getByRole("heading", { name: "No connections yet" })).toBeVisible();
  await expect(line).toBeHidden();
});
