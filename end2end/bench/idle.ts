import { readFile } from "node:fs/promises";

import type { CDPSession, Page } from "@playwright/test";

/** What so many tabs that do nothing cost. */
export interface Idle {
  /** Milliseconds of processor time of all renderers in a minute. */
  cpu: number;
  /** Megabytes of all renderers, shared ones shared out. */
  memory: number;
  /** How often a page's timers fired in a minute, all together, in the page with the most. */
  wakes: number;
  /** How often one of them did, set at one place in the program, in the page with the most. */
  busiest: number;
}

/** Milliseconds after opening in which a page is not idle yet: what it sets up once is no rhythm. */
const SETTLING = 10_000;

/** Of `count` tabs behind another one, over so many seconds. */
export async function idle(count: number, seconds: number, opens: () => Promise<Page>): Promise<Idle> {
  const pages: Page[] = [];
  while (pages.length < count) pages.push(await opens());
  const front = await (pages[0] as Page).context().newPage();
  await front.bringToFront();
  const browser = await sessionOf(front);
  await new Promise((resolve) => setTimeout(resolve, SETTLING));
  const hidden = await Promise.all(pages.map((page) => page.evaluate(() => document.visibilityState === "hidden")));
  if (hidden.includes(false)) throw new Error("a tab behind another one is not hidden");
  await Promise.all(pages.map((page) => page.evaluate(() => (globalThis.fired = {}))));
  const before = await renderers(browser);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const after = await renderers(browser);
  const fired = await Promise.all(pages.map((page) => page.evaluate(() => Object.values(globalThis.fired ?? {}))));
  const sum = (list: { cpuTime: number }[]) => list.reduce((total, { cpuTime }) => total + cpuTime, 0);
  let memory = 0;
  for (const { id } of after) memory += await proportionalSet(id);
  await browser.detach();
  await Promise.all([front, ...pages].map((page) => page.close()));
  const aMinute = 60 / seconds;
  const all = fired.map((times) => times.reduce((total, one) => total + one, 0));
  return {
    cpu: (sum(after) - sum(before)) * 1_000 * aMinute,
    memory,
    wakes: Math.max(...all) * aMinute,
    busiest: Math.max(0, ...fired.flat()) * aMinute,
  };
}

/** Runs in each page first: its timers count how often they fire, by the place in the program that set them. */
export function counting(): void {
  globalThis.fired = {};
  const { setTimeout, setInterval } = globalThis;
  const counted = (then: unknown) => {
    const place = new Error().stack ?? "";
    return (...given: unknown[]) => {
      const fired = (globalThis.fired ??= {});
      fired[place] = (fired[place] ?? 0) + 1;
      if (typeof then === "function") then(...given);
    };
  };
  Object.assign(globalThis, {
    setTimeout: (then: unknown, ...rest: []) => setTimeout(counted(then), ...rest),
    setInterval: (then: unknown, ...rest: []) => setInterval(counted(then), ...rest),
  });
}

async function sessionOf(page: Page): Promise<CDPSession> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser");
  return browser.newBrowserCDPSession();
}

async function renderers(session: CDPSession): Promise<{ id: number; cpuTime: number }[]> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer");
}

async function proportionalSet(process: number): Promise<number> {
  const rollup = await readFile(`/proc/${process}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1_000;
}

declare global {
  var fired: Record<string, number> | undefined;
}
