import { SiteTokens } from "../people/sites.ts";
import { barriers } from "../rigs/axe.ts";
import { expect, test } from "../rigs/test.ts";

const REFUSED = /status of 401.*\/gateway\/sandbox-sites\//;

for (const width of [1280, 375]) {
  test(`at ${width} px points asked for without a network are read when it is back`, async ({ people, server, calm }) => {
    calm.expects(/ERR_INTERNET_DISCONNECTED/);
    const person = await people.signedIn("user", { viewport: { width, height: 800 } });
    const { page } = person;
    const sites = await SiteTokens.opened(person);
    await sites.adds(await server.sandbox.siteToken("ses_omaha"));
    await person.opens("/sites/points");
    const read = person.main.getByRole("status").filter({ hasText: "120 points" });
    await expect(read).toBeVisible();
    await page.context().setOffline(true);
    await person.main.getByRole("button", { name: "Read again" }).click();
    await expect(person.main.getByRole("status").filter({ hasText: "read by themselves when it is back" })).toBeVisible();
    await expect(page.getByText("1 call waits for it and is made then.")).toBeVisible();
    expect(await barriers(page), "a call that waits").toEqual([]);
    await page.context().setOffline(false);
    await expect(read).toBeVisible();
    await expect(page.getByText("waits for it")).toBeHidden();
  });
}

test("a token that was refused by mistake is tested from its card and is used again, and a refused call is made again with a new one", async ({ person, server, calm }) => {
  calm.expects(REFUSED);
  const sites = await SiteTokens.opened(person);
  const omaha = await server.sandbox.siteToken("ses_omaha");
  await sites.adds(omaha);
  await server.sandbox.siteMisbehaves("ses_omaha", { type: "unauthorized" }, 1);
  await person.opens("/sites/points");
  await expect(sites.prompt).toContainText("Authentication failed");
  await person.page.keyboard.press("Escape");
  await person.opens("/sites");
  const card = sites.card(omaha.name);
  await expect(card).toContainText("Not accepted");
  await card.getByRole("button", { name: "Test", exact: true }).click();
  await expect(card.locator(".badge").filter({ hasText: "Active" })).toBeVisible();
  await expect(card).toContainText("Accepted");

  await server.sandbox.revokesSiteToken(omaha.token);
  await person.opens("/sites/points");
  await expect(sites.prompt).toContainText("Authentication failed");
  await sites.prompt.getByRole("button", { name: "Enter a new token" }).click();
  await sites.dialog.getByLabel("New token").fill((await server.sandbox.siteToken("ses_omaha")).token);
  await sites.dialog.getByRole("button", { name: "Test and store" }).click();
  await expect(sites.dialog.getByText("The new token is stored.")).toBeVisible();
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(person.main.getByRole("status").filter({ hasText: "120 points" })).toBeVisible();

  // Left without a new token, the call ends with what the API said.
  await server.sandbox.siteMisbehaves("ses_omaha", { type: "unauthorized" });
  await person.main.getByRole("button", { name: "Read again" }).click();
  await sites.prompt.getByRole("button", { name: "Enter a new token" }).click();
  await expect(sites.dialog.getByLabel("New token")).toBeVisible();
  await sites.dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(person.main.getByRole("alert")).toContainText("does not take the token");
  await server.sandbox.siteMisbehaves("ses_omaha", null);
});
