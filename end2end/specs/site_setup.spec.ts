import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SiteTokens, madeUp } from "../people/sites.ts";
import { setupKept } from "../people/vault.ts";
import { hindrances, tooWide } from "../people/wide.ts";
import { barriers } from "../rigs/axe.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

for (const width of [1280, 375]) {
  test(`at ${width} px the first-time setup leads to a token that was tested, and goes on after a reload`, async ({ people, server, calm }) => {
    calm.expects(/status of 401.*\/gateway\/sandbox-sites\//);
    const person = await people.signedIn("user", { viewport: { width, height: 800 } });
    const { main, page } = person;
    const step = main.locator("[aria-current=step]");
    await person.opens("/sites");
    await expect(person.heading("Set up site tokens")).toBeVisible();
    await expect(step).toHaveText("Choose");
    await expect(main.getByRole("button", { name: "Use the default token" })).toBeHidden();
    expect(await barriers(page), "the welcome").toEqual([]);

    await main.getByRole("button", { name: "Enter a token" }).click();
    await expect(step).toHaveText("Enter and test");
    await main.getByRole("button", { name: "Test and continue" }).click();
    await expect(main.getByLabel("Site ID")).toBeFocused();
    await expect(main.getByText("A site's id has at least one character.")).toBeVisible();
    expect(await barriers(page), "what is missing").toEqual([]);

    const { site, name, token, identity } = await server.sandbox.siteToken("ses_falls_city");
    const made = madeUp(site, 300).token;
    const fields = [main.getByLabel("Site ID"), main.getByLabel("Site name"), main.getByLabel("API token")] as const;
    await expect(async () => {
      if (await main.getByRole("button", { name: "Enter a token" }).isVisible()) await main.getByRole("button", { name: "Enter a token" }).click();
      const before = await page.evaluate(setupKept);
      for (const [at, text] of [site, name, made].entries()) await fields[at]!.fill(text);
      await expect(main.getByRole("region", { name: "Token info" })).toContainText(`ses_0001_${site}`);
      // A machine that is slow between two fields keeps them apart.
      await expect.poll(() => page.evaluate(setupKept), { timeout: 5_000 }).not.toBe(before);
      await person.reloads();
      for (const [at, text] of [site, name, made].entries()) await expect(fields[at]!).toHaveValue(text, { timeout: 3_000 });
    }, "what is typed is there again after a reload").toPass({ timeout: 60_000 });
    await expect(step).toHaveText("Enter and test");

    // A token that the API does not take is not kept unless a person wants that.
    await main.getByRole("button", { name: "Test and continue" }).click();
    await expect(main.getByRole("alert")).toContainText("The API does not accept this token");
    await expect(main.getByRole("button", { name: "Keep it all the same" })).toBeVisible();
    expect(await tooWide(page), "the refusal").toEqual([]);

    await main.getByLabel("API token").fill(`"Bearer ${token}"\n`);
    await expect(main.getByRole("region", { name: "Token info" })).toContainText("Left out: Bearer, quotes and blanks.");
    await main.getByRole("button", { name: "Test and continue" }).click();
    await expect(step).toHaveText("Result");
    const result = main.getByRole("status").filter({ hasText: "The token works" });
    await expect(result).toContainText(`Identity: ${identity}`);
    await expect(result).toContainText("Sites accessible: 1");
    await expect(result).toContainText("Expires: ");
    expect(await barriers(page), "the result").toEqual([]);

    // After a reload it is tested again, as what was found is not kept.
    await person.reloads();
    await expect(step).toHaveText("Result");
    await expect(result).toContainText(`Identity: ${identity}`);
    await main.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(person.heading("Site tokens")).toBeVisible();
    const sites = new SiteTokens(person);
    await expect(sites.card(name)).toContainText("Default");
    await expect(sites.selector).toContainText(name);
    await person.reloads();
    await expect(sites.card(name)).toBeVisible();
  });
}

test("the setup is skipped at any step, gone back in, and begun with what an earlier app left", async ({ people, server }) => {
  const person = await people.signedIn("user");
  const { main, page } = person;
  const step = main.locator("[aria-current=step]");
  const none = main.getByRole("heading", { name: "No site tokens yet" });
  await person.opens("/sites/setup");
  await main.getByRole("button", { name: "Enter a token" }).click();
  await main.getByRole("button", { name: "Back" }).click();
  await main.getByRole("button", { name: "Skip for now" }).click();
  await expect(none).toBeVisible();
  await person.reloads();
  await expect(none, "who skips is not asked again").toBeVisible();

  // Begun later, and skipped in the second step: what was typed is not kept.
  await main.getByRole("link", { name: "Set up step by step" }).click();
  await expect(main.getByRole("heading", { name: "Welcome" })).toBeVisible();
  await main.getByRole("button", { name: "Enter a token" }).click();
  await main.getByLabel("Site ID").fill("never_mind");
  expect(await hindrances(page), "the second step").toEqual([]);
  await main.getByRole("button", { name: "Skip", exact: true }).click();
  await expect(none).toBeVisible();

  // Back from the result: the token that was tested stays kept.
  await main.getByRole("link", { name: "Set up step by step" }).click();
  await main.getByRole("button", { name: "Enter a token" }).click();
  const { site, name, token } = await server.sandbox.siteToken("ses_falls_city");
  await expect(main.getByLabel("Site ID")).toHaveValue("");
  await main.getByLabel("Site ID").fill(site);
  await main.getByLabel("Site name").fill(name);
  await main.getByLabel("API token").fill(token);
  await main.getByRole("button", { name: "Test and continue" }).click();
  await expect(main.getByRole("status").filter({ hasText: "The token works" })).toBeVisible();
  await expect(step).toHaveText("Result");
  expect(await hindrances(page), "the result").toEqual([]);
  await page.evaluate((text) => localStorage.setItem("aceIotApiToken", text), madeUp("ses_omaha", 200).token);
  await main.getByRole("button", { name: "Back" }).click();
  await expect(step).toHaveText("Choose");
  await person.reloads();

  // The welcome offers what an earlier app left.
  const way = main.getByRole("button", { name: "Take over tokens of an earlier app" });
  await expect(way).toContainText("1 token lies in this browser, in plain text.");
  await way.click();
  const sites = new SiteTokens(person);
  expect(await hindrances(page), "the dry run").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Take over 1 token" }).click();
  await expect(sites.dialog.getByText("1 token taken over")).toBeVisible();
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(way, "nothing is left to take over").toBeHidden();
  await main.getByRole("button", { name: "Skip for now" }).click();
  await expect(sites.figure("All")).toContainText("2");
  await expect(sites.card(name)).toBeVisible();
});

test("the operator's default token is used without being seen, and what is wrong with it is said", async ({ people, calm }) => {
  calm.expects(/status of 401.*\/gateway\/sandbox-sites\//);
  const folder = await mkdtemp(join(tmpdir(), "tokenkeep-default-"));
  const file = join(folder, "token");
  const site = "ses_falls_city";
  await writeFile(file, madeUp(site, 300).token, { mode: 0o600 });
  const server = await TokenkeepServer.start({
    settings: {
      TOKENKEEP_DEFAULT_TOKEN_PROVIDER: "sandbox-sites",
      TOKENKEEP_DEFAULT_TOKEN_SITE: site,
      TOKENKEEP_DEFAULT_TOKEN_SITE_NAME: "SES Falls City",
      TOKENKEEP_DEFAULT_TOKEN_FILE: file,
    },
  });
  try {
    const newcomer = await people.withoutAccount(server);
    await newcomer.triesToSignIn(await server.newAccount("user"));
    await newcomer.isInside();
    const { page } = newcomer;
    const main = page.getByRole("main");
    await newcomer.opens("/sites");
    const way = main.getByRole("button", { name: "Use the default token" });
    await expect(way).toContainText(`SES Falls City (${site})`);
    expect(await hindrances(page), "the welcome").toEqual([]);
    await way.click();
    await expect(main.getByRole("alert")).toContainText("The API does not accept this token");

    const { token, identity } = await server.sandbox.siteToken(site);
    await writeFile(file, token, { mode: 0o600 });
    await page.reload();
    await newcomer.isInside();
    const works = main.getByRole("status").filter({ hasText: "The token works" });
    // The server looks at the file again after a few seconds.
    await expect(async () => {
      await way.click();
      await expect(works).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await expect(works).toContainText(identity);
    await main.getByRole("button", { name: "Continue", exact: true }).click();
    const card = main.getByRole("article", { name: "SES Falls City" });
    await expect(card).toContainText("It stays on the server");
    await expect(page.getByRole("button", { name: /^Site: SES Falls City/ })).toBeVisible();
    expect(await hindrances(page), "the operator's card").toEqual([]);
    expect(await page.content(), "the page").not.toContain(token);
    await page.getByRole("button", { name: /^Site: SES Falls City/ }).click();
    const option = page.getByRole("dialog", { name: "Select site" }).getByRole("option");
    await expect(option).toHaveText(/SES Falls City.*from your operator/);
    expect(await hindrances(page), "the operator's in the selector").toEqual([]);
    await option.click();
    await page.goto(`${server.origin}/sites/points`);
    await expect(main.getByRole("status").filter({ hasText: "120 points" })).toContainText("with the operator's default token");
  } finally {
    await server.isRemoved();
    await rm(folder, { recursive: true, force: true });
  }
});
