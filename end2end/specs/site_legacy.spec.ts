import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

test("what an earlier app left is shown first, then taken over, and brought back when that is undone", async ({ people }) => {
  const person = await people.signedIn("user", {}, "/");
  const { page } = person;
  const token = madeUp("ses_falls_city", 300).token;
  const custom = JSON.stringify([{ id: "ses_omaha", name: "SES Omaha Clinic", token: madeUp("ses_omaha", 200).token }]);
  await page.evaluate(
    ([token, custom]) => {
      localStorage.setItem("aceIotApiToken", token!);
      localStorage.setItem("custom_ace_sites", custom!);
      localStorage.setItem("aceToken_encrypted_v2", "c2VhbGVkIGJ5IGFub3RoZXIga2V5");
    },
    [token, custom],
  );
  await person.reloads();
  const sites = await SiteTokens.opened(person);
  const notice = sites.main.getByRole("status").filter({ hasText: "An earlier app left tokens in this browser" });
  await expect(notice).toContainText("2 tokens can be taken over, 1 can't be read.");
  await notice.getByRole("button", { name: "See what would be done" }).click();
  const rows = sites.dialog.getByRole("region", { name: "What would be done" }).getByRole("row");
  await expect(rows.filter({ hasText: "SES Omaha Clinic" })).toContainText("Is kept here, read back, then removed there.");
  await expect(sites.dialog.getByText("aceToken_encrypted_v2")).toBeVisible();
  expect(await hindrances(page), "the dry run").toEqual([]);
  expect(await page.evaluate(() => localStorage.getItem("aceIotApiToken")), "nothing is changed by looking").toBe(token);

  await sites.dialog.getByRole("button", { name: /^Take over 2 tokens$/ }).click();
  await expect(sites.dialog.getByText("2 tokens taken over, 2 removed from where the earlier app kept them.")).toBeVisible();
  expect(await page.evaluate(() => [localStorage.getItem("aceIotApiToken"), localStorage.getItem("custom_ace_sites")])).toEqual([null, null]);
  expect(await page.evaluate(() => localStorage.getItem("aceToken_encrypted_v2")), "what can't be read stays").not.toBeNull();
  await expect(sites.cards).toHaveCount(2);
  expect(await hindrances(page), "what was taken over").toEqual([]);

  await sites.dialog.getByRole("button", { name: "Undo the last taking over" }).click();
  await expect(sites.dialog.getByText("Undone.")).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem("aceIotApiToken"))).toBe(token);
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(sites.cards).toHaveCount(0);
});
