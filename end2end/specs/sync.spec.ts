import type { Page } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { expect, test } from "../rigs/test.ts";

const PASSPHRASE = "mill lantern quiet orbit saddle";

test("what one device keeps comes to the other, and what it removes goes there", async ({ people, person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "Mill", provider: allowed.name, client, scopes: "read", keep: true });
  await turnsOn(person);
  await expect(person.fact("Items in the copy")).toHaveText("1");

  const other = await people.again(person);
  await joins(other, PASSPHRASE);
  await other.goesTo("Worker tokens");
  await expect(other.main.getByRole("link", { name: "Mill", exact: true })).toBeVisible();
});

test("a wrong passphrase changes nothing", async ({ people, person }) => {
  await turnsOn(person);
  const other = await people.again(person);
  await joins(other, "not the passphrase at all");
  await expect(other.main.getByRole("alert")).toContainText("not the passphrase");
  await expect(other.page.getByRole("heading", { name: "Join with this device" })).toBeVisible();
});

test("a new passphrase opens the copy, and the one before does not", async ({ people, person }) => {
  await turnsOn(person);
  await person.page.getByLabel("Present passphrase", { exact: true }).fill(PASSPHRASE);
  await person.page.getByLabel("Passphrase", { exact: true }).fill("another set of five words");
  await person.page.getByLabel("Passphrase again", { exact: true }).fill("another set of five words");
  await person.page.getByRole("button", { name: "Change passphrase" }).click();
  await expect(person.page.getByText("The passphrase is changed.")).toBeVisible();

  const other = await people.again(person);
  await joins(other, PASSPHRASE);
  await expect(other.main.getByRole("alert")).toContainText("not the passphrase");
  await enters(other.page, "another set of five words");
  await expect(other.page.getByRole("heading", { name: "This device" })).toBeVisible();
});

test("deleting the copy ends sync here, after a question", async ({ person }) => {
  await turnsOn(person);
  await person.page.getByRole("button", { name: "Delete the copy" }).click();
  const question = person.page.getByRole("dialog", { name: "Delete the copy on the server?" });
  await question.getByRole("button", { name: "Delete the copy" }).click();
  await expect(person.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
});

test("a short passphrase and one mistyped are told, and nothing is begun", async ({ person }) => {
  await person.opens("/settings/sync");
  const passphrase = person.page.getByLabel("Passphrase", { exact: true });
  const again = person.page.getByLabel("Passphrase again", { exact: true });
  await passphrase.fill("short");
  await expect(person.page.getByText("Use at least 12 characters.")).toBeVisible();
  await passphrase.fill(PASSPHRASE);
  await again.fill("mill lantern quiet orbit saddles");
  await expect(person.page.getByText("The two passphrases are not the same.")).toBeVisible();
  await person.page.getByRole("button", { name: "Turn sync on" }).click();
  await expect(person.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
});

/** Turns sync on, and waits for the first round. */
async function turnsOn(person: Person): Promise<void> {
  await person.opens("/settings/sync");
  await person.page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
  await person.page.getByLabel("Passphrase again", { exact: true }).fill(PASSPHRASE);
  await person.page.getByRole("button", { name: "Turn sync on" }).click();
  await expect(person.fact("Items in the copy")).toBeVisible({ timeout: 30_000 });
}

async function joins(person: Person, passphrase: string): Promise<void> {
  await person.opens("/settings/sync");
  await enters(person.page, passphrase);
}

async function enters(page: Page, passphrase: string): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByRole("button", { name: "Join" }).click();
}
