import type { Locator, Page } from "@playwright/test";

import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

test("from the setup link to a token shown, with nothing but the keyboard", async ({ people }) => {
  const server = await TokenkeepServer.start();
  try {
    const { page } = await people.withoutAccount(server);
    await page.goto(server.setupLink);
    const keys = new Keyboard(page);
    await keys.types(page.getByLabel("User name"), "grace");
    await keys.types(page.getByLabel("Password", { exact: true }), "a-password-for-grace");
    // The form's button, and with it Enter, rests until the page listens.
    await expect(page.locator("button[type=submit]")).toBeEnabled();
    await page.keyboard.press("Enter");

    await expect(page.getByRole("status", { name: "Connection status" })).toContainText("no tokens yet");
    await keys.presses(page.getByRole("button", { name: "Try the sandbox" }));
    const dialog = page.getByRole("dialog");
    await keys.presses(dialog.getByRole("button", { name: "Make a demo client" }));
    await expect(dialog.getByLabel("Client ID", { exact: true })).not.toHaveValue("");
    await keys.presses(dialog.getByRole("button", { name: "Generate token" }));
    await expect(dialog.getByRole("heading", { name: "Worker token received" })).toBeVisible();
    await keys.presses(dialog.getByRole("link", { name: "Open the token" }));
    await keys.presses(page.getByRole("button", { name: "Reveal token" }));
    await expect(page.getByTestId("token")).toContainText("eyJ");
  } finally {
    await server.isRemoved();
  }
});

test("the skip link is the first stop and leads to the content", async ({ person }) => {
  await person.opens("/account");
  await person.page.locator("body").evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await person.page.keyboard.press("Tab");
  const skip = person.page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await person.page.keyboard.press("Enter");
  await expect.poll(() => focusIsWithin(person.main)).toBe(true);
});

test("after a navigation the focus stands on the page's heading", async ({ person }) => {
  await person.goesTo("Account");
  await expect(person.heading("Account")).toBeFocused();
});

test("a dialog keeps the focus, closes with Escape and gives the focus back", async ({ person }) => {
  await person.goesTo("Worker tokens");
  const opener = person.page.getByRole("button", { name: "Add connection" });
  await expect(opener).toBeEnabled();
  await opener.focus();
  await person.page.keyboard.press("Enter");
  const dialog = person.page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let step = 0; step < 25; step += 1) {
    await person.page.keyboard.press("Tab");
    const outside = await person.page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest("dialog"),
    );
    expect(outside, "the focus is behind the dialog").toBe(false);
  }
  await person.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

/** Hands on the keyboard: reaches things by the Tab key alone. */
class Keyboard {
  constructor(private readonly page: Page) {}

  async presses(target: Locator): Promise<void> {
    await this.reaches(target);
    await this.page.keyboard.press("Enter");
  }

  async types(target: Locator, text: string): Promise<void> {
    await this.reaches(target);
    await this.page.keyboard.type(text);
  }

  private async reaches(target: Locator): Promise<void> {
    await expect(target).toBeEnabled();
    for (let step = 0; step < 60; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`the Tab key does not lead to ${target}`);
  }
}

function focusIsWithin(place: Locator): Promise<boolean> {
  return place.evaluate((element) => element.contains(document.activeElement));
}
