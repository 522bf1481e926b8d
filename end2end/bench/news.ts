import type { Page } from "@playwright/test";

import type { Session } from "./contestants.ts";

/** A keeper asks for no more than a dozen tokens a minute, so the next ones are asked for by another person's. */
const RENEWALS = 8;

/** One way from tab to tab, in milliseconds. */
export interface News {
  /** From where a token's news were first posted to where they first reached the other tab, by whichever way. */
  heard: number[];
  /** From there to where the other tab's view showed the token, which it read in the vault meanwhile. */
  shown: number[];
  /** A message of a bare channel. */
  raw: number[];
}

/**
 * `rounds` renewals in the first of so many tabs, each seen by all others; `begins` gives each eight renewals a new person,
 * and one before them, for which the program is compiled on the way, is not counted.
 */
export async function newsBetween(count: number, rounds: number, begins: () => Promise<Session>): Promise<News> {
  const all: News = { heard: [], shown: [], raw: [] };
  for (let round = 0; round < rounds; round += RENEWALS) {
    const session = await begins();
    const tabs: Page[] = [];
    while (tabs.length < count) tabs.push(await session.tab(true));
    const [teller, ...hearers] = tabs as [Page, ...Page[]];
    for (let generation = 2; generation < 3 + Math.min(RENEWALS, rounds - round); generation += 1) {
      const times = hearers.map((tab) =>
        tab.evaluate(async (generation) => {
          const shown = await peer.seen?.(generation);
          return { shown, heard: peer.heard?.(generation) };
        }, generation),
      );
      const told = await teller.evaluate(async (generation) => {
        await peer.tokenAfter?.(generation - 1);
        return peer.told?.(generation);
      }, generation);
      const seen = await Promise.all(times);
      const raw = await bareMessage(teller, hearers);
      if (generation === 2) continue;
      for (const { shown, heard } of seen) {
        all.heard.push((heard ?? Number.NaN) - (told ?? Number.NaN));
        all.shown.push((shown ?? Number.NaN) - (told ?? Number.NaN));
      }
      all.raw.push(...raw);
    }
    await session.ends();
  }
  return all;
}

async function bareMessage(teller: Page, hearers: Page[]): Promise<number[]> {
  const heard = hearers.map((tab) =>
    tab.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const channel = new BroadcastChannel("bare");
          channel.onmessage = () => {
            resolve(performance.timeOrigin + performance.now());
            channel.close();
          };
        }),
    ),
  );
  // Each has its channel once it answers another question.
  await Promise.all(hearers.map((tab) => tab.evaluate(() => 1)));
  const told = await teller.evaluate(() => {
    const channel = new BroadcastChannel("bare");
    const at = performance.timeOrigin + performance.now();
    channel.postMessage("x");
    return at;
  });
  return (await Promise.all(heard)).map((at) => at - told);
}
