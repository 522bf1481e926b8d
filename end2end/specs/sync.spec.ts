/* Two devices of one person share a copy that only their passphrase opens. */
import type { Locator } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { VaultPage } from "../people/vault_page.ts";
import { filesBelow, type Place, sightings } from "../rigs/canaries.ts";
import { expect, test } from "../rigs/test.ts";

const PASSPHRASE = "mill lantern quiet orbit saddle";
const ANOTHER = "another set of five words";
const SYNC = /\/api\/v1\/sync\//;

test("two devices share what they keep, see what lost, and go on after a cut", async ({ people, person, provider, allowed, server, calm }) => {
  test.slow();
  calm.expects(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const seen = seesWhatTravels(person);
  const client = await provider.addClient("client_secret_basic");
  for (const name of ["Mill", "Weir"]) {
    await person.addsConnection({ name, provider: allowed.name, client, scopes: "read", keep: true });
  }
  // Off until a person turns it on: what is kept here goes nowhere.
  await showsSync(person);
  await expect(person.page.getByText("Sync is off.")).toBeVisible();
  expect(seen.written(), "off by default").toEqual([]);
  await turnsOn(person);
  const other = await people.again(person);
  seen.from(other);
  await joins(other, PASSPHRASE);
  await lists(other, "Mill", "Weir");

  // Deleted on one, gone on the other.
  await person.removes("Weir");
  await syncs(person);
  await syncs(other);
  await lists(other, "Mill");
  await expect(other.main.getByRole("link", { name: "Weir", exact: true })).toHaveCount(0);

  // Both change the same thing before they hear of each other. Of one generation what stands on the server stays.
  await other.page.route(SYNC, (route) => route.abort());
  await renames(other, "Mill", "Mill of the other");
  await renames(person, "Mill", "Mill of the first");
  await syncs(person);
  await other.page.unroute(SYNC);
  await syncs(other);
  await lost(other, "Mill of the other", "Mill of the first");
  await lists(other, "Mill of the first");
  await syncs(person);
  await lost(person, "Mill of the other", "Mill of the first");
  await lists(person, "Mill of the first");
  await showsSync(other);
  await toLookAt(other).getByRole("button", { name: "Take this version" }).click();
  await expect(toLookAt(other)).toHaveCount(0);
  await syncs(other);
  await syncs(person);
  await expect(toLookAt(person)).toHaveCount(0);
  await lists(person, "Mill of the other");

  // A device that changed it twice has the newer generation, though it is heard of later.
  await other.page.route(SYNC, (route) => (route.request().method() === "GET" ? route.continue() : route.abort()));
  await renames(other, "Mill of the other", "Mill once");
  await triesToSync(other);
  await renames(other, "Mill once", "Mill twice");
  await renames(person, "Mill of the other", "Mill meanwhile");
  await syncs(person);
  await other.page.unroute(SYNC);
  await syncs(other);
  await syncs(person);
  await lost(person, "Mill meanwhile", "Mill twice");
  await toLookAt(person).getByRole("button", { name: "Let it go" }).click();
  await expect(toLookAt(person)).toHaveCount(0);
  await syncs(person);
  await lists(person, "Mill twice");
  await syncs(other);
  await expect(toLookAt(other)).toHaveCount(0);

  // The answer to what was sent is lost on its way.
  await renames(person, "Mill twice", "Mill at last");
  await showsSync(person);
  await person.page.route(SYNC, async (route) => {
    if (route.request().method() !== "GET") await route.fetch();
    await route.abort();
  });
  await triesToSync(person);
  await person.page.unroute(SYNC);
  await syncs(person);
  await syncs(other);
  await lists(other, "Mill at last");
  await showsSync(other);
  await expect(toLookAt(other)).toHaveCount(0);

  // Without a network a change waits here, and goes by itself when the network is back.
  await person.page.context().setOffline(true);
  await triesToSync(person);
  const pushed = person.page.waitForResponse((response) => SYNC.test(response.url()) && response.ok());
  await person.page.context().setOffline(false);
  await pushed;
  await expect(person.main.getByRole("alert")).toHaveCount(0);

  const names = ["Mill of the other", "Mill twice", "Mill at last", client.id, allowed.id];
  const secrets = [client.credential, PASSPHRASE];
  expect(seen.written().length, "there is something to search").toBeGreaterThan(5);
  expect(sightings(seen.places, [...names, ...secrets]), "what travels is sealed").toEqual([]);
  expect(sightings(await filesBelow(server.dataFolder), secrets), "what the server keeps is sealed").toEqual([]);
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

  // A device that has things of its own and a wrong passphrase: nothing of it goes over what is there.
  const other = await people.again(person);
  const seen = seesWhatTravels(other);
  const client = await provider.addClient("client_secret_basic");
  await other.addsConnection({ name: "Weir", provider: allowed.name, client, scopes: "read", keep: true });
  await joins(other, "not the passphrase at all", "This is not the copy's passphrase");
  await expect(other.main.getByRole("alert")).toContainText("Nothing was changed.");
  expect(seen.written(), "a wrong passphrase sends nothing").toEqual([]);
  await changes(person, "not the passphrase at all", ANOTHER);
  const dialog = person.page.getByRole("dialog", { name: "Change the sync passphrase" });
  await expect(dialog.getByRole("alert")).toContainText("Nothing was changed.", { timeout: 30_000 });
  await person.closesDialog();
  await changes(person, PASSPHRASE, ANOTHER);
  await expect(person.page.getByText("The passphrase is changed.")).toBeVisible({ timeout: 30_000 });
  await expect(dialog).toBeHidden();
  await joins(other, PASSPHRASE, "This is not the copy's passphrase");
  await joins(other, ANOTHER);
  await syncs(other);
  await syncs(person);
  await lists(person, "Weir");

  // Locked, this device hears of nothing; unlocked, it goes on by itself.
  const vault = new VaultPage(other);
  await vault.opens();
  await vault.usesPassphrase(PASSPHRASE);
  await vault.locks();
  const asked: string[] = [];
  other.page.on("request", (request) => void (SYNC.test(request.url()) && asked.push(request.url())));
  await person.addsConnection({ name: "Mill", provider: allowed.name, client, scopes: "read", keep: true });
  await syncs(person);
  expect(asked).toEqual([]);
  await other.reloads();
  await vault.unlocks(PASSPHRASE);
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(0);
  await lists(other, "Mill");
});

test("the copy is deleted after a question, or together with all else, and read back", async ({ people, person, calm }) => {
  test.slow();
  calm.expects(/409 \(Conflict\)/);
  const early = await people.again(person);
  await showsSync(early);
  await expect(early.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
  await turnsOn(person);
  // Who did not hear of it begins no second copy, and is shown the way to the first.
  await enters(early, ANOTHER, ANOTHER);
  await early.page.getByRole("button", { name: "Turn sync on" }).click();
  await expect(early.page.getByRole("heading", { name: "Join with this device" })).toBeVisible({ timeout: 30_000 });
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
  await expect(person.row("Synced copies on the server")).toContainText("not there when asked again");
  await expect(person.row("Synced copies on the server")).toContainText("Clear");
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
  await person.follows("/settings/sync");
  await expect(person.heading("Sync")).toBeVisible();
}

/** Fills the dialog for another passphrase, and sends it. */
async function changes(person: Person, present: string, wanted: string): Promise<void> {
  await person.page.getByRole("button", { name: "Change passphrase" }).click();
  const dialog = person.page.getByRole("dialog", { name: "Change the sync passphrase" });
  await dialog.getByLabel("Present passphrase", { exact: true }).fill(present);
  await dialog.getByLabel("New passphrase", { exact: true }).fill(wanted);
  await dialog.getByLabel("New passphrase again", { exact: true }).fill(wanted);
  await dialog.getByRole("button", { name: "Change passphrase" }).click();
}

/** The versions that lost. */
function toLookAt(person: Person): Locator {
  return person.main.getByRole("region", { name: "Versions to look at" });
}

/** On the page of sync one version is kept to look at, and says what stands in its place. */
async function lost(person: Person, name: string, stands: string): Promise<void> {
  await expect(toLookAt(person).getByRole("article")).toHaveCount(1);
  await expect(toLookAt(person).getByRole("heading", { level: 3 })).toHaveText(name);
  await expect(toLookAt(person).getByRole("row", { name: /^Name/ }).getByRole("cell")).toHaveText([name, stands]);
}

/** Has a round begin that gets no answer. */
async function triesToSync(person: Person): Promise<void> {
  if (!(await person.heading("Sync").isVisible())) await showsSync(person);
  await person.page.getByRole("button", { name: "Sync now" }).click();
  await expect(person.main.getByRole("alert")).toContainText("Nothing is lost");
}

interface Travelling {
  places: Place[];
  from(person: Person): void;
  written(): Place[];
}

/** Notes the bodies of all that goes to and comes from the synced copy. */
function seesWhatTravels(person: Person): Travelling {
  const places: Place[] = [];
  const add = (name: string, bytes: Buffer) => {
    // Sealed items travel as base64: what they hold is searched as well.
    const sealed = bytes.toString().match(/[\w+/=-]{40,}/g) ?? [];
    places.push({ name, bytes: Buffer.concat([bytes, ...sealed.map((text) => Buffer.from(text, "base64"))]) });
  };
  const from = ({ page }: Person) => {
    page.on("request", (request) => {
      const body = request.postDataBuffer();
      if (SYNC.test(request.url()) && body) add(`${request.method()} ${request.url()}`, body);
    });
    page.on("response", async (response) => {
      if (!SYNC.test(response.url())) return;
      const bytes = await response.body().catch(() => undefined);
      if (bytes) add(`answer of ${response.url()}`, bytes);
    });
  };
  from(person);
  return { places, from, written: () => places.filter(({ name }) => !name.startsWith("answer")) };
}

/** Has a round run from begin to end. */
async function syncs(person: Person): Promise<void> {
  await showsSync(person);
  const button = person.page.getByRole("button", { name: "Sync now" });
  // A round that runs by itself may have read before this; the one asked for has not.
  await expect(button).toBeEnabled({ timeout: 30_000 });
  const begun = Date.now();
  const pull = person.page.waitForResponse((answer) => SYNC.test(answer.url()) && answer.ok() && answer.request().timing().startTime >= begun);
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
  // The new name is shown at once, and lies in the vault when this is said.
  await expect(person.page.getByText(`${to} is saved.`)).toBeVisible();
  await expect(person.heading(to)).toBeVisible();
}
