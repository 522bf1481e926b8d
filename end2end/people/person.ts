import { expect, type Locator, type Page } from "@playwright/test";

import type { Calm } from "../rigs/calm.ts";
import type { Client, Method } from "../rigs/provider.ts";
import type { Account, TokenkeepServer } from "../rigs/server.ts";
import { ConnectionDialog } from "./connection_dialog.ts";
import { Newcomer } from "./newcomer.ts";
import { keysKept, reportsKept, tokensKept } from "./vault.ts";

/** What someone enters to add a connection. */
export interface Wish {
  name: string;
  /** The provider's name. */
  provider: string;
  client: Client & { environmentId?: string };
  scopes?: string;
  keep?: boolean;
}

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Someone with an account, in one tab of a browser. */
export class Person {
  readonly dialog: ConnectionDialog;
  private readonly newcomer: Newcomer;

  constructor(
    readonly page: Page,
    readonly server: TokenkeepServer,
    readonly account: Account,
    private readonly calm: Calm,
  ) {
    this.dialog = new ConnectionDialog(page);
    this.newcomer = new Newcomer(page, server, calm);
  }

  async signsIn(): Promise<void> {
    await this.newcomer.triesToSignIn(this.account);
    await this.newcomer.isInside();
  }

  async signsOut(): Promise<void> {
    if (this.isBeforeAnEmptyTab) await this.opens("/");
    await this.page.getByRole("button", { name: "Account menu" }).click();
    await this.page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(this.page).toHaveURL(/\/sign-in/);
  }

  /** Goes to a page by its address, and waits until it works. */
  async opens(path: string): Promise<void> {
    await this.page.goto(this.server.origin + path);
    await this.newcomer.isInside();
  }

  /** Goes to a page as by a link, so that the app is not loaded again; by its address from an empty tab. */
  async follows(path: string): Promise<void> {
    if (this.isBeforeAnEmptyTab) return this.opens(path);
    const before = this.page.url();
    if (before === this.server.origin + path) return;
    await this.page.evaluate((path) => {
      const link = document.createElement("a");
      link.href = path;
      document.body.append(link);
      link.click();
      link.remove();
    }, path);
    await expect(this.page).not.toHaveURL(before);
  }

  private get isBeforeAnEmptyTab(): boolean {
    return this.page.url() === "about:blank";
  }

