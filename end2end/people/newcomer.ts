import { expect, type Page } from "@playwright/test";

import type { Calm } from "../rigs/calm.ts";
import { keyOf } from "../rigs/api.ts";
import type { TokenkeepServer } from "../rigs/server.ts";

interface NamePassword {
  username: string;
  password: string;
}

/** Someone with a browser and no session. */
export class Newcomer {
  constructor(
    readonly page: Page,
    readonly server: TokenkeepServer,
    readonly calm: Calm,
  ) {}

  async opens(path: string): Promise<void> {
    await this.page.goto(this.server.origin + path);
    await expect(this.page.getByRole("heading", { level: 1 })).toBeVisible();
  }

  /** Becomes the first admin through the setup link. */
  async setsUp(link: string, account: NamePassword): Promise<void> {
    await this.fillsSetup(link, account);
    await this.isInside();
  }

  /** Fills the form of the setup page and sends it, right or wrong. */
  async fillsSetup(link: string, account: NamePassword): Promise<void> {
    await this.opens(`/setup#key=${keyOf(link)}`);
    await this.fills(account);
    await this.page.getByRole("button", { name: "Create admin account" }).click();
  }

  /** Accepts an invitation link on its page. */
  async accepts(link: string, account: NamePassword): Promise<void> {
    await this.fillsInvitation(link, account);
    await this.isInside();
  }

  /** Fills the form of the invitation page and sends it, right or wrong. */
  async fillsInvitation(link: string, account: NamePassword): Promise<void> {
    await this.opens(`/invitation#key=${keyOf(link)}`);
    await this.fills(account);
    await this.page.getByRole("button", { name: "Create account" }).click();
  }

  /** Opens the sign-in page, fills its form and sends it, right or wrong. */
  async triesToSignIn(account: NamePassword, path = "/sign-in"): Promise<void> {
    await this.opens(path);
    await this.fills(account);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Signs in on the sign-in page that is open. */
  async signsIn(account: NamePassword): Promise<void> {
    await this.fills(account);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.isInside();
  }

  async fills({ username, password }: NamePassword): Promise<void> {
    await this.page.getByLabel("User name").fill(username);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
  }

  /** The app is open and works: the vault answered. Where many tabs open at once on a busy machine that takes its time. */
  async isInside(): Promise<void> {
    const status = this.page.getByRole("status", { name: "Connection status" });
    await expect(status).not.toContainText("Opening the vault", { timeout: 30_000 });
    await expect(status).not.toBeEmpty();
  }
}
