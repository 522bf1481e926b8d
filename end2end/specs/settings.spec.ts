import { readFile } from "node:fs/promises";

import type { Person } from "../people/person.ts";
import { expect, test } from "../rigs/test.ts";

const THRESHOLD = "Renewal threshold, in seconds";

test("a setting holds at once in another tab, and after a reload", async ({ person }) => {
  const other = await person.inAnotherTab();
  await other.opens("/settings");
  await person.opens("/settings");
  await person.page.getByLabel("Auto-renewal").uncheck();
  await sets(person, THRESHOLD, "900");
  await expect(other.page.getByLabel("Auto-renewal")).not.toBeChecked();
  await expect(other.page.getByLabel(THRESHOLD)).toHaveValue("900");
  await person.reloads();
  await expect(person.page.getByLabel("Auto-renewal")).not.toBeChecked();
  await expect(person.page.getByLabel(THRESHOLD)).toHaveValue("900");
});

test("a number out of bounds is told, and not kept", async ({ person }) => {
  await person.opens("/settings");
  await sets(person, "Quick retries", "99");
  await expect(person.page.getByText("Between 0 and 10.")).toBeVisible();
  await person.reloads();
  await expect(person.page.getByLabel("Quick retries")).toHaveValue("3");
});

test("settings go into a file, back to their defaults, and come back from the file", async ({ person }) => {
  await person.opens("/settings");
  await sets(person, THRESHOLD, "1200");
  const [download] = await Promise.all([
    person.page.waitForEvent("download"),
    person.page.getByRole("button", { name: "Export settings" }).click(),
  ]);
  const file = await readFile(await download.path(), "utf8");
  expect(JSON.parse(file).settings.renewal_threshold_seconds).toBe(1200);

  await person.page.getByRole("button", { name: "Reset to defaults" }).click();
  await person.page.getByRole("button", { name: "Reset settings" }).click();
  await expect(person.page.getByLabel(THRESHOLD)).toHaveValue("300");

  await imports(person, file);
  await expect(person.page.getByLabel(THRESHOLD)).toHaveValue("1200");
});

test("a file that holds no settings changes nothing, and says why", async ({ person }) => {
  await person.opens("/settings");
  for (const [file, words] of [
    ["<!doctype html><p>Sign in", "a web page"],
    ["not json", "no JSON file"],
    ['{"kind":"tokenkeep.worker-token-settings","version":99,"settings":{}}', "newer Tokenkeep"],
    ['{"workerToken":{"retryAttempts":-1}}', "retryAttempts"],
  ] as const) {
    await imports(person, file);
    await expect(person.page.getByRole("alert")).toContainText(words);
  }
  await expect(person.page.getByLabel("Quick retries")).toHaveValue("3");
});

async function sets(person: Person, label: string, value: string): Promise<void> {
  await person.page.getByLabel(label).fill(value);
  await person.page.getByLabel(label).press("Tab");
}

async function imports(person: Person, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await person.page.getByLabel("Import settings: file").setInputFiles({ name: "settings.json", mimeType: "application/json", buffer });
}