  /** Goes to a page by the navigation that is called differently there. */
  async goesBy(link: string, heading: string): Promise<void> {
    if (this.isBeforeAnEmptyTab) await this.opens("/");
    await this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: link }).click();
    await expect(this.heading(heading)).toBeVisible();
  }

  /** Goes to a page by the navigation. */
  async goesTo(name: "Overview" | "Worker tokens" | "Tabs" | "Settings" | "Account" | "Users" | "Providers"): Promise<void> {
    await this.goesBy(name, name);
  }

  async reloads(): Promise<void> {
    if (this.isBeforeAnEmptyTab) return this.opens("/");
    await this.page.reload();
    await this.newcomer.isInside();
  }

  /** The same person in a new tab of the same browser. */
  async inAnotherTab(): Promise<Person> {
    return new Person(await this.page.context().newPage(), this.server, this.account, this.calm);
  }

  get main(): Locator {
    return this.page.getByRole("main");
  }

  get token(): Locator {
    return this.page.getByTestId("token");
  }

  /** The value of a fact. */
  fact(name: string): Locator {
    const fact = this.main.locator("dl.facts > div").filter({ has: this.page.getByText(name, { exact: true }) });
    return fact.locator("dd");
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 1, name, exact: typeof name === "string" });
  }

  /** Adds a connection and asks for its token, whatever comes of it. */
  async asksForToken(wish: Wish): Promise<void> {
    await this.startsConnection(wish.name, wish.provider);
    await this.dialog.fills(wish);
    await this.dialog.generates();
  }

  /** Adds a connection and gets its token. */
  async addsConnection(wish: Wish): Promise<void> {
    await this.asksForToken(wish);
    await this.dialog.received();
    await this.dialog.closes();
  }

  /** Opens the dialog for a new connection, and names it and its provider. */
  async startsConnection(name: string, provider: string): Promise<void> {
    if (this.isBeforeAnEmptyTab) await this.opens("/connections");
    else await this.goesTo("Worker tokens");
    await this.page.getByRole("button", { name: "Add connection" }).click();
    await this.dialog.names(name, provider);
  }

  /** Goes to the page of a connection, by the list. */
  async opensConnection(name: string): Promise<void> {
    if (await this.heading(name).isVisible()) return;
    await this.goesTo("Worker tokens");
    await this.page.getByRole("main").getByRole("link", { name, exact: true }).click();
    await expect(this.heading(name)).toBeVisible();
  }

  /** Goes to the page of a connection and lets its token be shown, once there is one. */
  async showsToken(name: string, patience = 10_000): Promise<void> {
    await this.opensConnection(name);
    const hide = this.page.getByRole("button", { name: "Hide token" });
    if (!(await hide.isVisible())) await this.page.getByRole("button", { name: "Reveal token" }).click({ timeout: patience });
    await expect(this.token).toHaveText(JWT);
  }

  /** The token of a connection, as its page shows it. */
  async readsToken(name: string, patience?: number): Promise<string> {
    await this.showsToken(name, patience);
    const text = (await this.token.textContent()) ?? "";
    await this.page.getByRole("button", { name: "Hide token" }).click();
    return text.trim();
  }

  async renewsNow(name: string): Promise<void> {
    await this.opensConnection(name);
    await this.page.getByRole("button", { name: "Renew now" }).click();
  }

  async decodesToken(name: string): Promise<void> {
    await this.opensConnection(name);
    await this.page.getByRole("button", { name: "Decode" }).click();
    await expect(this.page.getByRole("button", { name: "Hide claims" })).toBeVisible();
  }

  /** Changes the credential of a connection and asks for a token with it. */
  async entersCredential(name: string, method: Method, credential: string): Promise<void> {
    await this.opensConnection(name);
    await this.page.getByRole("button", { name: "Edit" }).click();
    await this.dialog.credential(method, credential);
    await this.dialog.generates();
    await this.dialog.received();
    await this.dialog.closes();
  }

  /** The line of a table that begins with this name. */
  row(name: string): Locator {
    return this.main.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name, exact: true }) });
  }

  /** The card of a list that has this heading. */
  card(name: string): Locator {
    return this.main.getByRole("listitem").filter({ has: this.page.getByRole("heading", { name, exact: true }) });
  }

  /** Makes an invitation for a role, by its name on the page, and gives the link. */
  async invites(role: "Admin" | "User" | "Auditor"): Promise<string> {
    await this.goesTo("Users");
    await this.page.getByRole("button", { name: "Invite" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Invite a person" });
    await dialog.getByLabel("Role").selectOption({ label: role });
    await dialog.getByRole("button", { name: "Make link" }).click();
    const link = await dialog.getByLabel("Invitation link").inputValue();
    await dialog.getByRole("button", { name: "Done" }).click();
    return link;
  }

  /** Opens the dialog for a new provider, names it and its kind, and gives the dialog. */
  async startsProvider(name: string, kind: "PingOne" | "OAuth 2.0 server" | "API with site tokens"): Promise<Locator> {
    await this.goesTo("Providers");
    await this.page.getByRole("button", { name: "Add provider" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Add a provider" });
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("Kind").selectOption({ label: kind });
    return dialog;
  }

  /** Closes the dialog that is open, by its own button. */
  async closesDialog(): Promise<void> {
    const dialog = this.page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^(Close|Cancel|Done)$/ }).click();
    await expect(dialog).toBeHidden();
  }

  /** Opens the question that stands before removing a connection. */
  async startsRemoving(name: string): Promise<void> {
    await this.opensConnection(name);
    await this.page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(this.page.getByRole("dialog", { name: `Delete ${name}?` })).toBeVisible();
  }

  async removes(name: string): Promise<void> {
    await this.startsRemoving(name);
    await this.page.getByRole("button", { name: "Delete connection" }).click();
    await expect(this.page.getByText(`${name} was deleted.`)).toBeVisible();
  }

  /** The generations of the tokens in this browser's vault. */
  async keptTokens(): Promise<number[]> {
    return this.page.evaluate(tokensKept);
  }

  /** The generation of the only token in this browser's vault. */
  async keptGeneration(): Promise<number> {
    const [generation, ...others] = await this.keptTokens();
    if (generation === undefined || others.length > 0) throw new Error("expected one token in the vault");
    return generation;
  }

  /**
   * Shows a token, and comes back when the audit log knows of it and nothing is written any more. A page that the debugging
   * protocol freezes in the middle of a write lets no other page write; a browser by itself freezes none that writes.
   */
  async showsTokenAndRests(name: string): Promise<void> {
    const told = this.page.waitForResponse(/\/api\/v1\/audit\/reports/);
    await this.showsToken(name);
    await told;
    await expect.poll(() => this.page.evaluate(reportsKept)).toBe(0);
  }

  /** The keys in this browser's storage: whether each can be taken out. */
  async keptKeys(): Promise<{ type: string; extractable: boolean }[]> {
    return this.page.evaluate(keysKept);
  }
}
