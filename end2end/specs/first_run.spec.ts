import { Person } from "../people/person.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test("from the first start to the first token, with nothing but the terminal's link", async ({ people, calm }) => {
  const server = await TokenkeepServer.start();
  try {
    const account = { username: "grace", password: "a-password-for-grace", role: "admin" as const };
    const newcomer = await people.withoutAccount(server);
    await newcomer.setsUp(server.setupLink, account);
    const person = new Person(newcomer.page, server, account, calm);
    const { page, dialog } = person;

    await page.getByRole("button", { name: "Try the sandbox" }).click();
    await dialog.field("Demo token lifetime (seconds)").fill("600");
    await dialog.itself.getByRole("button", { name: "Make a demo client" }).click();
    await expect(dialog.field("Client ID")).not.toHaveValue("");
    if ((await dialog.field("Name").inputValue()) === "") await dialog.field("Name").fill("Sandbox");
    const name = await dialog.field("Name").inputValue();
    await dialog.generates();
    await dialog.received();
    await dialog.itself.getByRole("link", { name: "Open the token" }).click();

    await expect(person.heading(name)).toBeVisible();
    expect(await person.readsToken(name)).toMatch(/^eyJ/);
    await expect(page.locator(".life-words").first()).toContainText(/min|s/);
    await person.goesTo("Overview");
    await expect(person.main.getByRole("link", { name })).toBeVisible();
    await expect(page.getByRole("status", { name: "Connection status" })).toContainText("1 token valid");
  } finally {
    await server.isRemoved();
  }
});
