import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Browser, BrowserContext, Page } from "@playwright/test";
import { buildSync } from "esbuild";

import type { Provider } from "../rigs/api.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import type { AuthorizationServer } from "./authorization_server.ts";

/** What is measured: it keeps one token for all tabs of a browser. */
export interface Contestant {
  readonly name: string;
  /** Bytes of its program, minified and compressed with gzip. */
  readonly size: number;
  /** A person signed in, whose token lives so many seconds; the tokens after it live an hour. */
  begins(lifetime: number): Promise<Session>;
  ends(): Promise<void>;
}

/** One person's tabs. */
export interface Session {
  /** The client its token requests are counted under. */
  readonly client: string;
  /** A tab whose `peer.token()` gives a valid token; `isRunning` if it holds the session's token already. */
  tab(isRunning?: boolean): Promise<Page>;
  /** Comes back when the token of a session that was begun with a short life is over for all its tabs. */
  runsOut(tab: Page): Promise<void>;
  /** Whether the short token it began with was renewed before its tabs were there, so that none of them meets one that is over. */
  isSpent(): boolean;
  /** Milliseconds that one token request takes in this tab without the contestant. */
  roundTrip(page: Page): Promise<number>;
  ends(): Promise<void>;
}

/** The libraries, as their own documentation sets them up. */
export const PEERS = {
  auth0: "@auth0/auth0-spa-js",
  oidc: "oidc-client-ts",
  msal: "@azure/msal-browser",
  okta: "@okta/okta-auth-js",
  supabase: "@supabase/auth-js",
};

/** A library's page script by its short name. */
export function bundle(short: string): string {
  const entry = join(import.meta.dirname, "peers", `${short}.js`);
  const built = buildSync({ entryPoints: [entry], bundle: true, minify: true, write: false, platform: "browser", format: "iife", target: "es2022" });
  return built.outputFiles[0]?.text ?? "";
}

export function compressed(...texts: (string | Buffer)[]): number {
  return texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
}

/** A library. */
export class Peer implements Contestant {
  readonly name: string;

  private constructor(
    private readonly short: keyof typeof PEERS,
    readonly size: number,
    private readonly browser: Browser,
    private readonly server: AuthorizationServer,
  ) {
    this.name = PEERS[short];
  }

  static async make(short: keyof typeof PEERS, program: string, browser: Browser, server: AuthorizationServer): Promise<Peer> {
    return new Peer(short, compressed(program), browser, server);
  }

  async begins(lifetime: number): Promise<Session> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    const opens = async () => {
      const page = await context.newPage();
      await page.goto(`${this.server.secureOrigin}/${this.short}.html`);
      return page;
    };
    const first = await opens();
    this.server.lifetime = this.short === "supabase" ? 3_600 : lifetime;
    // Signing in leads away from the page and back with a code, except where a password does.
    const back = this.short === "supabase" ? undefined : first.waitForURL(/[?#].*code=/);
    await first.evaluate(() => peer.signsIn?.()).catch(() => {});
    await back;
    if (back) await first.evaluate(async () => void (await peer.comesBack?.()));
    this.server.lifetime = 3_600;
    await first.close();
    // It is refused, and takes as long as one that is not.
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none" }).toString();
    const request = { headers: { "content-type": "application/x-www-form-urlencoded" }, body: form };
    const roundTrip = (page: Page) => page.evaluate(timed, { ...request, address: `/${this.short}/v1/token` });
    const runsOut = this.short === "supabase" ? supabaseRunsOut : runsOutByItself;
    return { client: this.short, tab: opens, runsOut, isSpent: () => false, roundTrip, ends: () => context.close() };
  }

  async ends(): Promise<void> {}
}

/** Our keeper, in a page without the app, at our server. */
export class Ours implements Contestant {
  readonly name = "Tokenkeep";
  private count = 0;

  private constructor(
    readonly size: number,
    private readonly context: BrowserContext,
    private readonly tokenkeep: TokenkeepServer,
    private readonly provider: Provider,
    private readonly server: AuthorizationServer,
  ) {}

