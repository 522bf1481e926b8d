/* Two devices of one person share a copy that only their passphrase opens. */
import type { Person } from "../people/person.ts";
import { VaultPage } from "../people/vault_page.ts";
import { expect, test } from "../rigs/test.ts";

const PASSPHRASE = "mill lantern quiet orbit saddle";
const ANOTHER = "another set of five words";
const SYNC = /\/api\/v1\/sync\//;

test("two devices share what they keep, see what lost, and go on after a cut", async ({ people, person, provider, allowed, calm }) => {
  test.slow();
  calm.expects(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const client = await provider.addClient("client_secret_basic");
  for (const name of ["Mill", "Weir"]) {
    await person.addsConnection({ name, provider: allowed.name, client, scopes: "read", keep: true });
  }
  await turnsOn(person);
  const other = await people.again(person);
  await joins(other, PASSPHRASE);
  await lists(other, "Mill", "Weir");

  // Deleted on one, gone on the other.
  await person.removes("Weir");
  await syncs(person);
  await syncs(other);
  await lists(other, "Mill");
  await expect(other.main.getByRole("link", { name: "Weir", exact: true })).toHaveCount(0);

  // Both change the same thing before they hear of each other.
  await other.page.route(SYNC, (route) => route.abort());
  await renames(other, "Mill", "Mill of the other");
  await renames(person, "Mill", "Mill of the first");
  await syncs(person);
  await other.page.unroute(SYNC);
  await syncs(other);
  await syncs(person);
  const lost = other.main.getByRole("region", { name: "Versions to look at" });
  await expect(lost.getByRole("article")).toHaveCount(1);
  const [stands, gone] = (await lost.getByRole("row", { name: /Name/ }).innerText()).includes("Mill of the other\tMill of the first")
    ? ["Mill of the first", "Mill of the other"]
    : ["Mill of the other", "Mill of the first"];
  await expect(lost.getByRole("heading", { level: 3 })).toHaveText(gone);
  await lists(person, stands);
  await lists(other, stands);
  await showsSync(other);
  await lost.getByRole("button", { name: "Take this version" }).click();
  await expect(lost).toHaveCount(0);
  await syncs(other);
  await syncs(person);
  await lists(person, gone);

  // The answer to what was sent is lost on its way.
  await renames(person, gone, "Mill at last");
  await showsSync(person);
  await person.page.route(SYNC, async (route) => {
    if (route.request().method() !== "GET") await route.fetch();
    await route.abort();
  });
  await person.page.getByRole("button", { name: "Sync now" }).click();
  await expect(person.main.getByRole("alert")).toContainText("Nothing is lost");
  await person.page.unroute(SYNC);
  await syncs(person);
  await syncs(other);
  await lists(other, "Mill at last");
  await showsSync(other);
  await expect(lost).toHaveCount(0);
});

test("only the passphrase opens the copy, a new one replaces it, and a locked vault does not sync", async ({ people, person, provider, allowed }) => {
  test.slow();
  await person.opens("/settings/sync");
  await enters(person, "short", "short");
  await expect(person.page.getByText("Use at least 12 characters.")).toBeVisible();
  await enters(person, PASSPHRASE, "mill lantern quiet orbit saddles");
  await expect(person.page.getByText("The two passphrases are not the same.")).toBeVisible();
  await person.page.getByRole("button", { name: "Turn sync on" }).click();
  await expect(person.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
  await turnsOn(person);

  const other = await people.again(person);
  await joins(other, "not the passphrase at all", "This is not the passphrase");
  await person.page.getByLabel("Present passphrase", { exact: true }).fill(PASSPHRASE);
  await enters(person, ANOTHER, ANOTHER);
  await person.page.getByRole("button", { name: "Change passphrase" }).click();
  await expect(person.page.getByText("The passphrase is changed.")).toBeVisible({ timeout: 30_000 });
  await joins(other, PASSPHRASE, "This is not the passphrase");
  await joins(other, ANOTHER);

  // Locked, this device hears of nothing; unlocked, it goes on by itself.
  const vault = new VaultPage(other);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await vault.locks();
  const asked: string[] = [];
  other.page.on("request", (request) => void (SYNC.test(request.url()) && asked.push(request.url())));
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Mill", provider: allowed.name, client, scopes: "read", keep: true });
  await syncs(person);
  expect(asked).toEqual([]);
  await other.reloads();
  await vault.unlocks(PASSPHRASE);
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await lists(other, "Mill");
});

test("the copy is deleted after a question, or together with all else, and read back", async ({ people, person }) => {
  test.slow();
  await turnsOn(person);
  await person.page.getByRole("button", { name: "Delete the copy" }).click();
  const question = person.page.getByRole("dialog", { name: "Delete the copy on the server?" });
  await question.getByRole("button", { name: "Delete the copy" }).click();
  await expect(person.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
  await turnsOn(person);

  const vault = new VaultPage(person);
  await vault.opens();
  await person.page.getByRole("button", { name: "Clear everything" }).click();
  await person.page.getByLabel("Also delete the synced copies on the server").check();
  await vault.confirmsClearing();
  await expect(person.row("Synced copy on the server")).toContainText("not there when asked again");
  await expect(person.row("Synced copy on the server")).toContainText("Clear");
  // Another browser finds none to join.
  const other = await people.again(person);
  await other.opens("/settings/sync");
  await expect(other.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
});

/** Turns sync on, and waits for the first round. */
async function turnsOn(person: Person): Promise<void> {
  await showsSync(person);
  await enters(person, PASSPHRASE, PASSPHRASE);
  await person.page.getByRole("button", { name: "Turn sync on" }).click();
  await expect(person.fact("Items in the copy")).toBeVisible({ timeout: 30_000 });
}

/** Joins, or is refused with these words. */
async function joins(person: Person, passphrase: string, refused?: string): Promise<void> {
  await showsSync(person);
  await person.page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await person.page.getByRole("button", { name: "Join" }).click();
  if (refused) await expect(person.main.getByRole("alert")).toContainText(refused, { timeout: 30_000 });
  else await expect(person.fact("Items in the copy")).toBeVisible({ timeout: 30_000 });
}

async function enters(person: Person, passphrase: string, again: string): Promise<void> {
  await person.page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await person.page.getByLabel("Passphrase again", { exact: true }).fill(again);
}

async function showsSync(person: Person): Promise<void> {
  await person.opens("/settings/sync");
}

/** Has a round run from begin to end. */
async function syncs(person: Person): Promise<void> {
  await showsSync(person);
  const button = person.page.getByRole("button", { name: "Sync now" });
  // The round that begins when the page opens may have read before this; the one asked for has not.
  await expect(button).toBeEnabled({ timeout: 30_000 });
  const pull = person.page.waitForResponse((response) => SYNC.test(response.url()) && response.ok());
  await button.click();
  await pull;
  await expect(button).toBeEnabled({ timeout: 30_000 });
  await expect(person.main.getByRole("alert")).toHaveCount(0);
}

async function lists(person: Person, ...names: string[]): Promise<void> {
  await person.goesTo("Worker tokens");
  for (const name of names) {
    await expect(person.main.getByRole("link", { name, exact: true })).toBeVisible({ timeout: 15_000 });
  }
}

async function renames(person: Person, from: string, to: string): Promise<void> {
  await person.opensConnection(from);
  await person.page.getByRole("button", { name: "Edit" }).click();
  await person.dialog.field("Name").fill(to);
  await person.dialog.itself.getByRole("button", { name: "Save" }).click();
  await expect(person.heading(to)).toBeVisible();
}
