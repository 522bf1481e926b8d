import { readFile } from "node:fs/promises";

import { expect, type Locator, type Page } from "@playwright/test";

/** Connections into files and out of them, by the two dialogs of the worker tokens page. */
export class Files {
  constructor(private readonly page: Page) {}

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  /** What the dialog says can't be done. */
  get problem(): Locator {
    return this.dialog.getByRole("alert");
  }

  async startsExport(): Promise<void> {
    await this.page.getByRole("main").getByRole("button", { name: "Export" }).click();
    await expect(this.page.getByRole("dialog", { name: "Export connections" })).toBeVisible();
  }

  async startsImport(): Promise<void> {
    await this.page.getByRole("main").getByRole("button", { name: "Import" }).click();
    await expect(this.page.getByRole("dialog", { name: "Import connections" })).toBeVisible();
  }

  /** Presses Export and gives the file the browser saves: its name and its text. */
  async exports(): Promise<{ name: string; text: string }> {
    const saving = this.page.waitForEvent("download");
    await this.dialog.getByRole("button", { name: "Export" }).click();
    const saved = await saving;
    return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
  }

  async asksForSecrets(passphrase: string, again = passphrase): Promise<void> {
    await this.dialog.getByRole("checkbox", { name: /^With client secrets/ }).check();
    await this.dialog.getByLabel("Passphrase", { exact: true }).fill(passphrase);
    await this.dialog.getByLabel("Passphrase again").fill(again);
  }

  async chooses(name: string, text: string): Promise<void> {
    const file = { name, mimeType: "application/octet-stream", buffer: Buffer.from(text) };
    await this.dialog.getByLabel("File", { exact: true }).setInputFiles(file);
  }

  async pastes(text: string): Promise<void> {
    await this.dialog.getByLabel("Or paste its text").fill(text);
    await this.dialog.getByRole("button", { name: "Read the text" }).click();
  }

  async unlocks(passphrase: string): Promise<void> {
    await this.dialog.getByLabel("Passphrase", { exact: true }).fill(passphrase);
    await this.dialog.getByRole("button", { name: "Open" }).click();
  }

  /** The preview's line of a client. */
  line(clientId: string): Locator {
    return this.dialog.getByRole("row").filter({ has: this.page.getByText(clientId, { exact: true }) });
  }

  async imports(words: string): Promise<void> {
    await this.dialog.getByRole("button", { name: `Import ${words}` }).click();
    await expect(this.page.getByText(`${words} imported.`).last()).toBeVisible();
    await expect(this.dialog).toBeHidden();
  }
}
