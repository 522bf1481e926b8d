/* Browsers that Playwright can't drive as Debian ships them: Firefox by WebDriver BiDi, WebKitGTK by WebDriver. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";

import puppeteer, { type Page } from "puppeteer-core";

import { freePort } from "./ports.ts";

/** One tab. */
export interface OtherTab {
  /** Goes to an address and waits until it is loaded. */
  opens(address: string): Promise<void>;
  /** Runs a function in the page, which uses nothing but its argument, and answers with what it gives. */
  does<In, Out>(work: (argument: In) => Out, argument: In): Promise<Out>;
  /** Comes before the others. */
  comesToFront(): Promise<void>;
}

/** A browser that runs. */
export interface OtherBrowser {
  /** Name and version. */
  readonly name: string;
  newTab(): Promise<OtherTab>;
  ends(): Promise<void>;
}

/** Firefox, if `FIREFOX` or Debian's place has one. */
export async function firefox(): Promise<OtherBrowser | undefined> {
  const executablePath = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
  if (!existsSync(executablePath)) return undefined;
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  return {
    name: (await browser.version()).replace("/", " "),
    newTab: async () => tabOf(await browser.newPage()),
    ends: () => browser.close(),
  };
}

function tabOf(page: Page): OtherTab {
  return {
    opens: async (address) => void (await page.goto(address)),
    does: (work, argument) => page.evaluate(work as (argument: unknown) => unknown, argument) as never,
    comesToFront: () => page.bringToFront(),
  };
}

const DRIVER = process.env["WEBKIT_DRIVER"] ?? "/usr/bin/WebKitWebDriver";
const DISPLAY_SERVER = "/usr/bin/Xvfb";

/** WebKitGTK, if its driver and Xvfb are there. */
export async function webkit(): Promise<OtherBrowser | undefined> {
  if (!existsSync(DRIVER) || !existsSync(DISPLAY_SERVER)) return undefined;
  const screen = spawn(DISPLAY_SERVER, ["-displayfd", "3", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [display] = (await once(screen.stdio[3] as NodeJS.EventEmitter, "data")) as [Buffer];
  const port = await freePort();
  // Its sandbox needs rights that root in a container does not have.
  const environment = { DISPLAY: `:${display.toString().trim()}`, GDK_BACKEND: "x11", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const driver = spawn(DRIVER, [`--port=${port}`], { env: { ...process.env, ...environment }, stdio: "ignore" });
  return WebKit.start(`http://127.0.0.1:${port}`, [driver, screen]);
}

interface Session {
  sessionId: string;
  capabilities: { browserVersion: string };
}

/** One session of WebDriver. Its commands go to one window at a time, so each tab's commands wait for the others'. */
class WebKit implements OtherBrowser {
  private turn: Promise<unknown> = Promise.resolve();
  private isFirst = true;

  private constructor(
    readonly name: string,
    private readonly session: string,
    private readonly processes: ChildProcess[],
  ) {}

  static async start(driver: string, processes: ChildProcess[]): Promise<WebKit> {
    const wish = { capabilities: { alwaysMatch: {} } };
    const { sessionId, capabilities } = await patiently(() => command<Session>("POST", `${driver}/session`, wish));
    return new WebKit(`WebKitGTK ${capabilities.browserVersion}`, `${driver}/session/${sessionId}`, processes);
  }

  async newTab(): Promise<OtherTab> {
    const here = this.isFirst ? this.send<string>("GET", "/window") : undefined;
    const handle = (await here) ?? (await this.send<{ handle: string }>("POST", "/window/new", { type: "tab" })).handle;
    this.isFirst = false;
    const inTab = <Answer>(path: string, body: object) => this.inTab<Answer>(handle, path, body);
    return {
      opens: (url) => inTab("/url", { url }),
      does: (work, argument) => inTab("/execute/async", { script: asScript(work), args: [argument] }),
      comesToFront: () => inTab("/window", { handle }),
    };
  }

  async ends(): Promise<void> {
    await this.send("DELETE", "");
    for (const child of this.processes) child.kill();
  }

  private inTab<Answer>(handle: string, path: string, body: object): Promise<Answer> {
    const answer = this.turn.then(async () => {
      await this.send("POST", "/window", { handle });
      return this.send<Answer>("POST", path, body);
    });
    this.turn = answer.catch(() => {});
    return answer;
  }

  private send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return command(method, this.session + path, body);
  }
}

/** The page's policy allows no `eval`, so the function stands in the script itself. */
function asScript(work: unknown): string {
  return `const [argument, done] = arguments; Promise.resolve((${work})(argument)).then(done);`;
}

async function command<Answer>(method: string, address: string, body?: object): Promise<Answer> {
  const answer = await fetch(address, { method, body: body && JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: Answer };
  if (!answer.ok) throw new Error(`${address}: ${JSON.stringify(value)}`);
  return value;
}

/** Tries until the driver listens. */
async function patiently<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let left = 100; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
