/* Tenants of one person: made, limited, switched between and removed, and nothing of one seen or counted in another. */
import type { Locator } from "@playwright/test";

import { Files } from "../people/files.ts";
import type { Person } from "../people/person.ts";
import { SiteTokens } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

/** The button in the header that says which tenant this tab works in, and opens the way to another. */
const switcher = ({ page }: Person): Locator => page.getByRole("button", { name: /^Tenant: / });

/** How all is doing, in the header. */
const summary = ({ page }: Person): Locator => page.getByRole("status", { name: "Connection status" });

/** Switches by the menu in the header. */
async function switchesTo(person: Person, name: string): Promise<void> {
  await switcher(person).click();
  await person.page.locator("#tenant-menu").getByRole("button", { name, exact: true }).click();
  await expect(switcher(person)).toHaveAccessibleName(`Tenant: ${name}`);
}

/** The databases that Tokenkeep has in this browser. */
const databases = ({ page }: Person): Promise<number> =>
  page.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name?.startsWith("tokenkeep.")).length);

test("tenants are added, limited and switched between, and nothing of one is seen, found, counted or exported in another", async ({ person, server, calm }) => {
  calm.expects(/status of 403.*\/gateway\/sandbox-sites\//);
  const { main, page } = person;
  const dialog = page.locator("dialog#tenant-dialog");
  const site = (id: string) => server.sandbox.siteToken(id);
  const [falls, omaha, lincoln] = [await site("ses_falls_city"), await site("ses_omaha"), await site("ses_lincoln")];

  // What the first tenant holds.
  await person.addsConnection({ name: "At home", provider: "Sandbox", client: await server.sandbox.addClient() });
  const home = await SiteTokens.opened(person);
  await home.adds(lincoln);
  await expect(summary(person)).toHaveText("2 tokens valid");
  await person.opens("/tenants");
  await expect(switcher(person), "who has one tenant sees nothing of a switch").toBeHidden();
  await expect(person.card("Personal")).toContainText("In use here");
  await expect(person.card("Personal").getByRole("button", { name: "Remove" }), "one's own stays").toBeHidden();

  // A second one: what is wrong is said at its field, and nothing is kept of it.
  const save = dialog.getByRole("button", { name: "Save tenant" });
  await main.getByRole("button", { name: "Add tenant" }).click();
  await save.click();
  await expect(dialog).toContainText("The name must have 1 to 60 characters.");
  await dialog.getByLabel("Name", { exact: true }).fill("personal");
  await dialog.getByLabel("Sites it allows").selectOption({ label: "Only the sites named below" });
  await dialog.getByLabel("Site ids").fill("ses_falls_city a/b");
  await dialog.getByLabel("Default site").fill("ses_omaha");
  await save.click();
  await expect(dialog).toContainText("Another tenant of yours has this name.");
  await expect(dialog).toContainText("“a/b” is no site id");
  await expect(dialog).toContainText("The default site must be one of the sites the tenant allows.");
  expect(await hindrances(page), "the dialog with mistakes").toEqual([]);
  await dialog.getByLabel("Name", { exact: true }).fill("Clinics");
  await dialog.getByLabel("Site ids").fill("ses_falls_city, ses_omaha");
  await save.click();
  await expect(dialog).toBeHidden();
  const clinics = person.card("Clinics");
  await expect(clinics.getByRole("listitem")).toHaveText(["ses_falls_city", "ses_omaha"]);
  await expect(clinics).toContainText("Default site");
  await expect(switcher(person)).toHaveAccessibleName("Tenant: Personal");
  await switcher(person).click();
  expect(await hindrances(page), "the menu of tenants").toEqual([]);
  await page.keyboard.press("Escape");

  // It has a vault of its own: nothing of the first is there.
  await clinics.getByRole("button", { name: "Switch to it" }).click();
  await expect(switcher(person)).toHaveAccessibleName("Tenant: Clinics");
  await expect(person.heading("Tenants"), "the page fits any tenant").toBeVisible();
  await expect(clinics).toContainText("In use here");
  await expect(summary(person)).toHaveText("Connected, no tokens yet");
  await person.goesTo("Worker tokens");
  await expect(main.getByRole("heading", { name: "No connections yet" })).toBeVisible();
  const there = await SiteTokens.opened(person);
  await expect(main.getByRole("heading", { name: "No site tokens yet" })).toBeVisible();
  await there.selector.click();
  await expect(there.menu).toContainText("No site has a token here yet.");
  await page.keyboard.press("Escape");

  // What is kept there stays there. The tenant's default site is the one that is begun with.
  await there.imports([falls, omaha]);
  await expect(there.names).toHaveText([omaha.name, falls.name]);
  await expect(there.card(omaha.name).getByText("Default", { exact: true })).toBeVisible();
  await expect(there.card(falls.name).getByText("Default", { exact: true })).toBeHidden();
  await expect(there.selector).toContainText(omaha.name);
  await expect(there.figure("All")).toContainText("2");
  await there.card(falls.name).getByRole("button", { name: "Test", exact: true }).click();
  await expect(there.card(falls.name).getByText("The token works")).toBeVisible();

  // A site that the tenant does not allow is refused.
  await there.starts();
  await there.fills(lincoln);
  await there.dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(there.dialog).toContainText(/tenant .*(is limited|does not allow)/);
  await there.dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(there.figure("All")).toContainText("2");

  // Files and searches have what is of this tenant, and no more.
  await person.addsConnection({ name: "At the clinic", provider: "Sandbox", client: await server.sandbox.addClient() });
  await expect(summary(person)).toHaveText("3 tokens valid");
  await person.goesTo("Worker tokens");
  const files = new Files(page);
  await files.startsExport();
  const names = (text: string) => (JSON.parse(text) as { connections: { name: string }[] }).connections.map(({ name }) => name);
  expect(names((await files.exports()).text)).toEqual(["At the clinic"]);

  // Back, by the header of a phone.
  await page.setViewportSize({ width: 375, height: 800 });
  await switchesTo(person, "Personal");
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(summary(person)).toHaveText("2 tokens valid");
  await expect(main.getByRole("link", { name: "At home" })).toBeVisible();
  await expect(main.getByRole("link", { name: "At the clinic" })).toHaveCount(0);
  await files.startsExport();
  expect(names((await files.exports()).text)).toEqual(["At home"]);
  await person.opens("/sites");
  await expect(home.names).toHaveText([lincoln.name]);
  await expect(home.figure("All")).toContainText("1");
  await home.main.getByLabel("Search").fill("omaha");
  await expect(home.main.getByRole("heading", { name: "No token fits" })).toBeVisible();
  await home.selector.click();
  await expect(home.menu.getByRole("option")).toHaveText(new RegExp(lincoln.name));
  await page.keyboard.type("falls");
  await expect(home.menu).toContainText("No site is called so.");
});

test("a tenant is renamed, opened in one tab only, and removed by its name from every tab and from this browser", async ({ person, server }) => {
  const { main, page } = person;
  const dialog = page.locator("dialog#tenant-dialog");
  await person.opens("/tenants");
  await main.getByRole("button", { name: "Add tenant" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Trial");
  await dialog.getByRole("button", { name: "Save tenant" }).click();
  await expect(person.card("Trial")).toContainText("All (*)");

  // Another tab works in it, with something to lose.
  const second = await person.inAnotherTab();
  await second.opens("/tenants");
  await switchesTo(second, "Trial");
  await second.addsConnection({ name: "On trial", provider: "Sandbox", client: await server.sandbox.addClient() });
  await person.reloads();
  await expect(switcher(person), "each tab stays in its own").toHaveAccessibleName("Tenant: Personal");
  expect(await databases(person)).toBe(2);

  await person.card("Trial").getByRole("button", { name: "Edit" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("Trial of June");
  await dialog.getByRole("button", { name: "Save tenant" }).click();
  const trial = person.card("Trial of June");
  await expect(trial).toContainText("Added");
  await second.reloads();
  await expect(switcher(second)).toHaveAccessibleName("Tenant: Trial of June");

  // Its name is to be typed.
  await trial.getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("dialog", { name: "Remove Trial of June?" });
  const remove = question.getByRole("button", { name: "Remove tenant" });
  const name = question.getByLabel("Type Trial of June to confirm");
  await expect(remove).toBeDisabled();
  await name.fill("Trial");
  await name.press("Enter");
  await expect(remove).toBeDisabled();
  expect(await hindrances(page), "the question").toEqual([]);
  await name.fill("Trial of June");
  await remove.click();
  await expect(page.getByText("Trial of June was removed; nothing of it is left in this browser.")).toBeVisible();
  await expect(trial).toBeHidden();
  await expect(switcher(person)).toBeHidden();
  expect(await databases(person)).toBe(1);

  // The other tab leaves it by itself, and brings nothing back.
  await expect(second.heading("Overview")).toBeVisible();
  await expect(second.page.getByText("The tenant you worked in was removed, and what this browser kept of it.")).toBeVisible();
  await expect(second.main.getByRole("heading", { name: "No connections yet" })).toBeVisible();
  await expect(switcher(second)).toBeHidden();
  await second.reloads();
  await expect(second.main.getByRole("heading", { name: "No connections yet" })).toBeVisible();
  expect(await databases(second)).toBe(1);
});
