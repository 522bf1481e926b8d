import type { Page } from "@playwright/test";

import { kills, processOf } from "../rigs/process.ts";
import type { AuthorizationServer } from "./authorization_server.ts";
import type { Contestant, Session } from "./contestants.ts";

const BATCH = 1_000;
const BATCHES = 100;
/** Until pages begin together, so that each has heard of it. */
const AHEAD = 300;

/** Milliseconds of one call for a token that is valid; each figure is the mean of a thousand calls, because clocks are coarse. */
export async function warm(page: Page): Promise<number[]> {
  return page.evaluate(
    async ({ batch, batches }) => {
      const times: number[] = [];
      for (let round = -10; round < batches; round += 1) {
        const begun = performance.now();
        for (let call = 0; call < batch; call += 1) await peer.token();
        if (round >= 0) times.push((performance.now() - begun) / batch);
      }
      return times;
    },
    { batch: BATCH, batches: BATCHES },
  );
}

/**
 * All tabs ask at the same moment, each so many times, for a token: after that of a generation, if one is given. `took` is
 * from the first call to the last release, in milliseconds.
 */
export async function together(
  tabs: Page[],
  calls: number,
  after?: number,
): Promise<{ tokens: (string | undefined)[]; took: number }> {
  const at = Date.now() + AHEAD + 30 * tabs.length;
  const outcomes = await Promise.all(
    tabs.map((tab) =>
      tab.evaluate(
        async ({ at, calls, after }) => {
          await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
          const ask = () => (after === undefined ? peer.token() : (peer.tokenAfter?.(after) ?? peer.token()));
          const begun = performance.timeOrigin + performance.now();
          const patience = new Promise<undefined>((resolve) => setTimeout(resolve, 10_000));
          const asked = Array.from({ length: calls }, () => Promise.race([ask(), patience]).catch(() => undefined));
          const tokens = await Promise.all(asked);
          return { tokens, begun, ended: performance.timeOrigin + performance.now() };
        },
        { at, calls, after },
      ),
    ),
  );
  const took = Math.max(...outcomes.map(({ ended }) => ended)) - Math.min(...outcomes.map(({ begun }) => begun));
  return { tokens: outcomes.flatMap(({ tokens }) => tokens), took };
}

/**
 * A tab asks for a token and is closed once the server has the request; then another tab asks. Gives nothing where the token to be
 * renewed was renewed before.
 */
export async function closed(
  session: Session,
  server: AuthorizationServer,
): Promise<{ token: string | undefined; requests: number } | undefined> {
  const [doomed, next] = [await session.tab(), await session.tab()];
  const before = server.asked(session.client);
  const delay = server.delay;
  server.delay = 400;
  try {
    await session.runsOut(doomed);
    if (session.isSpent()) return undefined;
    // Who needs no request, for it asks again what was asked before, is closed all the same.
    const arrived = new Promise((resolve) => {
      server.once("request", resolve);
      setTimeout(resolve, 5_000);
    });
    await doomed.evaluate(() => void peer.token().catch(() => {}));
    await arrived;
    await doomed.close();
    const token = await next.evaluate(() => {
      const patience = new Promise<undefined>((resolve) => setTimeout(resolve, 10_000));
      return Promise.race([peer.token(), patience]).catch(() => undefined);
    });
    return { token, requests: server.asked(session.client) - before };
  } finally {
    server.delay = delay;
  }
}

/** Milliseconds from the kill of the tab that holds the lock to what the next does: ours asks our server, the bare one is granted. */
export async function lockAfterKill(
  ours: Contestant,
  server: AuthorizationServer,
  runs: number,
): Promise<{ next: number[]; raw: number[] }> {
  const [next, raw]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    const session = await ours.begins(3_600);
    const [doomed, heir] = [await session.tab(true), await session.tab(true)];
    const doomedProcess = await processOf(doomed);
    server.delay = 4_000;
    const arrived = new Promise((resolve) => server.once("request", resolve));
    await doomed.evaluate(() => void peer.tokenAfter?.(1));
    await arrived;
    await heir.evaluate(() => void peer.tokenAfter?.(1));
    await waitsFor(heir, /^tokenkeep:/);
    await heir.evaluate(() => (globalThis.askedAt = undefined));
    const killed = performance.timeOrigin + performance.now();
    await kills(doomed, doomedProcess);
    const asked = await heir.waitForFunction(() => globalThis.askedAt, undefined, { polling: 20 });
    next.push(((await asked.jsonValue()) ?? Number.NaN) - killed);
    server.delay = 150;
    raw.push(await bareLock(session, heir));
    await session.ends();
  }
  return { next, raw };
}

async function bareLock(session: Session, heir: Page): Promise<number> {
  const doomed = await session.tab();
  const doomedProcess = await processOf(doomed);
  await doomed.evaluate(() => new Promise<void>((held) => void navigator.locks.request("bare", () => (held(), new Promise(() => {})))));
  const granted = heir.evaluate(() => navigator.locks.request("bare", () => performance.timeOrigin + performance.now()));
  await waitsFor(heir, /^bare$/);
  const killed = performance.timeOrigin + performance.now();
  await kills(doomed, doomedProcess);
  return (await granted) - killed;
}

async function waitsFor(page: Page, name: RegExp): Promise<void> {
  await page.waitForFunction(
    async (source) => (await navigator.locks.query()).pending?.some((lock) => new RegExp(source).test(lock.name ?? "")),
    name.source,
    { polling: 20 },
  );
}
