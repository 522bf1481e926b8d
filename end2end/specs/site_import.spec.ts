import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { expect, test } from "../rigs/test.ts";

const REFUSED = /status of (401|500).*\/gateway\/sandbox-sites\//;

test("tokens are imported after a preview, all or none, and found by state, words and order", async ({ people, server, calm }) => {
  calm.expects(REFUSED);
  // All four are in sight.
  const person = await people.signedIn("user", { viewport: { width: 1280, height: 1600 } });
  const { page } = person;
  const sites = await SiteTokens.opened(person);
  const lincoln = await server.sandbox.siteToken("ses_lincoln");
  await sites.adds(lincoln);
  await sites.previews("a line of words");
  await expect(sites.dialog.getByRole("alert")).toContainText("This can't be imported");

  const kept = madeUp("ses_lincoln", 200);
  const csv = [
    "site_id,site_name,device_id,token",
    `ses_omaha,"SES Omaha Clinic",,${madeUp("ses_omaha", -5).token}`,
    `309,"Paper mill, hall 309",,Bearer ${madeUp("309", 90).token}`,
    `309,"Paper mill, hall 309",,${madeUp("309", 90).token}`,
    `ses_lincoln,SES Lincoln Hospital,,${kept.token}`,
    `ses_lincoln,SES Lincoln Hospital,,${lincoln.token}`,
    "ses_kearney,SES Kearney Laboratory,,not-a-token",
  ];
  await sites.dialog.getByLabel("Or paste its text").fill(csv.join("\r\n"));
  await sites.dialog.getByRole("button", { name: "Read the text" }).click();
  await expect(sites.dialog.getByText("6 lines read: 2 new, 1 replace what is kept, 2 left out, 1 can't be kept.")).toBeVisible();
  const line = (number: number) =>
    sites.dialog.getByRole("list", { name: "What would change" }).getByRole("listitem").filter({ hasText: `Line ${number} ·` });
  await expect(line(4)).toContainText("Line 3 says the same.");
  await expect(line(7)).toContainText("Can't be kept");
  expect(await hindrances(page), "the preview").toEqual([]);
  await line(5).getByRole("combobox").selectOption({ label: "Keep both" });
  await expect(sites.dialog.getByText("6 lines read: 3 new, 2 left out, 1 can't be kept.")).toBeVisible();
  expect(await sites.names.count(), "nothing has changed yet").toBe(1);
  await sites.dialog.getByRole("button", { name: "Import 3 tokens" }).click();
  await expect(sites.dialog).toBeHidden();
  await expect(sites.figure("All")).toContainText("4");
  await expect(sites.figure("Expired")).toContainText("1");

  // The default site stands first in every order.
  await expect(sites.names).toHaveText(["SES Lincoln Hospital", "Paper mill, hall 309", "SES Lincoln Hospital", "SES Omaha Clinic"]);
  await sites.main.getByLabel("Sort by").selectOption("Expires first");
  await expect(sites.names.nth(1)).toHaveText("SES Omaha Clinic");
  await expect(sites.card("SES Omaha Clinic").getByRole("button", { name: "Refresh token required" })).toBeVisible();
  await expect(sites.card("SES Omaha Clinic").getByRole("button", { name: "Test", exact: true })).toBeHidden();
  await sites.figure("Expired").click();
  await expect(sites.names).toHaveText(["SES Omaha Clinic"]);
  await sites.figure("All").click();
  await sites.main.getByLabel("Search").fill("hall 309");
  await expect(sites.names).toHaveText(["Paper mill, hall 309"]);
  await sites.main.getByLabel("Search").fill("no such site");
  await expect(sites.main.getByRole("heading", { name: "No token fits" })).toBeVisible();
  await sites.button("Show all").click();
  await expect(sites.names).toHaveCount(4);

  // Several at once: one that fails harms no other, and those that need a person come first.
  await sites.button("Choose several").click();
  await sites.button("Choose all 4").click();
  await sites.button("Test 4 sites").click();
  await expect(sites.dialog.getByText("1 of 4 work.")).toBeVisible();
  const results = sites.dialog.getByRole("list", { name: "Results" }).getByRole("listitem");
  await expect(results.first()).toContainText("Not accepted");
  await expect(results.last()).toContainText("Works");
  expect(await hindrances(page), "the results of many tests").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await expect(sites.figure("Not accepted")).toContainText("2");
  // The same tokens are called beside each other: one site is read, the others say why not.
  await sites.button("Choose several").click();
  await sites.button("Choose all 4").click();
  await sites.button("Read points of 4 sites").click();
  await expect(sites.dialog.getByText("2 of 4 were read.")).toBeVisible();
  await expect(results.first()).toContainText("No token");
  await expect(results.last()).toContainText("120 points, read in");
  expect(await hindrances(page), "the points of many sites").toEqual([]);
  await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();
  await sites.button("Choose several").click();
  await sites.card("Paper mill, hall 309").getByRole("checkbox").check();
  await sites.card("SES Omaha Clinic").getByRole("checkbox").check();
  await sites.button("Delete 2").click();
  expect(await hindrances(page), "the question before several go").toEqual([]);
  await page.getByRole("dialog", { name: "Delete 2 site tokens?" }).getByRole("button", { name: "Delete tokens" }).click();
  await expect(sites.names).toHaveCount(2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(sites.names).toHaveCount(4);
});
