import { expect, type Locator, type Page } from "@playwright/test";

import type { Person } from "./person.ts";

/** What a person does with tenants. */
export class Tenants {
  constructor(private readonly person: Person) {}

  private get page(): Page {
    return this.person.page;
  }

  /** Adds a tenant by the page, and waits until its card stands there. */
  async adds(name: string, sites?: string): Promise<void> {
    await this.person.opens("/tenants");
    await this.page.getByRole("button", { name: "Add tenant" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Add a tenant" });
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    if (sites !== undefined) await this.limits(dialog, sites);
    await dialog.getByRole("button", { name: "Save tenant" }).click();
    await expect(this.person.card(name)).toBeVisible();
  }

  async limits(dialog: Locator, sites: string): Promise<void> {
    await dialog.getByLabel("Sites it allows").selectOption({ label: "Only the sites named below" });
    await dialog.getByLabel("Site ids").fill(sites);
  }

  /** Opens the dialog to change a tenant. */
  async edits(name: string): Promise<Locator> {
    await this.person.card(name).getByRole("button", { name: "Edit" }).click();
    return this.page.getByRole("dialog", { name: `Edit ${name}` });
  }

  /** Switches by the header, and waits until the page works in that tenant. */
  async switchesTo(name: string): Promise<void> {
    const reloaded = this.page.waitForEvent("load");
    await this.switcher.click();
    await this.page.getByRole("button", { name, exact: true }).click();
    await reloaded;
    await this.works(name);
  }

  /** Waits until the page works in that tenant. */
  async works(name: string): Promise<void> {
    await expect(this.page.getByRole("button", { name: `Tenant: ${name}`, exact: true })).toBeVisible();
  }

  get switcher(): Locator {
    return this.page.getByRole("button", { name: /^Tenant: / });
  }

  /** Opens the question before a tenant is removed. */
  async startsRemoving(name: string): Promise<Locator> {
    await this.person.opens("/tenants");
    await this.person.card(name).getByRole("button", { name: "Remove" }).click();
    return this.page.getByRole("dialog", { name: `Remove ${name}?` });
  }

  async removes(name: string): Promise<void> {
    const dialog = await this.startsRemoving(name);
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
    await dialog.getByRole("button", { name: "Remove tenant" }).click();
    await expect(this.person.card(name)).toHaveCount(0);
  }

  /** The id of a tenant, as the server has it. */
  async idOf(name: string): Promise<string> {
    const all = await this.page.evaluate(async () => (await fetch("/api/v1/tenants")).json() as Promise<{ id: string; name: string }[]>);
    return all.find((tenant) => tenant.name === name)?.id ?? "";
  }

  /** The names of databases and of items of both storages that belong to a tenant. */
  async kept(id: string): Promise<string[]> {
    return this.page.evaluate(async (id) => {
      const databases = (await indexedDB.databases()).map(({ name }) => name ?? "");
      const items = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      const values = [...Object.values(localStorage), ...Object.values(sessionStorage)] as string[];
      return [...databases, ...items, ...values].filter((text) => text.includes(id));
    }, id);
  }
}
