/* An admin allows an API that takes site tokens, with rules of its own; then a person uses it. */
import { Person } from "../people/person.ts";
import { SiteTokens, madeUp } from "../people/sites.ts";
import { hindrances } from "../people/wide.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test("an API with site tokens is allowed with its header, methods, paths and limit, and called by these rules", async ({ people, calm }) => {
  calm.expects(/status of (422|429).*\/api\/v1\//);
  const server = await TokenkeepServer.start();
  try {
    const account = await server.firstAdmin();
    const newcomer = await people.withoutAccount(server);
    await newcomer.triesToSignIn(account);
    await newcomer.isInside();
    const admin = new Person(newcomer.page, server, account, calm);
    const { main, page } = admin;
    const dialog = await admin.startsProvider("ACE", "API with site tokens");
    const field = (label: string) => dialog.getByLabel(label, { exact: true });
    const save = dialog.getByRole("button", { name: "Save provider" });

    // What can't be used is said at its field.
    await expect(field("Test path")).toHaveValue("sites/?page=1&per_page=2");
    await field("Test path").fill("");
    await field("Word before the token").fill("two words");
    await field("Paths that may be called").fill("sites/*/points, sites/../secrets");
    await field("Calls a minute for one site").fill("plenty");
    for (const method of ["GET", "POST"]) await dialog.getByRole("checkbox", { name: method, exact: true }).setChecked(false);
    await save.click();
    await expect(dialog).toContainText("Enter what is read to test a token.");
    await expect(dialog).toContainText("Allow at least one method.");
    await expect(dialog).toContainText("sites/../secrets can't be used");
    await expect(dialog).toContainText("Enter a whole number up to 6000, or nothing.");
    expect(await hindrances(page), "the dialog with mistakes").toEqual([]);

    await field("API base URL").fill(`${server.sandbox.origin}/ace/api`);
    await field("Test path").fill("/sites/");
    await field("Refresh path").fill("token/refresh");
    await field("Token header").fill("X-ACE-Token");
    await field("Word before the token").fill("");
    await dialog.getByRole("checkbox", { name: "GET", exact: true }).check();
    await field("Paths that may be called").fill("GET sites/*/points");
    await field("Calls a minute for one site").fill("4");
    await save.click();
    await expect(dialog).toBeHidden();
    const card = admin.card("ACE");
    await expect(card).toContainText("x-ace-token: …");
    await expect(card).toContainText("4 a minute");
    await expect(card).toContainText("GET sites/*/points");
    expect(await hindrances(page), "the page of providers").toEqual([]);
    await card.getByRole("button", { name: /^Edit/ }).click();
    const editor = page.getByRole("dialog", { name: "Edit ACE" });
    await expect(editor.getByLabel("Token header", { exact: true })).toHaveValue("x-ace-token");
    await expect(editor.getByLabel("Refresh path", { exact: true })).toHaveValue("token/refresh");
    await expect(editor.getByRole("checkbox", { name: "POST", exact: true })).not.toBeChecked();
    await page.keyboard.press("Escape");

    // With two providers a person says whose token it is. The sandbox takes a bare token in this header, and no word before it.
    const sites = await SiteTokens.opened(admin);
    const falls = await server.sandbox.siteToken("ses_falls_city", 20 * 86_400);
    await sites.starts();
    await sites.dialog.getByLabel("Provider").selectOption({ label: "ACE" });
    await sites.fills(falls);
    await sites.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(sites.dialog).toBeHidden();
    await expect(sites.card(falls.name)).toContainText("Accepted");
    await expect(sites.card(falls.name)).toContainText("of 4 this minute");
    await sites.card(falls.name).getByRole("button", { name: "Refresh", exact: true }).click();
    await expect(sites.dialog.getByText("The old one is kept until the new one has worked in a call.")).toBeVisible();
    await sites.dialog.getByRole("button", { name: "Close", exact: true }).click();

    // A file may name the provider, or a person chooses it for all lines that name none.
    await sites.button("Import").click();
    await sites.dialog.getByLabel("Provider").selectOption({ label: "ACE" });
    const [omaha, kearney] = [madeUp("ses_omaha", 90), madeUp("ses_kearney", 90)];
    const file = JSON.stringify({ sites: [omaha, { ...kearney, provider: "sandbox-sites" }, { ...omaha, site: "lost", provider: "nobody" }] });
    await sites.dialog.getByLabel("File", { exact: true }).setInputFiles({ name: "sites.json", mimeType: "application/json", buffer: Buffer.from(file) });
    await expect(sites.dialog.getByText("3 lines read: 2 new, 1 can't be kept.")).toBeVisible();
    await sites.dialog.getByRole("button", { name: "Import 2 tokens" }).click();
    await expect(sites.dialog).toBeHidden();
    for (const [name, of] of [[omaha.name, "ACE"], [kearney.name, "Sandbox sites"]] as const) {
      await sites.card(name).getByRole("button", { name: "Edit" }).click();
      await expect(sites.dialog.getByLabel("Provider").locator("option:checked")).toHaveText(of);
      await sites.dialog.getByRole("button", { name: "Cancel" }).click();
    }

    // The path that is allowed is called, until the minute's calls are used.
    const provider = (await (await server.asAdmin()).providers()).find(({ name }) => name === "ACE")?.id;
    await admin.opens(`/sites/points?site=ses_falls_city&provider=${provider}`);
    const read = main.getByRole("status").filter({ hasText: "120 points" });
    await expect(read).toContainText(/\d of 4 calls are left this minute/);
    await expect(async () => {
      await main.getByRole("button", { name: "Read again" }).click();
      await expect(main.getByRole("alert")).toContainText("Too many", { timeout: 1_500 });
    }, "the limit is met").toPass();
    expect(await hindrances(page), "the points when the limit is met").toEqual([]);
    const asked = (method: string, path: string) =>
      page.evaluate(
        async ({ method, path, token }) => {
          const headers = { "x-tokenkeep-request": "1", "x-tokenkeep-token": token, "x-tokenkeep-site": "ses_lincoln" };
          const { code } = (await (await fetch(path, { method, headers })).json()) as { code: string };
          return code;
        },
        { method, path: `/api/v1/gateway/${provider}/${path}`, token: omaha.token },
      );
    calm.expects(/status of (403|405).*\/api\/v1\/gateway/);
    expect(await asked("GET", "sites/ses_lincoln/weather/current")).toBe("call_not_allowed");
    expect(await asked("DELETE", "sites/ses_lincoln/points")).toBe("method_not_allowed");
  } finally {
    await server.isRemoved();
  }
});
