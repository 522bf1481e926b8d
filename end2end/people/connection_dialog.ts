import { expect, type Locator, type Page } from "@playwright/test";

import type { Method } from "../rigs/provider.ts";
import type { Wish } from "./person.ts";

/** The dialog in which a connection is added or changed. */
export class ConnectionDialog {
  constructor(private readonly page: Page) {}

  get itself(): Locator {
    return this.page.getByRole("dialog");
  }

  field(label: string): Locator {
    return this.itself.getByLabel(label, { exact: true });
  }

  async names(name: string, provider: string): Promise<void> {
    await this.field("Name").fill(name);
    await this.field("Provider").selectOption({ label: provider });
  }

  async fills({ client, scopes, keep }: Wish): Promise<void> {
    if (client.environmentId) await this.field("Environment ID").fill(client.environmentId);
    await this.field("Client ID").fill(client.id);
    await this.credential(client.method, client.credential);
    if (scopes) await this.field("Scopes").fill(scopes);
    const box = this.itself.getByRole("checkbox", { name: /^Save credentials/ });
    if (keep !== undefined) await box.setChecked(keep);
  }

  async credential(method: Method, credential: string): Promise<void> {
    await this.field("Authentication method").selectOption(method);
    await this.field(method === "private_key_jwt" ? "Private key" : "Client secret").fill(credential);
  }

  async generates(): Promise<void> {
    await this.itself.getByRole("button", { name: "Generate token" }).click();
  }

  async received(): Promise<void> {
    await expect(this.itself.getByRole("heading", { name: "Worker token received" })).toBeVisible();
  }

  /** What stands in the way, as the dialog says it. */
  get problem(): Locator {
    return this.itself.getByRole("alert");
  }

  /** Closes the dialog after a token was received. */
  async closes(): Promise<void> {
    await this.itself.getByRole("button", { name: "Close", exact: true }).click();
    await expect(this.itself).toBeHidden();
  }
}
