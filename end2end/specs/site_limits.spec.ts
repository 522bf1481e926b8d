import { SiteTokens } from "../people/sites.ts";
import { tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
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
