import { expect } from "@playwright/test";

import type { OtherTab } from "../rigs/other_browsers.ts";
import type { Client } from "../rigs/provider.ts";
import type { Account, TokenkeepServer } from "../rigs/server.ts";

const PATIENCE = { timeout: 20_000 };

/** Someone with an account, in a browser that is only visited: does the few deeds of the smoke test. */
export class Visitor {
  constructor(
    private readonly tab: OtherTab,
    private readonly server: TokenkeepServer,
  ) {}

  async signsIn({ username, password }: Account): Promise<void> {
    await this.tab.opens(`${this.server.origin}/sign-in`);
    await this.fills({ "User name": username, Password: password });
    await this.presses("Sign in");
    await this.sees("Worker tokens");
  }

  async addsConnection(name: string, provider: string, client: Client): Promise<void> {
    await this.opensConnections();
    await this.sees("Connected, no tokens yet");
    await this.presses("Add connection");
    const { id, method, credential } = client;
    await this.fills({ Name: name, Provider: provider });
    await this.fills({ "Client ID": id, "Authentication method": method, "Client secret": credential, Scopes: "read" });
    await this.presses("Generate token");
    await this.sees("Worker token received");
    await this.presses("Close");
  }

  async opensConnections(): Promise<void> {
    await this.tab.comesToFront();
    await this.tab.opens(`${this.server.origin}/connections`);
  }

  async opensConnection(name: string): Promise<void> {
    await this.opensConnections();
    await this.presses(name);
    await this.sees("Reveal token");
  }

  async renewsNow(): Promise<void> {
    await this.presses("Renew now");
  }

  /** The token of the connection whose page is open. */
  async readsToken(): Promise<string> {
    await this.tab.comesToFront();
    await this.presses("Reveal token");
    const shown = () => this.tab.does(textOf, "[data-testid=token]");
    await expect.poll(shown, PATIENCE).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const token = await shown();
    await this.presses("Hide token");
    return token;
  }

  private async sees(text: string): Promise<void> {
    await expect.poll(() => this.tab.does(textOf, "body"), PATIENCE).toContain(text);
  }

  private async presses(name: string): Promise<void> {
    await expect.poll(() => this.tab.does(press, name), { ...PATIENCE, message: `press ${name}` }).toBe(true);
  }

  private async fills(fields: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      await expect.poll(() => this.tab.does(fill, [label, value]), { ...PATIENCE, message: `fill ${label}` }).toBe(value);
    }
  }
}

/* These run in the page. */

function textOf(selector: string): string {
  return document.querySelector<HTMLElement>(selector)?.innerText.trim() ?? "";
}

/** Presses the button or link of this name that can be seen. */
function press(name: string): boolean {
  const all = [...document.querySelectorAll<HTMLElement>("button, a")];
  const found = all.filter((one) => one.innerText.trim() === name && one.checkVisibility() && !one.matches(":disabled")).at(-1);
  found?.click();
  return found !== undefined;
}

/** Fills the field with this label, or chooses the option of this value or text; answers with the value asked for once it is there. */
function fill([label, value]: string[]): string | undefined {
  const labels = [...document.querySelectorAll("label")].filter((one) => one.checkVisibility());
  const field = labels.find((one) => one.innerText.trim().startsWith(label ?? ""))?.control;
  if (field instanceof HTMLSelectElement) {
    const option = [...field.options].find((one) => one.value === value || one.text === value);
    if (!option) return undefined;
    option.selected = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return value;
  }
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return undefined;
  field.value = value ?? "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field.value;
}
