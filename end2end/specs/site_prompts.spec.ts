import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances, tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const REFUSED = /status of 40[13].*\/gateway\/sandbox-sites\//;

for (const width of [1280, 375]) {
  test(`at ${width} px the most urgent dialog comes first, in one tab only, and "tomorrow" holds in every tab`, async ({ people, server, calm }) => {
    calm.expects(REFUSED);
    const person = await people.signedIn("user", { viewport: { width, height: 800 } });
    const { page } = person;
    const sites = await SiteTokens.opened(person);
    await sites.adds(await server.sandbox.siteToken("ses_falls_city"));
    await sites.imports([madeUp("weeks", 20), madeUp("warning", 6.5), madeUp("urgent", 2.5)]);
    await expect(sites.prompt).toBeVisible();
    await expect(sites.prompt).toContainText("Token expires in a few days");
    await expect(sites.prompt).toContainText("Your token for “Site urgent” will expire in 3 days");
    await expect(sites.prompt).toContainText("1 more token expires soon, too.");
    expect(await barriers(page), "the urgent dialog").toEqual([]);
    expect(await tooWide(page), "the urgent dialog").toEqual([]);

    // One tab only.
    const second = await person.inAnotherTab();
    await second.opens("/sites");
    await expect(second.page.getByRole("heading", { name: "Site urgent" })).toBeVisible();
    await expect(second.page.locator("dialog#site-prompt[open]")).toHaveCount(0);

    await sites.prompt.getByRole("button", { name: "Remind me tomorrow" }).click();
    await expect(sites.prompt).toContainText("Token expiring soon");
    await expect(sites.prompt).toContainText("“Site warning” will expire in 7 days");
    await sites.prompt.getByRole("button", { name: "Remind me tomorrow" }).click();
    await expect(sites.prompt).toBeHidden();
    await page.close();
    await second.reloads();
    await expect(second.page.getByRole("heading", { name: "Site urgent" })).toBeVisible();
    // The tab that is left may show dialogs now, and has none to show: an expired site that is chosen brings the next.
    const left = new SiteTokens(second);
    await left.imports([madeUp("over", -5)]);
    await left.selector.click();
    await left.menu.getByRole("option", { name: /Site over/ }).click();
    await expect(left.prompt).toContainText("Your token for “Site over” has expired.");
  });
}

test("each dialog is answered in another way: closed, a new token now, tomorrow for all", async ({ person, calm }) => {
  calm.expects(/status of 40[14].*\/gateway\/sandbox-sites\//);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  await sites.imports([madeUp("hours", 0.6), madeUp("urgent", 2.5), madeUp("warning", 6.5), madeUp("later", 6.8)]);
  await expect(sites.prompt).toContainText("Token expires within a day");
  await expect(sites.prompt).toContainText("“Site hours” will expire in 14 h");
  expect(await hindrances(page), "within a day").toEqual([]);

  // Closed: the next one comes, and not this one again.
  await page.keyboard.press("Escape");
  await expect(sites.prompt).toContainText("Token expires in a few days");
  await expect(sites.prompt).toContainText("“Site urgent”");

  // A new token now: this API does not know the old one, so a person is guided; the next dialog waits meanwhile.
  await sites.prompt.getByRole("button", { name: "Refresh token now" }).click();
  await expect(sites.prompt).toBeHidden();
  await expect(sites.dialog.getByRole("button", { name: "Test and store" })).toBeVisible();
  expect(await hindrances(page), "the way to a new token").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(sites.prompt).toContainText("Token expiring soon");
  await expect(sites.prompt).toContainText("“Site warning”");

  // Tomorrow for all: nothing more comes, not after a reload either.
  await sites.prompt.getByRole("button", { name: /^Remind me of all \d tomorrow$/ }).click();
  await expect(sites.prompt).toBeHidden();
  await person.reloads();
  await expect(sites.figure("Expire soon")).toContainText("4");
  await sites.selector.click();
  await sites.menu.getByRole("option", { name: /Site hours/ }).click();
  await expect(sites.selector).toContainText("Site hours");
  await expect(sites.prompt).toBeHidden();
});

test("a provider that gives new tokens is asked; else a person is guided, and the old token stands in for a bad one", async ({ person, server, calm }) => {
  calm.expects(/status of 40[14].*\/gateway\/sandbox-sites\//);
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const lincoln = await server.sandbox.siteToken("ses_lincoln", 20 * 86_400);
  await sites.adds(lincoln);
  const card = sites.card(lincoln.name);
  await card.getByRole("button", { name: "Refresh", exact: true }).click();
  await expect(sites.dialog.getByText("The token works")).toBeVisible();
  await expect(sites.dialog.getByText("The old one is kept until the new one has worked in a call.")).toBeVisible();
  expect(await hindrances(page), "refreshed").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await card.getByRole("button", { name: /^Show the token/ }).click();
  const refreshed = await card.getByTestId("site-token").innerText();
  expect(refreshed).not.toBe(lincoln.token);

  // The new one is refused before it has worked: the one before takes its place again.
  await server.sandbox.revokesSiteToken(refreshed);
  await person.opens("/sites/points");
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();
  await expect(sites.prompt).toBeHidden();
  await person.goesBy("Site tokens", "Site tokens");
  await expect(sites.main.getByText("1 recent error")).toBeVisible();
  await card.getByRole("button", { name: /^Show the token/ }).click();
  await expect(card.getByTestId("site-token")).toHaveText(lincoln.token);

  await server.sandbox.refreshesSiteTokens(false);
  try {
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    await expect(sites.dialog.getByText("Copy the whole token and paste it below.")).toBeVisible();
    await sites.dialog.getByLabel("New token").fill(lincoln.token);
    await expect(sites.dialog.getByText(`This very token is kept for ${lincoln.name} already.`)).toBeVisible();
    await sites.dialog.getByLabel("New token").fill((await server.sandbox.siteToken("ses_lincoln", 300 * 86_400)).token);
    await sites.dialog.getByRole("button", { name: "Test and store" }).click();
    await expect(sites.dialog.getByText("The new token is stored.")).toBeVisible();
    await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
    await expect(card).toContainText("300 days remaining");
  } finally {
    await server.sandbox.refreshesSiteTokens(true);
  }
});
