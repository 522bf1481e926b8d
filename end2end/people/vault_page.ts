import { expect, type Locator, type Page } from "@playwright/test";

import type { Person } from "./person.ts";

/** The page of the vault, and the screen that stands in its place while it is locked. */
export class VaultPage {
  constructor(private readonly person: Person) {}

  private get page(): Page {
    return this.person.page;
  }

  get isLocked(): Locator {
    return this.person.heading("Vault locked");
  }

  async opens(): Promise<void> {
    await this.person.follows("/settings/vault");
    await expect(this.level("browser").or(this.isLocked)).toBeVisible();
  }

  /** The card of a level, by its name in records. */
  level(name: "browser" | "session" | "passphrase"): Locator {
    return this.page.locator(`[data-level=${name}]`);
  }

  /** Keeps the vault by this passphrase. */
  async usesPassphrase(passphrase: string): Promise<void> {
    await this.level("passphrase").getByRole("button", { name: "Use a passphrase" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Keep the vault by a passphrase" });
    await dialog.getByLabel("New passphrase", { exact: true }).fill(passphrase);
    await dialog.getByLabel("New passphrase again").fill(passphrase);
    await dialog.getByRole("button", { name: "Use this level" }).click();
    await this.isAt("passphrase");
  }

  async usesServersHalf(): Promise<void> {
    await this.level("session").getByRole("button", { name: "Use the server's half" }).click();
    await this.page.getByRole("dialog").getByRole("button", { name: "Use this level" }).click();
    await this.isAt("session");
  }

  async isAt(name: "browser" | "session" | "passphrase"): Promise<void> {
    await expect(this.level(name)).toHaveAttribute("aria-current", "true", { timeout: 60_000 });
    await expect(this.page.getByRole("dialog")).toHaveCount(0);
  }

  async locks(): Promise<void> {
    await this.page.getByRole("button", { name: "Lock now" }).click();
    await expect(this.isLocked).toBeVisible();
  }

  /** Tries a passphrase on the locked screen. */
  async tries(passphrase: string): Promise<void> {
    await this.page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
    await this.page.getByRole("button", { name: "Unlock", exact: true }).click();
  }

  async unlocks(passphrase: string): Promise<void> {
    await this.tries(passphrase);
    await expect(this.isLocked).toBeHidden({ timeout: 60_000 });
  }

  /** Clears everything, from the question that stands open. */
  async confirmsClearing(): Promise<void> {
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel("Type clear to confirm").fill("clear");
    await dialog.getByRole("button", { name: "Clear everything" }).click();
    await expect(this.person.heading("Everything was cleared")).toBeVisible({ timeout: 60_000 });
  }
}
