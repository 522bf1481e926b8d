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
    await person.follows("/people/bulk");
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

  /** Waits for the end; each user may take 40 ms, several times what one takes on a machine that does nothing else. */
  async isDone(users = 2_000): Promise<void> {
    await expect(this.heading).toContainText("looked up", { timeout: 10_000 + 40 * users });
  }

  /** How many results of a kind there are, as its tab says. */
  async count(kind: string): Promise<number> {
    const tab = this.person.page.getByRole("group", { name: "Which results are shown" }).getByRole("button", { name: new RegExp(`^${kind} ?[\\d,]+$`) });
    return Number(((await tab.textContent()) ?? "").replace(/\D/g, ""));
  }

  /** Looks up so many users, of whom the directory has the first: drawn a few at a time, and scrolled to the last. */
  async looksUp(known: { username: string }[], unknown: number): Promise<void> {
    const { page } = this.person;
    const all = [...known.map(({ username }) => username), ...Array.from({ length: unknown }, (_, at) => `nobody.${at}`)];
    await this.uploads("people.txt", all.join("\n"));
    await expect(this.read).toContainText(`${all.length.toLocaleString("en")} users read`);
    await this.starts();
    await expect(this.progress).toContainText(/ a minute · about .* left/);
    await this.isDone(all.length);
    expect([await this.count("Found"), await this.count("Not found")]).toEqual([known.length, unknown]);
    expect(await this.rows.count()).toBeLessThan(80);
    await page.locator(".window").evaluate((window) => window.scrollTo(0, window.scrollHeight));
    await expect(this.rows.last()).toContainText(all.at(-1)!);
    expect(await this.rows.count()).toBeLessThan(80);
    await this.shows("Found");
    await expect(this.rows.first()).toContainText(all[0]!);
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
