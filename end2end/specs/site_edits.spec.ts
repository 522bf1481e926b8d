import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

test("a token is kept without a test when that is wanted, gets a new text by Edit or from a file, and the old one comes back", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/gateway\/sandbox-sites\//);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const falls = await server.sandbox.siteToken("ses_falls_city");
  const card = sites.card(falls.name);
  const shownText = async () => {
    await card.getByRole("button", { name: /^Show the token/ }).click();
    await expect(card.getByTestId("site-token")).not.toContainText("•");
    const text = await card.getByTestId("site-token").innerText();
    await card.getByRole("button", { name: /^Show the token/ }).click();
    return text;
  };

  // Neither tested nor the default one, as both ticks were taken away.
  await sites.starts();
  await sites.fills(falls);
  await expect(sites.dialog.getByRole("checkbox", { name: "Set as default site" }), "the first of all is meant to be").toBeChecked();
  await sites.dialog.getByRole("checkbox", { name: "Set as default site" }).uncheck();
  await sites.dialog.getByRole("checkbox", { name: "Test token before saving" }).uncheck();
  await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(card).toBeVisible();
  await expect(card).not.toContainText("Accepted");
  await expect(card.getByText("Default", { exact: true })).toBeHidden();

  // A new text by Edit is tested first; one the API refuses is kept only if a person insists.
  const refused = madeUp(falls.site, 200).token;
  await card.getByRole("button", { name: "Edit" }).click();
  await expect(sites.dialog.getByLabel("New API token (optional)")).toHaveValue("");
  await sites.dialog.getByLabel("New API token (optional)").fill(refused);
  await sites.dialog.getByRole("checkbox", { name: "Set as default site" }).check();
  await sites.dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sites.dialog.getByRole("alert")).toContainText("The API does not accept this token");
  expect(await hindrances(page), "an edit whose test failed").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Save without a test" }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(card.getByText("Default", { exact: true })).toBeVisible();
  expect(await shownText()).toBe(refused);

  // The API refuses it when it is used: the one before takes its place again.
  await person.opens("/sites/points");
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();
  await person.opens("/sites");
  expect(await shownText()).toBe(falls.token);

  // One that works goes through.
  const newer = await server.sandbox.siteToken("ses_falls_city", 300 * 86_400);
  await card.getByRole("button", { name: "Edit" }).click();
  await sites.dialog.getByLabel("New API token (optional)").fill(` Bearer ${newer.token}\n`);
  await sites.dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(card).toContainText("Accepted");
  expect(await shownText()).toBe(newer.token);

  // A file of tokens by site: the one that is kept is replaced, the other is new.
  const [again, omaha] = [await server.sandbox.siteToken("ses_falls_city", 100 * 86_400), madeUp("ses_omaha", 90)];
  const choose = async (name: string, text: string | Buffer) => {
    await sites.dialog.getByLabel("File", { exact: true }).setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
  };
  await sites.button("Import").click();
  await choose("photo.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0xd, 0xff]));
  await expect(sites.dialog.getByRole("alert")).toContainText("The file is no text.");
  await choose("cut.json", '[{"site": "ses_omaha", ');
  await expect(sites.dialog.getByRole("alert")).toContainText("The file begins like JSON and is none: line 1");
  expect(await hindrances(page), "a file that can't be imported").toEqual([]);
  await choose("tokens.json", JSON.stringify({ [again.site]: again.token, [omaha.site]: omaha.token }));
  await expect(sites.dialog.getByText("2 lines read: 1 new, 1 replace what is kept.")).toBeVisible();
  expect(await hindrances(page), "the preview").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Import 2 tokens" }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(sites.figure("All")).toContainText("2");
  await expect(card).toContainText(/(99|100) days remaining/);
  expect(await shownText()).toBe(again.token);
});

test("the selector is worked by keys alone, and its ways lead on", async ({ person, calm }) => {
  calm.expects(/status of 401.*\/gateway\/sandbox-sites\//);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const number = (at: number) => String(at).padStart(3, "0");
  await sites.imports(Array.from({ length: 130 }, (_, at) => madeUp(number(at), 60 + at)));
  await expect(sites.figure("All")).toContainText("130");
  const field = sites.menu.getByLabel("Find a site");
  const active = () => sites.menu.locator(".site-option.active .site-option-name").innerText();

  // The arrow opens it; arrows and pages move, over both ends; Enter chooses.
  await sites.selector.focus();
  await page.keyboard.press("ArrowDown");
  await expect(field).toBeFocused();
  await expect(sites.menu.getByText("30 more. Type to find one.")).toBeVisible();
  expect(await active()).toBe("Site 000");
  for (const [key, name] of [["ArrowDown", "Site 001"], ["PageDown", "Site 009"], ["PageUp", "Site 001"], ["ArrowUp", "Site 000"], ["ArrowUp", "Site 099"], ["ArrowDown", "Site 000"], ["ArrowDown", "Site 001"]] as const) {
    await page.keyboard.press(key);
    await expect.poll(active, key).toBe(name);
    const told = await field.getAttribute("aria-activedescendant");
    await expect(page.locator(`#${told}`), "what is told is what is marked").toContainText(name);
  }
  expect(await hindrances(page), "the selector").toEqual([]);
  await page.keyboard.press("Enter");
  await expect(sites.menu).toBeHidden();
  await expect(sites.selector).toContainText("Site 001");

  // Typing on the closed button finds at once; Escape changes nothing.
  await sites.selector.focus();
  await page.keyboard.type("127");
  await expect(field).toHaveValue("127");
  await expect(sites.menu.getByRole("option")).toHaveText(/Site 127/);
  await page.keyboard.press("Escape");
  await expect(sites.menu).toBeHidden();
  await expect(sites.selector).toContainText("Site 001");
  await sites.selector.focus();
  await page.keyboard.type("127");
  await expect(sites.menu.getByRole("option")).toHaveText(/Site 127/);
  await page.keyboard.press("Enter");
  await expect(sites.selector).toContainText("Site 127");

  // What another tab adds while the list is open takes neither the focus nor what is typed.
  const second = await person.inAnotherTab();
  await second.opens("/sites");
  const there = new SiteTokens(second);
  await expect(there.figure("All")).toContainText("130");
  await sites.selector.focus();
  await page.keyboard.type("12");
  await expect(field).toBeFocused();
  const kept = await field.elementHandle();
  await there.imports([madeUp("1200", 60)]);
  await expect(sites.menu.getByRole("option", { name: /Site 1200/ })).toBeVisible();
  expect(await kept?.evaluate((field) => field.isConnected && field === document.activeElement)).toBe(true);
  await expect(field).toHaveValue("12");
  await second.page.close();
  await page.keyboard.press("Escape");

  // Ways on.
  await sites.selector.click();
  await expect(sites.menu.locator(".site-option.active")).toHaveCount(1);
  await sites.menu.getByRole("button", { name: "Add new site" }).click();
  await expect(sites.dialog.getByRole("heading", { name: "Add new site token" })).toBeVisible();
  await page.keyboard.press("Escape");
  await sites.selector.click();
  await sites.menu.getByRole("link", { name: "Points of this site" }).click();
  await expect(person.heading("Points")).toBeVisible();
});
