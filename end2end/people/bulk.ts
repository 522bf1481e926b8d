import { readFile } from "node:fs/promises";

import { expect, type Locator } from "@playwright/test";

import type { SandboxClient } from "../rigs/sandbox.ts";
import type { Person } from "./person.ts";

/** The page that looks up many users. */
export class BulkLookup {
  private constructor(private readonly person: Person) {}

  /** Opens it as someone with a connection to the sandbox. */
  static async opened(person: Person, client: SandboxClient): Promise<BulkLookup> {
    await person.addsConnection({ name: "Directory", provider: "Sandbox", client });
    await person.opens("/people/bulk");
    return new BulkLookup(person);
  }

  get progress(): Locator {
    return this.person.page.getByRole("region", { name: "Progress" });
  }

  get read(): Locator {
    return this.person.page.getByRole("region", { name: "What was read" });
  }

  get heading(): Locator {
    return this.progress.getByRole("heading", { level: 2 });
  }

  /** The rows that are drawn. */
  get rows(): Locator {
    return this.person.page.locator(".window tr.entry");
  }

  button(name: string | RegExp): Locator {
    return this.person.main.getByRole("button", { name });
  }

  async pastes(text: string): Promise<void> {
    await this.person.page.getByLabel("List of users").fill(text);
    await this.button("Read the list").click();
  }

  async uploads(name: string, text: string): Promise<void> {
    const file = { name, mimeType: "text/csv", buffer: Buffer.from(text) };
    await this.person.page.getByLabel("Or a file").setInputFiles(file);
  }

  async starts(): Promise<void> {
    await this.button(/^Look up /).click();
  }

  async isDone(): Promise<void> {
    await expect(this.heading).toContainText("looked up", { timeout: 90_000 });
  }

  /** How many results of a kind there are, as its tab says. */
  async count(kind: string): Promise<number> {
    const tab = this.person.page.getByRole("group", { name: "Which results are shown" }).getByRole("button", { name: new RegExp(`^${kind} ?[\\d,]+$`) });
    return Number(((await tab.textContent()) ?? "").replace(/\D/g, ""));
  }

  async shows(kind: string): Promise<void> {
    await this.button(new RegExp(`^${kind} ?[\\d,]+$`)).click();
  }

  /** Saves the results as a file; gives its name and text. */
  async exports(kind: "CSV" | "JSON"): Promise<{ name: string; text: string }> {
    const saving = this.person.page.waitForEvent("download");
    await this.button(`Export ${kind}`).click();
    const saved = await saving;
    return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
  }
}