  /** `folder` has the keeper's page program, as `cargo xtask bench` builds it. */
  static async make(folder: string, context: BrowserContext, tokenkeep: TokenkeepServer, server: AuthorizationServer): Promise<Ours> {
    const admin = await tokenkeep.asAdmin();
    const name = `Bench ${Date.now()}`;
    const provider = await admin.allowOAuth(name, server.origin, `${server.origin}/ours/token`, `${server.origin}/ours/keys`);
    const files: Record<string, { body: Buffer; contentType: string }> = {};
    const add = async (path: string, file: string, contentType: string) => (files[path] = { body: await readFile(file), contentType });
    await add("/bench.html", join(import.meta.dirname, "ours.html"), "text/html");
    await add("/bench/ours.js", join(import.meta.dirname, "ours.js"), "text/javascript");
    const js = await add("/bench/tokenkeep.js", join(folder, "tokenkeep.js"), "text/javascript");
    const wasm = await add("/bench/tokenkeep_bg.wasm", join(folder, "tokenkeep_bg.wasm"), "application/wasm");
    await context.route(/\/bench(\.html|\/)/, (route) => {
      const file = files[new URL(route.request().url()).pathname];
      return file ? route.fulfill(file) : route.abort();
    });
    const { session } = await tokenkeep.newPerson("user");
    await context.addCookies([session.asCookie()]);
    return new Ours(compressed(js.body, wasm.body), context, tokenkeep, provider, server);
  }

  async begins(lifetime: number): Promise<Session> {
    this.count += 1;
    const [tenant, client] = [`bench-${Date.now()}-${this.count}`, `ours-${this.count}`];
    const pages: Page[] = [];
    const opens = async (isRunning = false) => {
      const page = await this.context.newPage();
      pages.push(page);
      await page.goto(`${this.tokenkeep.origin}/bench.html`);
      await page.waitForFunction(() => globalThis.isReady);
      // A tab that does not run yet opens the vault when it is first asked.
      await page.evaluate(
        async ({ tenant, isRunning }) => {
          const ask = peer.token;
          let opened: Promise<unknown> | undefined;
          peer.token = () => (opened ??= Promise.resolve(peer.opens?.(tenant))).then(() => ask());
          if (isRunning) await peer.token();
        },
        { tenant, isRunning },
      );
      return page;
    };
    this.server.lifetime = lifetime;
    const first = await opens();
    await first.evaluate(
      async ({ tenant, provider, client }) => {
        await peer.opens?.(tenant);
        peer.adds?.(provider, client, "a-secret-of-the-bench");
        await peer.seen?.(1);
      },
      { tenant, provider: this.provider.id, client },
    );
    await first.close();
    this.server.lifetime = 3_600;
    // On a busy machine this tab may renew a short-lived token before it is closed, and then none runs out. A request under way when
    // it is closed comes later still.
    const isSpent = () => this.server.asked(client) > 1;
    if (isSpent()) return this.begins(lifetime);
    const proof = { method: "client_secret_basic", client_secret: "a-secret-of-the-bench" };
    const body = JSON.stringify({ provider: this.provider.id, place: {}, client_id: client, scopes: [], proof });
    const headers = { "content-type": "application/json", "x-tokenkeep-request": "1" };
    const roundTrip = (page: Page) => page.evaluate(timed, { address: "/api/v1/token", headers, body });
    return { client, tab: opens, runsOut: runsOutByItself, isSpent, roundTrip, ends: async () => void (await Promise.all(pages.map((page) => page.close()))) };
  }

  /** A page of our server in which nothing runs. */
  async blank(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.tokenkeep.origin}/robots.txt`);
    return page;
  }

  async ends(): Promise<void> {
    await this.context.close();
  }
}

/** A token that lives two seconds. */
async function runsOutByItself(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}

/**
 * This library renews a token in its last two minutes as soon as any page is opened, so that no page would be left to meet
 * one that is over. Its sessions begin with an hour; then the end of the one all tabs read is moved to a moment ago.
 */
async function supabaseRunsOut(tab: Page): Promise<void> {
  await tab.evaluate(() => {
    const kept = JSON.parse(localStorage["supabase.auth.token"]);
    localStorage["supabase.auth.token"] = JSON.stringify({ ...kept, expires_at: Math.floor(Date.now() / 1_000) - 1 });
  });
}

/** Runs in the page. */
async function timed({ address, headers, body }: { address: string; headers: Record<string, string>; body: string }): Promise<number> {
  const begun = performance.now();
  await (await fetch(address, { method: "POST", headers, body })).text();
  return performance.now() - begun;
}

declare global {
  var isReady: boolean | undefined;
  var askedAt: number | undefined;
  /** What each contestant's page offers. */
  var peer: {
    token(): Promise<string>;
    signsIn?(): Promise<void>;
    comesBack?(): Promise<unknown>;
    opens?(tenant: string, generation?: number): Promise<number>;
    adds?(provider: string, id: string, secret: string): void;
    tokenAfter?(generation: number): Promise<string>;
    seen?(generation: number): Promise<number>;
    told?(generation: number): number | undefined;
    heard?(generation: number): number | undefined;
  };
}
