import type { Person } from "../people/person.ts";
import type { SandboxClient } from "../rigs/sandbox.ts";
import { expect, test } from "../rigs/test.ts";

const PAGE = "/licensing";

test("a page that needs a token opens the dialog, waits, and goes on by itself", async ({ person, server }) => {
  await person.opens(PAGE);
  const dialog = person.page.getByRole("dialog", { name: "Worker Token Credentials" });
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("Needed");
  await dialog.getByLabel("Provider", { exact: true }).selectOption({ label: "Sandbox" });
  await person.dialog.fills({ name: "Needed", provider: "Sandbox", client: await server.sandbox.addClient() });
  await person.dialog.generates();
  await person.dialog.received();
  await person.dialog.closes();
  await isThere(person);
});

test("a page whose dialog is closed without a token says what is missing, and opens it again when asked", async ({ person }) => {
  await person.opens(PAGE);
  await person.closesDialog();
  await expect(person.heading("Organisation licensing")).toBeVisible();
  await expect(person.main.getByRole("heading", { name: "There is no connection yet" })).toBeVisible();
  await person.main.getByRole("button", { name: "Add connection" }).click();
  await expect(person.page.getByRole("dialog", { name: "Worker Token Credentials" })).toBeVisible();
});

test("a token that is not there is got without a word, with one request", async ({ person, server }) => {
  const client = await server.sandbox.addClient();
  await savesOnly(person, client);
  await person.opens("/settings");
  await person.page.getByLabel("Show token at the end").uncheck();
  await person.goesBy("Licensing", "Organisation licensing");
  await isThere(person);
  await expect(person.page.getByRole("dialog")).toHaveCount(0);
  expect((await server.sandbox.counters(client)).granted).toBe(1);
});

test("a token that can't be got without a word opens the whole dialog, without an error", async ({ person, server, calm }) => {
  calm.expects(/status of 422.*\/api\/v1\/token/);
  await savesOnly(person, { ...(await server.sandbox.addClient()), credential: "a-secret-that-is-wrong" });
  await person.opens(PAGE);
  const dialog = person.page.getByRole("dialog", { name: /^Worker Token Credentials/ });
  await expect(dialog.getByRole("button", { name: "Generate token" })).toBeVisible();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(person.main.getByRole("button", { name: "Get worker token" })).toBeVisible();
});

test("a connection of another kind is named, and one that fits can be chosen on the page", async ({ person, provider, allowed, server }) => {
  await person.addsConnection({ name: "Fitting", provider: "Sandbox", client: await server.sandbox.addClient() });
  await person.addsConnection({ name: "Other", provider: allowed.name, client: await provider.addClient("client_secret_basic"), scopes: "read" });
  await person.opens(PAGE);
  const choice = person.main.getByLabel("Reads with");
  await choice.selectOption({ label: "Other" });
  await expect(person.main.getByText("This page reads PingOne's API")).toBeVisible();
  await expect(person.main.getByText(allowed.name)).toBeVisible();
  await choice.selectOption({ label: "Fitting" });
  await isThere(person);
});

/** What the page is about is on it. */
async function isThere(person: Person): Promise<void> {
  await expect(person.main.getByRole("region", { name: "Organisation" })).toBeVisible();
}

async function savesOnly(person: Person, client: SandboxClient): Promise<void> {
  await person.startsConnection("Saved", "Sandbox");
  await person.dialog.fills({ name: "Saved", provider: "Sandbox", client });
  await person.dialog.itself.getByRole("button", { name: "Save", exact: true }).click();
  await expect(person.dialog.itself).toBeHidden();
}
