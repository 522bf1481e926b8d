import { expect, type BrowserContext, type Locator, type Page, type Route } from "@playwright/test";

/** What embed.js keeps of a token. */
export interface KeptToken {
  generation: number;
  token: string;
  receivedAt: number;
  expiresAt: number;
}

/** Someone who visits a page with the widget, in one tab. */
export class Visitor {
  constructor(readonly page: Page) {}

  get launcher(): Locator {
    return this.page.getByRole("button", { name: /^(Open|Close) / });
  }

  get window(): Locator {
    return this.page.getByRole("dialog");
  }

  get banner(): Locator {
    return this.page.locator("tokenkeep-embed").getByRole("status");
  }

  get field(): Locator {
    return this.window.getByRole("textbox", { name: "Message" });
  }

  async opens(): Promise<void> {
    await this.launcher.click();
    await expect(this.field).toBeFocused();
  }

  /** Writes a message and does not wait for what becomes of it. */
  async writes(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press("Enter");
  }

  /** The texts of all messages that the server has. */
  async sees(...texts: string[]): Promise<void> {
    const arrived = this.window.locator("li[data-state=arrived] .text");
    await expect(arrived).toHaveText(texts.map((text) => new RegExp(`: ${escaped(text)}$`)));
  }

  message(text: string): Locator {
    return this.window.getByRole("listitem").filter({ hasText: text });
  }

  /** Notes every text the banner takes from now on. */
  async watchesBanner(): Promise<() => Promise<string[]>> {
    await this.banner.evaluate((element) => {
      const seen: string[] = [];
      Object.assign(element, { seen });
      new MutationObserver(() => seen.push(element.textContent ?? "")).observe(element, { childList: true });
    });
    return () => this.banner.evaluate((element) => (element as unknown as { seen: string[] }).seen);
  }

  /** The token that embed.js keeps in the page's own database. */
  async keeps(): Promise<KeptToken> {
    return this.page.evaluate(
      () =>
        new Promise<KeptToken>((resolve, reject) => {
          const opening = indexedDB.open("tokenkeep-embed");
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const reading = opening.result.transaction("records").objectStore("records").getAll();
            reading.onsuccess = () => {
              opening.result.close();
              resolve((reading.result as KeptToken[]).find(({ token }) => token !== undefined) as KeptToken);
            };
          };
        }),
    );
  }

  /** A call of the page's own, by `tokenkeep.fetch`: its status, or the code of the error. */
  async calls(path: string, init: RequestInit = {}): Promise<number | string> {
    return this.page.evaluate(
      async ([path, init]) => {
        const { tokenkeep } = window as unknown as { tokenkeep: { fetch: typeof fetch } };
        return tokenkeep.fetch(path, init).then(
          ({ status }) => status,
          (error: { code?: string; name: string }) => error.code ?? error.name,
        );
      },
      [path, init] as const,
    );
  }
}

/** The network between a visitor's browser and Tokenkeep: counts what is asked, and changes what is answered. */
export class Wire {
  bootloads = 0;
  /** The texts of the messages that went out, and the tokens of all calls that did. */
  readonly sent: string[] = [];
  readonly tokens: string[] = [];
  private change: (boot: Record<string, unknown>) => void = () => {};
  private held?: { promise: Promise<void>; release: () => void };
  private isDown = false;

  /** `origin` is the page's: a changed request would go out without it. */
  static async on(context: BrowserContext, origin: string): Promise<Wire> {
    const wire = new Wire();
    await context.route("**/api/bootloader", (route) => wire.bootload(route, origin));
    context.on("request", (request) => {
      const token = request.headers()["authorization"];
      if (token) wire.tokens.push(token);
      if (request.method() === "POST" && request.url().endsWith("/messages")) wire.sent.push(textOf(request.postData()));
    });
    return wire;
  }

  /** From now on the bootloader's answers are changed. */
  changes(change: (boot: Record<string, unknown>) => void): void {
    this.change = change;
  }

  /** From now on the bootloader can't be reached. */
  goesDown(): void {
    this.isDown = true;
  }

  returns(): void {
    this.isDown = false;
  }

  /** Answers of the bootloader are held until they are released. */
  holds(): void {
    let release = () => {};
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.held = { promise, release };
  }

  releases(): void {
    this.held?.release();
    this.held = undefined;
  }

  private async bootload(route: Route, origin: string): Promise<void> {
    this.bootloads += 1;
    await this.held?.promise;
    if (this.isDown) return route.abort("connectionrefused");
    const response = await route.fetch({ headers: { ...route.request().headers(), origin } });
    if (!response.ok()) return route.fulfill({ response });
    const boot = (await response.json()) as Record<string, unknown>;
    this.change(boot);
    await route.fulfill({ response, json: boot });
  }
}

function textOf(body: string | null): string {
  return (JSON.parse(body ?? "{}") as { text?: string }).text ?? "";
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
