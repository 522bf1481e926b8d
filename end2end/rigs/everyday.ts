import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium } from "@playwright/test";

import { People } from "../people/people.ts";
import { FLAGS } from "./chromium.ts";
import { newsTravelBy } from "./news.ts";
import { test as base, expect } from "./test.ts";

/** The whole Chromium: a tab behind another one is hidden, its timers are throttled, and it has a back-forward cache. */
export const WHOLE = process.env["CHROMIUM_WHOLE"] ?? "/usr/bin/chromium";
/** The Chromium of the other tests: sooner started, and a page is hidden only when it is frozen. */
const SHELL = process.env["CHROMIUM"] ?? WHOLE;

/**
 * A browser as people have it. Playwright's own keeps every page seen, focused, unthrottled and out of the back-forward
 * cache; in this one pages are hidden, frozen and kept as the browser would.
 */
export class EverydayBrowser {
  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
    readonly context: BrowserContext,
  ) {}

  static async start(program: string): Promise<EverydayBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "tokenkeep-profile-"));
    const child = spawn(program, [...FLAGS, "--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
      // Debian's program is a script around the browser: both end together, as a group.
      detached: true,
    });
    const browser = await chromium.connectOverCDP(await endpoint(child), { noDefaults: true });
    const context = browser.contexts()[0];
    if (!context) throw new Error("the browser has no context");
    return new EverydayBrowser(child, profile, context);
  }

  async ends(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.pid) process.kill(-this.process.pid, "SIGKILL");
    await ended;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function endpoint(child: ChildProcess): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`the browser ended:\n${output}`)));
    child.stderr?.on("data", (bytes: Buffer) => {
      output += bytes.toString("utf8");
      const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
  });
}

/** The person of these tests sits at a browser as people have it. */
export const test = base.extend<{ program: string; everyday: EverydayBrowser }>({
  program: [SHELL, { option: true }],
  everyday: async ({ program }, use) => {
    const browser = await EverydayBrowser.start(program);
    await use(browser);
    await browser.ends();
  },
  people: async ({ browser, everyday, server, calm, way, allowed: _ }, use) => {
    await calm.watches(everyday.context);
    await newsTravelBy(everyday.context, way);
    const people = new People(browser, server, calm, everyday.context);
    await use(people);
    await people.leave();
  },
});

export { expect };
