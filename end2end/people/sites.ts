import { expect, type Locator } from "@playwright/test";

import type { SiteToken } from "../rigs/sandbox.ts";
import type { Person } from "./person.ts";

const DAY = 86_400;

/** The page of site tokens, its dialogs, and the selector in the header. */
export class SiteTokens {
  constructor(readonly person: Person) {}

  /** Opens the page as someone who has been through the first-time setup, or skipped it. */
  static async opened(person: Person): Promise<SiteTokens> {
    const sites = new SiteTokens(person);
    await person.follows("/sites");
    // The page leads to the setup as long as nobody has said anything to it.
    const skip = sites.button("Skip for now");
    const there = sites.main.getByRole("heading", { name: "No site tokens yet" }).or(sites.figure("All"));
    await expect(skip.or(there).first()).toBeVisible();
    if (await skip.isVisible()) await skip.click();
    await expect(there).toBeVisible();
    return sites;
  }

  get main(): Locator {
    return this.person.main;
  }

  button(name: string | RegExp): Locator {
    return this.main.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** The dialog that a person opened. */
  get dialog(): Locator {
    return this.person.page.locator("dialog#site");
  }

  /** The dialog that comes by itself. */
  get prompt(): Locator {
    return this.person.page.locator("dialog#site-prompt");
  }

  card(name: string): Locator {
    return this.main.getByRole("article", { name, exact: true });
  }

  get cards(): Locator {
    return this.main.getByRole("list", { name: "Site tokens" }).getByRole("article");
  }

  get names(): Locator {
    return this.cards.getByRole("heading", { level: 2 });
  }

  figure(name: string): Locator {
    return this.main.getByRole("group", { name: "Which tokens are shown" }).getByRole("button", { name: new RegExp(`${name}$`) });
  }

  get selector(): Locator {
    return this.person.page.getByRole("button", { name: /^Site: / });
  }

  get menu(): Locator {
    return this.person.page.getByRole("dialog", { name: "Select site" });
  }

  /** Opens the dialog to add a token. */
  async starts(): Promise<void> {
    await this.button("Add new token").click();
    await expect(this.dialog.getByRole("heading", { name: "Add new site token" })).toBeVisible();
    await expect(this.dialog.getByLabel("Site ID")).toBeVisible();
  }

  async fills({ site, name, token }: Pick<SiteToken, "site" | "name" | "token">): Promise<void> {
    await this.dialog.getByLabel("Site ID").fill(site);
    await this.dialog.getByLabel("Site name").fill(name);
    await this.dialog.getByLabel("API token").fill(token);
  }

  /** Adds a token that the API takes. */
  async adds(token: SiteToken): Promise<void> {
    await this.starts();
    await this.fills(token);
    await this.dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(this.dialog).toBeHidden();
    await expect(this.card(token.name)).toBeVisible();
  }

  /** Reads a list that was pasted, and stops before anything is stored. */
  async previews(text: string): Promise<void> {
    await this.button("Import").click();
    await this.dialog.getByLabel("Or paste its text").fill(text);
    await this.dialog.getByRole("button", { name: "Read the text" }).click();
  }

  async imports(tokens: readonly { site: string; name: string; token: string }[]): Promise<void> {
    await this.previews(JSON.stringify(tokens));
    await this.dialog.getByRole("button", { name: /^Import [\d,]+ tokens?$/ }).click();
    await expect(this.dialog).toBeHidden({ timeout: 60_000 });
  }
}

/** A text in a token's form that says it ends in so many days; the API does not take it. */
export function madeUp(site: string, days: number, issuedDaysAgo = 300): { site: string; name: string; token: string } {
  const now = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { identity: `ses_0001_${site}`, iat: now - issuedDaysAgo * DAY, exp: now + Math.round(days * DAY), site };
  const name = `Site ${site}`;
  return { site, name, token: `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from(`made up for ${site} ${days}`).toString("base64url")}` };
}
