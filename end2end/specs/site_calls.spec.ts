import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances, tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const REFUSED = /status of 40[13].*\/gateway\/sandbox-sites\//;

for (const width of [1280, 375]) {
  test(`at ${width} px an expired site blocks itself only, and goes on with a new token or another site`, async ({ people, server, calm }) => {
    calm.expects(REFUSED);
    const person = await people.signedIn("user", { viewport: { width, height: 800 } });
    const { page } = person;
    const sites = await SiteTokens.opened(person);
    const falls = await server.sandbox.siteToken("ses_falls_city");
    await sites.adds(falls);
    await sites.imports([madeUp("ses_omaha", -5)]);
    await expect(sites.prompt).toBeHidden();
    await sites.selector.click();
    await sites.menu.getByRole("option", { name: /Site ses_omaha/ }).click();
    await expect(sites.prompt).toContainText("Token expired");
    expect(await barriers(page), "the dialog").toEqual([]);
    await sites.prompt.getByRole("button", { name: "Switch to another site" }).click();
    expect(await barriers(page), "the other sites").toEqual([]);
    await sites.prompt.getByRole("option", { name: new RegExp(falls.name) }).click();
    await expect(sites.prompt).toBeHidden();
    await expect(sites.selector).toContainText(falls.name);

    await sites.selector.click();
    await sites.menu.getByRole("option", { name: /Site ses_omaha/ }).click();
    await sites.prompt.getByRole("button", { name: "Update" }).click();
    await expect(sites.prompt.getByText("Paste the token.")).toBeVisible();
    await sites.prompt.getByLabel("New token").fill(madeUp("ses_omaha", 90).token);
    await sites.prompt.getByRole("button", { name: "Update" }).click();
    await expect(sites.prompt.getByRole("alert")).toContainText("The API does not accept this token");
    await sites.prompt.getByLabel("New token").fill((await server.sandbox.siteToken("ses_omaha")).token);
    await sites.prompt.getByRole("button", { name: "Update" }).click();
    await expect(sites.prompt).toBeHidden();
    await expect(sites.card("Site ses_omaha")).toContainText("Active");

    // Its points are read with it.
    await person.opens("/sites/points");
    await expect(person.main.getByRole("heading", { name: "Site ses_omaha" })).toBeVisible();
    await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toContainText("97 of 100 calls are left");
    await expect(person.main.getByText("Page 1 of 6")).toBeVisible();
    await person.main.getByRole("button", { name: "Next" }).click();
    await expect(person.main.getByText("Page 2 of 6")).toBeVisible();
    expect(await barriers(page), "the points").toEqual([]);
    expect(await tooWide(page), "the points").toEqual([]);
    await person.opens("/sites");
    await expect(sites.card("Site ses_omaha")).toContainText("Accepted");
  });
}

test("a call that the API refuses asks for a new token or another site, and a site without one for its first", async ({ person, server, calm }) => {
  calm.expects(REFUSED);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const [falls, omaha] = [await server.sandbox.siteToken("ses_falls_city"), await server.sandbox.siteToken("ses_omaha")];
  await sites.adds(falls);
  await sites.adds(omaha);

  // Revoked: a 401 about the token.
  await server.sandbox.revokesSiteToken(falls.token);
  await person.opens("/sites/points");
  await expect(sites.prompt).toContainText("Authentication failed");
  await expect(sites.prompt).toContainText(`Your token for “${falls.name}” is no longer valid.`);
  await expect(sites.prompt).toContainText("Possible reasons:");
  expect(await hindrances(page), "authentication failed").toEqual([]);
  await sites.prompt.getByRole("button", { name: "Switch to another site" }).click();
  expect(await hindrances(page), "the other sites").toEqual([]);
  await sites.prompt.getByRole("option", { name: new RegExp(omaha.name) }).click();
  await expect(sites.prompt).toBeHidden();
  await expect(person.main.getByRole("heading", { name: omaha.name })).toBeVisible();
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();

  // Back there, with a new token.
  await sites.selector.click();
  await sites.menu.getByRole("option", { name: new RegExp(falls.name) }).click();
  await expect(sites.prompt).toContainText("A token is needed");
  await expect(sites.prompt).toContainText("this browser (refused by the API)");
  await sites.prompt.getByRole("button", { name: "Enter a new token" }).click();
  await sites.dialog.getByLabel("New token").fill((await server.sandbox.siteToken("ses_falls_city")).token);
  await sites.dialog.getByRole("button", { name: "Test and store" }).click();
  await expect(sites.dialog.getByText("The new token is stored.")).toBeVisible();
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  // The call that waited is made with it, and nobody has to ask again.
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();

  // 403: the token is good, and not for this. Nothing is renewed for it, and it stays usable.
  await server.sandbox.siteMisbehaves("ses_falls_city", { type: "forbidden" }, 1);
  await person.opens("/sites/points");
  await expect(sites.prompt).toContainText("Access refused");
  expect(await hindrances(page), "access refused").toEqual([]);
  await page.keyboard.press("Escape");
  await expect(sites.prompt).toBeHidden();
  await person.main.getByRole("button", { name: "Read again" }).click();
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();

  // A site nobody has a token for: the call waits until one is entered, or says where it was looked.
  await person.opens("/sites/points?site=ses_lincoln");
  await expect(sites.prompt).toContainText("A token is needed");
  await expect(sites.prompt).toContainText("this browser (none)");
  expect(await hindrances(page), "a token is needed").toEqual([]);
  await sites.prompt.getByRole("button", { name: "Cancel" }).click();
  await expect(person.main.getByRole("alert")).toContainText("No token can be used for this site");
  await person.main.getByRole("button", { name: "Try again" }).click();
  await sites.prompt.getByLabel("Token").fill((await server.sandbox.siteToken("ses_lincoln")).token);
  await sites.prompt.getByRole("button", { name: "Test and add" }).click();
  await expect(sites.prompt).toBeHidden();
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();
});
