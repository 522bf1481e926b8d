import { VaultPage } from "../people/vault_page.ts";
import { Person } from "../people/person.ts";
import { SiteTokens } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { sightings, storedBy } from "../rigs/canaries.ts";
import type { Provider } from "../rigs/api.ts";
import type { IndependentProvider } from "../rigs/provider.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const PASSPHRASE = "canary horse battery staple";
const OTHER = "another lantern on the hill";

async function withToken(person: Person, provider: IndependentProvider, allowed: Provider): Promise<{ token: string; secret: string }> {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Kept", provider: allowed.name, client, scopes: "read" });
  return { token: await person.readsToken("Kept"), secret: client.credential };
}

test("kept by a passphrase, the vault is locked after a reload and opens with that passphrase only", async ({ person, provider, allowed }) => {
  const { token, secret } = await withToken(person, provider, allowed);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.isAt("browser");
  await expect(person.page.getByRole("button", { name: /Lock now/ })).toHaveAttribute("aria-disabled", "true");
  await vault.level("passphrase").getByRole("button", { name: "Use a passphrase" }).click();
  await expect(person.page.getByLabel("New passphrase again")).toBeVisible();
  expect(await hindrances(person.page), "the dialog for a passphrase").toEqual([]);
  await person.page.keyboard.press("Escape");
  await vault.usesPassphrase(PASSPHRASE);
  expect(await hindrances(person.page), "the page of a vault kept by a passphrase").toEqual([]);
  await expect(person.fact("One guess costs")).toHaveText("Argon2id, 64 MiB, 3 passes, 1 lane");
  expect(await person.readsToken("Kept"), "the token goes on as it was").toBe(token);

  await person.page.reload();
  await expect(vault.isLocked).toBeVisible();
  await expect(person.page.getByText("Kept", { exact: true })).toHaveCount(0);
  expect(await hindrances(person.page), "the locked screen").toEqual([]);
  await vault.tries("not the right passphrase");
  await expect(person.page.getByRole("alert")).toContainText("The passphrase is wrong", { timeout: 60_000 });
  await expect(vault.isLocked).toBeVisible();
  await vault.unlocks(PASSPHRASE);
  expect(await person.readsToken("Kept")).toBe(token);
  expect(sightings(await storedBy(person.page), [token, secret, PASSPHRASE]), "in the browser's storage").toEqual([]);
});

test("tabs lock together and unlock together, and one that comes later gets the key from them", async ({ person, provider, allowed }) => {
  const { token } = await withToken(person, provider, allowed);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await second.showsToken("Kept");
  await vault.locks();
  await expect(new VaultPage(second).isLocked).toBeVisible();
  await expect(second.page.getByText(token)).toHaveCount(0);
  const third = await person.inAnotherTab();
  await third.opens("/");
  await expect(new VaultPage(third).isLocked).toBeVisible();
  await vault.unlocks(PASSPHRASE);
  await expect(new VaultPage(second).isLocked).toBeHidden();
  await expect(new VaultPage(third).isLocked).toBeHidden();
  const fourth = await person.inAnotherTab();
  await fourth.opens("/connections");
  expect(await fourth.readsToken("Kept")).toBe(token);
});

