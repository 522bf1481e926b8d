import { Person } from "../people/person.ts";
import { SiteTokens } from "../people/sites.ts";
import { tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

for (const width of [1280, 375]) {
  test(`at ${width} px a tenant limits the sites whose tokens are kept, tested and sent`, async ({ people, server }) => {
    const person = await people.signedIn("user", { viewport: { width, height: 800 } });
    const { page } = person;
    const sites = await SiteTokens.opened(person);
    const [falls, omaha] = [await server.sandbox.siteToken("ses_falls_city"), await server.sandbox.siteToken("ses_omaha")];
    await sites.adds(falls);

    await person.opens("/tenants");
    await person.main.getByRole("button", { name: "Edit" }).first().click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Sites it allows").selectOption("Only the sites named below");
    await form.getByLabel("Site ids").fill("ses_lincoln");
    await form.getByRole("button", { name: "Save tenant" }).click();
    await expect(form).toBeHidden();

    // What is kept stays, is marked, and is not sent.
    await person.opens("/sites");
    const card = sites.card(falls.name);
    await expect(card).toContainText("Not allowed here");
    await expect(card.getByRole("link", { name: "Allow it on the Tenants page" })).toBeVisible();
    await card.getByRole("button", { name: "Test", exact: true }).click();
    await expect(card).toContainText("This tenant does not allow the site");
    await expect(page.getByRole("button", { name: /^Site: / })).toContainText(falls.name);
    expect(await barriers(page), "a card that is not allowed").toEqual([]);
    expect(await tooWide(page), "a card that is not allowed").toEqual([]);

    // Nothing new is kept for another site.
    await sites.starts();
    await sites.fills(omaha);
    await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(sites.dialog.getByText("This tenant does not allow the site.")).toBeVisible();
    await person.opens("/sites");
    await sites.previews(JSON.stringify([omaha]));
    await expect(sites.dialog.getByRole("list", { name: "What would change" })).toContainText("This tenant does not allow the site.");

    // Its points are not asked for either.
    await person.opens("/sites/points");
    await expect(person.main.getByRole("alert")).toContainText("The tenant does not allow this site");
  });
}

for (const width of [1280, 375]) {
  test(`at ${width} px a tenant works with one API, whose tokens alone are kept, tested and sent`, async ({ people, calm }) => {
    const server = await TokenkeepServer.start();
    try {
      const kind = { type: "site_api", base: `${server.sandbox.origin}/ace/api` };
      await (await server.asAdmin()).send("POST", "/api/v1/providers", { name: "ACE", enabled: true, kind });
      const account = await server.newAccount("user");
      const newcomer = await people.withoutAccount(server, { viewport: { width, height: 800 } });
      await newcomer.triesToSignIn(account);
      await newcomer.isInside();
      const person = new Person(newcomer.page, server, account, calm);
      const { page, main } = person;
      const sites = await SiteTokens.opened(person);
      const [falls, omaha] = [await server.sandbox.siteToken("ses_falls_city"), await server.sandbox.siteToken("ses_omaha")];
      await sites.starts();
      await sites.dialog.getByLabel("Provider").selectOption({ label: "Sandbox sites" });
      await sites.fills(falls);
      await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
      await expect(sites.dialog).toBeHidden();

      await person.opens("/tenants");
      const chooses = async (label: string): Promise<void> => {
        await main.getByRole("button", { name: "Edit" }).first().click();
        const form = page.getByRole("dialog");
        await form.getByLabel("API of its site tokens").selectOption({ label });
        await expect(form.getByLabel("API of its site tokens").locator("option")).toHaveText(["Every one", "ACE", "Sandbox sites"]);
        expect(await barriers(page), "the choice of an API").toEqual([]);
        await form.getByRole("button", { name: "Save tenant" }).click();
        await expect(form).toBeHidden();
      };
      await chooses("ACE");
      await expect(person.card("Personal")).toContainText("ACE");
      expect(await tooWide(page), "the card of a tenant with an API").toEqual([]);

      // What is kept of another API stays, is marked, and is not sent.
      await person.follows("/sites");
      const card = sites.card(falls.name);
      await expect(card).toContainText("Not allowed here");
      await expect(card).toContainText("This tenant works with another API.");
      await expect(main.getByText("0 of 1 token can be used.")).toBeVisible();
      await expect(main.getByLabel("Provider").locator("option"), "what is kept of both is found").toHaveText(["All", "ACE", "Sandbox sites"]);
      await card.getByRole("button", { name: "Test", exact: true }).click();
      await expect(card.getByText("Change that on the Tenants page")).toBeVisible();
      expect(await barriers(page), "a card of another API").toEqual([]);
      expect(await tooWide(page), "a card of another API").toEqual([]);

      // Whose token a new one is goes without saying; a file's rows of another API are refused.
      await sites.starts();
      await expect(sites.dialog.getByLabel("Provider")).toBeHidden();
      await sites.fills(omaha);
      await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
      await expect(sites.dialog).toBeHidden();
      await expect(sites.card(omaha.name)).toContainText("Accepted");
      await expect(sites.card(omaha.name)).not.toContainText("Not allowed here");
      await sites.previews(JSON.stringify([{ ...omaha, site: "ses_lincoln", provider: "sandbox-sites" }]));
      await expect(sites.dialog.getByRole("list", { name: "What would change" })).toContainText("This tenant works with another API.");
      await person.closesDialog();

      // The token that was there can be moved to the tenant's API, or the tenant be freed again.
      await card.getByRole("button", { name: "Edit" }).click();
      await expect(sites.dialog.getByLabel("Provider").locator("option")).toHaveText(["ACE", "Sandbox sites"]);
      await sites.dialog.getByRole("button", { name: "Cancel" }).click();
      await person.follows("/tenants");
      await chooses("Every one");
      await person.follows("/sites");
      await expect(card).not.toContainText("Not allowed here");
      await card.getByRole("button", { name: "Test", exact: true }).click();
      await expect(card.getByText("The token works")).toBeVisible();
    } finally {
      await server.isRemoved();
    }
  });
}
