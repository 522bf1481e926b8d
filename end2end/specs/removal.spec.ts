import { expect, test } from "../rigs/test.ts";

test.beforeEach(async ({ person, provider, allowed }) => {
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "SES Omaha Clinic", provider: allowed.name, client, scopes: "read" });
});

test("deleting asks first, and says what goes", async ({ person }) => {
  await person.startsRemoving("SES Omaha Clinic");
  const question = person.page.getByRole("dialog", { name: "Delete SES Omaha Clinic?" });
  await expect(question).toContainText(/token/i);
  await expect(question).toContainText(/ten seconds|10 seconds|10 s/i);
  await person.closesDialog();
  await person.goesTo("Worker tokens");
  await expect(person.row("SES Omaha Clinic")).toBeVisible();
});

test("a deleted connection comes back with its token within ten seconds", async ({ person }) => {
  const token = await person.readsToken("SES Omaha Clinic");
  await person.removes("SES Omaha Clinic");
  await person.goesTo("Worker tokens");
  await expect(person.row("SES Omaha Clinic")).toHaveCount(0);
  await person.page.getByRole("button", { name: "Undo" }).click();
  await expect(person.row("SES Omaha Clinic")).toBeVisible();
  expect(await person.readsToken("SES Omaha Clinic")).toBe(token);
});

test("after ten seconds it is gone from the vault", async ({ person }) => {
  expect(await person.keptGeneration()).toBe(1);
  await person.removes("SES Omaha Clinic");
  await expect(person.page.getByRole("button", { name: "Undo" })).toBeHidden({ timeout: 15_000 });
  await expect.poll(() => person.keptTokens(), { timeout: 10_000 }).toEqual([]);
  await person.reloads();
  await expect(person.main).not.toContainText("SES Omaha Clinic");
});

test("another tab sees it go, and come back", async ({ person }) => {
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await expect(second.row("SES Omaha Clinic")).toBeVisible();
  await person.removes("SES Omaha Clinic");
  await expect(second.row("SES Omaha Clinic")).toHaveCount(0);
  await person.page.getByRole("button", { name: "Undo" }).click();
  await expect(second.row("SES Omaha Clinic")).toBeVisible();
});
