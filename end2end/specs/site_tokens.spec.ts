import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances, tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const REFUSED = /status of (401|500).*\/gateway\/sandbox-sites\//;

for (const width of [1280, 375]) {
  test(`at ${width} px a token is added, tested, shown, edited, made the default and deleted`, async ({ people, server, calm }) => {
    calm.expects(REFUSED);
    const person = await people.signedIn("user", { viewport: { width, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
    const { page } = person;
    const sites = await SiteTokens.opened(person);
    expect(await barriers(page), "the empty page").toEqual([]);
    const [falls, omaha] = [await server.sandbox.siteToken("ses_falls_city"), await server.sandbox.siteToken("ses_omaha", 20 * 86_400)];

    // What is missing or wrong is said at its field.
    await sites.starts();
    await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(sites.dialog.getByLabel("Site ID")).toBeFocused();
    await sites.dialog.getByLabel("Site ID").fill("two words");
    await sites.dialog.getByLabel("API token").fill("no token at all, but long enough");
    await expect(sites.dialog.getByText("A site's id has only letters without accents, digits and . _ : -.")).toBeVisible();
    await expect(sites.dialog.getByLabel("API token")).toHaveAttribute("aria-invalid", "true");
    expect(await barriers(page), "the dialog with mistakes").toEqual([]);
    expect(await tooWide(page), "the dialog with mistakes").toEqual([]);

    // A token that the API refuses is not kept; one it takes is, mended.
    await sites.fills({ ...falls, token: madeUp(falls.site, 300).token });
    await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(sites.dialog.getByRole("alert")).toContainText("The API does not accept this token");
    await expect(sites.dialog.getByRole("button", { name: "Add without a test" })).toBeVisible();
    await sites.fills({ ...falls, token: `'Bearer ${falls.token.slice(0, 90)}\n${falls.token.slice(90)}'` });
    const info = sites.dialog.getByRole("region", { name: "Token info" });
    await expect(info).toContainText(falls.identity);
    await expect(info).toContainText("Left out: Bearer, quotes and blanks.");
    await sites.dialog.getByRole("button", { name: "Test", exact: true }).click();
    await expect(sites.dialog.getByRole("status").filter({ hasText: "The token works" })).toContainText("Sites accessible: 1");
    await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(sites.dialog).toBeHidden();
    const card = sites.card(falls.name);
    await expect(card).toContainText("Default");
    await expect(card).toContainText(/36[45] days remaining|365 days remaining/);
    await expect(card).toContainText("Accepted");

    // The same token twice is refused by its hash, at the same place; for another site it is worth a word.
    await sites.starts();
    await sites.fills(falls);
    await expect(sites.dialog.getByText(`This very token is kept for ${falls.name} already.`)).toBeVisible();
    await sites.dialog.getByLabel("Site ID").fill("another");
    await expect(sites.dialog.getByText(`The same token is kept for ${falls.name}, too.`)).toBeVisible();
    await page.keyboard.press("Escape");
    await sites.dialog.getByRole("button", { name: "Discard" }).click();
    await sites.adds(omaha);

    // The text is masked until a person wants to see it, and copied without being seen.
    const text = card.getByTestId("site-token");
    await expect(text).not.toContainText(falls.token);
    await card.getByRole("button", { name: /^Copy the token/ }).click();
    await expect(card.getByText("Copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(falls.token);
    await card.getByRole("button", { name: /^Show the token/ }).click();
    await expect(text).toHaveText(falls.token);
    expect(await tooWide(page), "a token shown").toEqual([]);
    expect(await barriers(page), "a token shown").toEqual([]);
    await card.getByRole("button", { name: /^Show the token/ }).click();
    await expect(text).not.toContainText(falls.token);

    // Test really calls the API.
    const second = sites.card(omaha.name);
    await expect(second).toContainText("Expires in 20 days");
    await server.sandbox.siteMisbehaves(omaha.site, { type: "failing" });
    await second.getByRole("button", { name: "Test", exact: true }).click();
    await expect(second.getByRole("alert")).toContainText("The token could not be tested");
    await server.sandbox.siteMisbehaves(omaha.site, null);
    await second.getByRole("button", { name: "Test", exact: true }).click();
    await expect(second.getByText("The token works")).toBeVisible();

    // Edit and default.
    await second.getByRole("button", { name: "Edit" }).click();
    await expect(sites.dialog.getByLabel("Site name")).toHaveValue(omaha.name);
    await sites.dialog.getByLabel("Site name").fill("Omaha, by the river");
    await sites.dialog.getByLabel("Device ID").fill("ahu-7");
    await sites.dialog.getByRole("button", { name: "Save" }).click();
    await expect(sites.dialog).toBeHidden();
    const renamed = sites.card("Omaha, by the river");
    await expect(renamed).toContainText("Device ahu-7");
    await renamed.getByRole("button", { name: "Set as default" }).click();
    await expect(renamed.getByText("Default", { exact: true })).toBeVisible();
    await expect(card.getByText("Default", { exact: true })).toBeHidden();
    expect(await barriers(page), "two cards").toEqual([]);

    // Deleted, brought back, deleted.
    await renamed.getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog", { name: "Delete Omaha, by the river?" });
    await question.getByRole("button", { name: "Delete token" }).click();
    await expect(renamed).toBeHidden();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(renamed).toBeVisible();
    await person.reloads();
    await expect(renamed.getByText("Default", { exact: true })).toBeVisible();
    await renamed.getByRole("button", { name: "Delete" }).click();
    await question.getByRole("button", { name: "Delete token" }).click();
    await expect(renamed).toBeHidden();
    await person.reloads();
    await expect(card).toBeVisible();
    await expect(renamed).toBeHidden();

    // Another token in the list changes nothing of what is shown of this one.
    await card.getByRole("button", { name: /^Show the token/ }).click();
    await expect(text).toHaveText(falls.token);
    await sites.imports([madeUp("a-third", 200)]);
    await expect(sites.figure("All")).toContainText("2");
    await expect(text).toHaveText(falls.token);
  });
}

test("of five thousand tokens only those in sight are drawn, and the focus stays where it is", async ({ person }) => {
  test.setTimeout(180_000);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const number = (at: number) => String(at).padStart(4, "0");
  await sites.imports(Array.from({ length: 5_000 }, (_, at) => madeUp(number(at), 30 + at)));
  await expect(sites.figure("All")).toContainText("5,000");
  await expect(sites.card("Site 0000")).toBeVisible();
  expect(await sites.cards.count()).toBeLessThan(30);

  // The place in the list is told, though most of it is not drawn.
  const first = sites.main.getByRole("list", { name: "Site tokens" }).locator("li.entry").first();
  await expect(first).toHaveAttribute("aria-setsize", "5000");
  const edit = sites.card("Site 0000").getByRole("button", { name: "Edit" });
  await edit.focus();
  await page.mouse.move(600, 500);
  await page.mouse.wheel(0, 400_000);
  await expect.poll(async () => Number((await sites.names.last().innerText()).slice(5)), "further down").toBeGreaterThan(500);
  expect(await sites.cards.count()).toBeLessThan(30);
  await expect(edit, "what has the focus stays").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(sites.dialog.getByLabel("Site ID")).toHaveValue("0000");
  await page.keyboard.press("Escape");

  await sites.main.getByLabel("Search").fill("4321");
  await expect(sites.names).toHaveText(["Site 4321"]);
  await sites.main.getByLabel("Search").fill("");
  await sites.main.getByLabel("Sort by").selectOption("Expires first");
  await expect(sites.names.first()).toHaveText("Site 0000");
  await sites.selector.click();
  await expect(sites.menu.getByLabel("Find a site")).toBeFocused();
  await page.keyboard.type("2500");
  await expect(sites.menu.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(sites.selector).toContainText("Site 2500");
  expect(await hindrances(page), "the list").toEqual([]);
  await sites.selector.click();
  await expect(sites.menu.getByText("4,900 more. Type to find one.")).toBeVisible();
  expect(await hindrances(page), "the selector").toEqual([]);
});
