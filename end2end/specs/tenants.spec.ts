import type { Person } from "../people/person.ts";
import { Tenants } from "../people/tenants.ts";
import { tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { sightings, storedBy } from "../rigs/canaries.ts";
import { expect, test } from "../rigs/test.ts";

/** The pages that show what a tenant keeps. */
const PAGES = ["/", "/connections", "/monitoring", "/people", "/people/bulk", "/identity-metrics", "/licensing", "/tabs", "/settings", "/account", "/tenants"];

/** What all these pages show and carry, as text. */
async function everyPage(person: Person): Promise<string> {
  const texts: string[] = [];
  for (const path of PAGES) {
    await person.opens(path);
    texts.push(await person.page.content());
  }
  return texts.join("\n");
}

for (const [size, viewport] of [["desktop", { width: 1280, height: 800 }], ["phone", { width: 375, height: 800 }]] as const) {
  test(`on a ${size} nothing of one tenant is shown, listed, counted or kept in another`, async ({ people, provider, allowed }) => {
    const person = await people.signedIn("user", { viewport });
    const tenants = new Tenants(person);
    await expect(tenants.switcher, "who has one tenant sees no switcher").toHaveCount(0);
    const client = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Canary of the first", provider: allowed.name, client, scopes: "read" });
    const token = await person.readsToken("Canary of the first");
    const canaries = [token, client.id, client.credential, "Canary of the first"];

    await tenants.adds("Clinics");
    await tenants.switchesTo("Clinics");
    const text = await everyPage(person);
    for (const canary of canaries) expect(text, canary).not.toContain(canary);
    await person.opens("/connections");
    await expect(person.main).toContainText(/no connections/i);
    const [own, clinics] = [await tenants.idOf("Personal"), await tenants.idOf("Clinics")];
    const second = await provider.addClient("client_secret_basic");
    await person.addsConnection({ name: "Of the clinics", provider: allowed.name, client: second, scopes: "read" });
    const other = await person.readsToken("Of the clinics");
    const stored = (await storedBy(person.page)).filter((place) => place.name.includes(clinics));
    expect(stored.length, "there is something to search").toBeGreaterThan(2);
    expect(sightings(stored, [...canaries, own]), "in the database of the clinics").toEqual([]);
    expect(provider.granted(client), "the other tenant's token is not renewed from here").toBe(1);

    await tenants.switchesTo("Personal");
    const back = await everyPage(person);
    for (const canary of [other, second.id, "Of the clinics"]) expect(back, canary).not.toContain(canary);
    expect(await person.readsToken("Canary of the first")).toBe(token);
    await person.opens("/tenants");
    expect(await tooWide(person.page)).toEqual([]);
    expect(await barriers(person.page), "the list").toEqual([]);
    await tenants.switcher.click();
    await expect(person.page.getByRole("button", { name: "Personal", exact: true })).toHaveAttribute("aria-current", "true");
    expect(await barriers(person.page), "the switcher").toEqual([]);
  });
}

test("a tenant is removed with its keys after its name was typed, and every tab of it leaves", async ({ person, provider, allowed }) => {
  const tenants = new Tenants(person);
  await tenants.adds("Clinics");
  const id = await tenants.idOf("Clinics");
  await tenants.switchesTo("Clinics");
  const client = await provider.addClient("client_secret_basic");
  await person.addsConnection({ name: "In the clinics", provider: allowed.name, client, scopes: "read" });
  const second = await person.inAnotherTab();
  await second.opens("/connections");
  await second.showsToken("In the clinics");
  expect((await tenants.kept(id)).length).toBeGreaterThan(1);

  const dialog = await tenants.startsRemoving("Clinics");
  expect(await barriers(person.page), "the question").toEqual([]);
  const remove = dialog.getByRole("button", { name: "Remove tenant" });
  await dialog.getByLabel("Type Clinics to confirm").fill("clinics");
  await expect(remove).toHaveAttribute("aria-disabled", "true");
  await remove.click({ force: true });
  await person.closesDialog();
  expect(await tenants.idOf("Clinics"), "nothing happened").toBe(id);

  await tenants.removes("Clinics");
  await expect(second.page, "the other tab left").toHaveURL(`${person.server.origin}/`);
  await expect(second.page.getByText("In the clinics")).toHaveCount(0);
  await second.opens("/connections");
  await expect(second.main).toContainText(/no connections/i);
  await expect.poll(() => tenants.kept(id)).toEqual([]);
  await expect(tenants.switcher, "only one is left").toHaveCount(0);
});

test("a tenant removed in one browser goes from the others when they next open the page", async ({ people, person, provider, allowed }) => {
  const tenants = new Tenants(person);
  await tenants.adds("Clinics");
  const id = await tenants.idOf("Clinics");
  const elsewhere = await people.again(person);
  const there = new Tenants(elsewhere);
  await there.switchesTo("Clinics");
  const client = await provider.addClient("client_secret_basic");
  await elsewhere.addsConnection({ name: "In the clinics", provider: allowed.name, client, scopes: "read" });
  await tenants.removes("Clinics");
  await elsewhere.reloads();
  await expect(elsewhere.page.getByText("The tenant you worked in was removed")).toBeVisible();
  await expect.poll(() => there.kept(id)).toEqual([]);
  await elsewhere.opens("/connections");
  await expect(elsewhere.main).toContainText(/no connections/i);
});

test("a tenant is renamed and limited to sites, and what can't be kept is said at its field", async ({ person }) => {
  const tenants = new Tenants(person);
  await tenants.adds("Clinics", "ses_omaha, ses_lincoln");
  await expect(person.card("Clinics")).toContainText("ses_lincoln");
  const dialog = await tenants.edits("Clinics");
  await dialog.getByLabel("Name", { exact: true }).fill("personal");
  await dialog.getByLabel("Site ids").fill("ses_omaha a/b");
  await dialog.getByLabel("Default site").fill("ses_lincoln");
  await dialog.getByRole("button", { name: "Save tenant" }).click();
  await expect(dialog.getByText("Another tenant of yours has this name.")).toBeVisible();
  await expect(dialog.getByText("“a/b” is no site id")).toBeVisible();
  await expect(dialog.getByText("The default site must be one of the sites the tenant allows.")).toBeVisible();
  expect(await barriers(person.page), "the dialog with its errors").toEqual([]);
  await dialog.getByLabel("Name", { exact: true }).fill("Schools");
  await dialog.getByLabel("Site ids").fill("ses_omaha");
  await dialog.getByLabel("Default site").fill("ses_omaha");
  await dialog.getByRole("button", { name: "Save tenant" }).click();
  await expect(person.card("Schools")).toContainText("Default site");
  await expect(person.card("Schools")).not.toContainText("ses_lincoln");
  await tenants.switchesTo("Schools");
  await person.reloads();
  await tenants.works("Schools");
});

test("of two people in one browser neither sees the other's tenants, and an auditor has none", async ({ person, people }) => {
  const tenants = new Tenants(person);
  await tenants.adds("Of the first");
  await tenants.switchesTo("Of the first");
  await person.signsOut();
  const other = await people.inTheBrowserOf(person, "user");
  await other.opens("/tenants");
  await expect(other.card("Personal")).toContainText("In use here");
  await expect(other.page.getByText("Of the first")).toHaveCount(0);
  await other.signsOut();
  const auditor = await people.inTheBrowserOf(person, "auditor");
  await auditor.opens("/tenants");
  await expect(auditor.main).toContainText("it has no tenants");
  await expect(auditor.page.getByRole("button", { name: "Add tenant" })).toHaveAttribute("aria-disabled", "true");
  await auditor.signsOut();
  await person.signsIn();
  await tenants.works("Of the first");
});