test("a tab that works while another replaces the key goes on with the new one", async ({ person, provider, allowed }) => {
  const { token } = await withToken(person, provider, allowed);
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  expect(await second.readsToken("Kept")).toBe(token);
  await second.renewsNow("Kept");
  await expect.poll(async () => person.keptTokens()).toEqual([2]);
  await vault.level("browser").getByRole("button", { name: "Use this browser's key" }).click();
  const dialog = person.page.getByRole("dialog");
  await dialog.getByLabel("Present passphrase").fill("not the right passphrase");
  await dialog.getByRole("button", { name: "Use this level" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The passphrase is wrong", { timeout: 60_000 });
  await dialog.getByLabel("Present passphrase").fill(PASSPHRASE);
  await dialog.getByRole("button", { name: "Use this level" }).click();
  await vault.isAt("browser");
  await second.reloads();
  await expect(new VaultPage(second).isLocked).toBeHidden();
});

test("while the vault is locked no page of site tokens shows any, each offers to unlock, and then shows them", async ({ person, server }) => {
  const { page, main } = person;
  const sites = await SiteTokens.opened(person);
  const falls = await server.sandbox.siteToken("ses_falls_city");
  await sites.adds(falls);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await page.reload();
  for (const path of ["/sites", "/sites/points", "/sites/setup"]) {
    await page.goto(server.origin + path);
    await expect(vault.isLocked).toBeVisible();
    await expect(page.getByRole("status", { name: "Connection status" })).toHaveText("Vault locked");
    await expect(page.getByText(falls.name)).toHaveCount(0);
    await expect(sites.selector).toHaveCount(0);
    await expect(page.locator("dialog[open]")).toHaveCount(0);
  }
  expect(await barriers(page), "in place of the setup").toEqual([]);
  await page.goto(`${server.origin}/sites/points`);
  await vault.unlocks(PASSPHRASE);
  await expect(main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();
  await expect(sites.selector).toContainText(falls.name);
  await expect(page.getByRole("status", { name: "Connection status" })).toHaveText("1 token valid");

  // Locked in another tab, a dialog with what was typed goes, and the page stands there again once it is open.
  await person.goesBy("Site tokens", "Site tokens");
  const other = await person.inAnotherTab();
  await other.opens("/settings/vault");
  await sites.starts();
  await sites.fills({ site: "ses_omaha", name: "Omaha", token: falls.token });
  await new VaultPage(other).locks();
  await expect(vault.isLocked).toBeVisible();
  await expect(sites.dialog).toHaveCount(0);
  await expect(page.getByText(falls.name)).toHaveCount(0);
  await vault.unlocks(PASSPHRASE);
  await expect(sites.card(falls.name)).toBeVisible();
  await expect(page.locator("dialog[open]")).toHaveCount(0);
});

test("the vault locks by itself when nobody touches a tab for the time set", async ({ person, provider, allowed }) => {
  await withToken(person, provider, allowed);
  await person.page.clock.install();
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await person.page.getByLabel("When nobody touched any tab for").selectOption({ label: "1 minute" });
  await person.page.clock.fastForward(50_000);
  await expect(vault.isLocked).toBeHidden();
  await person.page.keyboard.press("Shift");
  await person.page.clock.fastForward(50_000);
  await expect(person.heading("Vault")).toBeVisible();
  await person.page.clock.fastForward(15_000);
  await expect(vault.isLocked).toBeVisible();
  await expect(person.main).toContainText("Nobody touched Tokenkeep for 1 minute");
});

test("after a new passphrase the old one opens nothing", async ({ person, provider, allowed }) => {
  const { token } = await withToken(person, provider, allowed);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await person.page.getByRole("button", { name: "Change passphrase" }).click();
  const dialog = person.page.getByRole("dialog", { name: "Change the passphrase" });
  await dialog.getByLabel("Present passphrase").fill(PASSPHRASE);
  await dialog.getByLabel("New passphrase", { exact: true }).fill(OTHER);
  await dialog.getByLabel("New passphrase again").fill("something else altogether");
  await dialog.getByRole("button", { name: "Change passphrase" }).click();
  await expect(dialog).toContainText("The two passphrases are not the same.");
  await dialog.getByLabel("New passphrase again").fill(OTHER);
  await dialog.getByRole("button", { name: "Change passphrase" }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await person.page.reload();
  await vault.tries(PASSPHRASE);
  await expect(person.page.getByRole("alert")).toContainText("The passphrase is wrong", { timeout: 60_000 });
  await vault.unlocks(OTHER);
  expect(await person.readsToken("Kept")).toBe(token);
});

test("a forgotten passphrase costs what the browser keeps, is said so, and leaves a vault that works", async ({ person, provider, allowed }) => {
  await withToken(person, provider, allowed);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await person.page.reload();
  await expect(person.main).toContainText("Nobody can bring it back");
  await person.page.getByRole("button", { name: "Clear and begin anew" }).click();
  await vault.confirmsClearing();
  await person.page.getByRole("button", { name: "Start afresh" }).click();
  await expect(person.heading("Overview")).toBeVisible();
  await person.goesTo("Worker tokens");
  await expect(person.main).toContainText(/no connections/i);
  await vault.opens();
  await vault.isAt("browser");
  await withToken(person, provider, allowed);
});

test("clear all leaves nothing, reads it back, and the other tabs say so", async ({ person, provider, allowed }) => {
  const { token, secret } = await withToken(person, provider, allowed);
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await second.showsToken("Kept");
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesServersHalf();
  await person.page.getByRole("button", { name: "Clear everything" }).click();
  await expect(person.page.getByLabel("Type clear to confirm")).toBeVisible();
  expect(await hindrances(person.page), "the question before all is cleared").toEqual([]);
  await vault.confirmsClearing();
  expect(await hindrances(person.page), "all is cleared").toEqual([]);
  await expect(person.main.getByRole("status").filter({ hasText: "read back" })).toContainText("nothing of yours is left");
  for (const place of ["Server's half of the key", "Memory of this tab", "IndexedDB", "Local and session storage", "Line to other tabs", "Other tabs"]) {
    await expect(person.row(place)).toContainText("Clear");
  }
  await expect(second.heading("Everything was cleared")).toBeVisible();
  await expect(second.page.getByText(token)).toHaveCount(0);
  const left = await storedBy(person.page);
  // The two that every page has: no record, key or setting of any storage is among them.
  expect(left.map((place) => place.name)).toEqual(["document.cookie", "address"]);
  expect(sightings(left, [token, secret])).toEqual([]);
});

test("joined with the server's half, the vault opens by itself for a session and stays shut without the server's answer", async ({ person, provider, allowed, calm }) => {
  const { token } = await withToken(person, provider, allowed);
  const vault = new VaultPage(person);
  await vault.opens();
  await vault.usesServersHalf();
  await person.reloads();
  expect(await person.readsToken("Kept"), "nothing is to be entered").toBe(token);
  calm.expects(/ERR_FAILED.*\/vault\/halves/);
  await person.page.route("**/api/v1/vault/halves/*", (route) => route.abort());
  await person.page.reload();
  await expect(vault.isLocked).toBeVisible();
  await expect(person.page.getByText("Kept", { exact: true })).toHaveCount(0);
  await person.page.unroute("**/api/v1/vault/halves/*");
  await person.page.getByRole("button", { name: "Unlock", exact: true }).click();
  await expect(vault.isLocked).toBeHidden();
  expect(await person.readsToken("Kept")).toBe(token);
});

test("a passkey opens the vault, with the key it gives, and no more once it is removed", async ({ people, calm, allowed: _ }) => {
  // Passkeys belong to names, not to addresses.
  const server = await TokenkeepServer.start({ publicHost: "localhost" });
  try {
    const newcomer = await people.withoutAccount(server);
    const person = new Person(newcomer.page, server, await server.newAccount(), calm);
    await person.signsIn();
    const devtools = await person.page.context().newCDPSession(person.page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    const vault = new VaultPage(person);
    await vault.opens();
    await vault.usesPassphrase(PASSPHRASE);
    await person.page.getByRole("button", { name: "Add passkey" }).click();
    const dialog = person.page.getByRole("dialog", { name: "Add a passkey" });
    await dialog.getByLabel("Name").fill("This laptop");
    await dialog.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await dialog.getByRole("button", { name: "Add passkey" }).click();
    await expect(dialog).toBeHidden({ timeout: 60_000 });
    await expect(person.main).toContainText("This laptop");
    await person.page.reload();
    await expect(vault.isLocked).toBeVisible();
    await person.page.getByRole("button", { name: "Unlock with a passkey" }).click();
    await expect(person.heading("Vault")).toBeVisible();
    await person.page.getByRole("button", { name: "Remove This laptop" }).click();
    await expect(person.page.getByText("This laptop")).toHaveCount(0);
    await person.page.reload();
    await expect(vault.isLocked).toBeVisible();
    await expect(person.page.getByRole("button", { name: "Unlock with a passkey" })).toHaveCount(0);
  } finally {
    await server.isRemoved();
  }
});
