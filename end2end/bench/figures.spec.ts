/*
 * What the keeper does between tabs, beside five libraries from npm and the bare means of the browser, all in one run and
 * one headless Chromium. Nothing passes or fails here: what was measured becomes a table in test-results/bench.md.
 *
 * BENCH_RUNS (50): rounds of each row. BENCH_IDLE (120): seconds that tabs are left idle. BENCH_ONLY: names of contestants
 * (auth0, oidc, msal, okta, supabase), to leave out the others. BENCH_ROWS: names of rows, likewise.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import { expect, type Page, test } from "@playwright/test";

import { EverydayBrowser, WHOLE } from "../rigs/everyday.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { AuthorizationServer } from "./authorization_server.ts";
import { bundle, type Contestant, Ours, Peer, PEERS, type Session } from "./contestants.ts";
import { counting, idle } from "./idle.ts";
import { closed, lockAfterKill, together, warm } from "./measures.ts";
import { newsBetween } from "./news.ts";
import { both, median, ms, quantile } from "./quantiles.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 50);
const IDLE = Number(process.env["BENCH_IDLE"] ?? 120);
const ONLY = process.env["BENCH_ONLY"]?.split(",");
const ROWS = process.env["BENCH_ROWS"]?.split(",");
/** Seconds of a token that is to end: long enough to close the tab that got it before its half, when ours would renew. */
const SHORT = 2;
const FOLDER = process.env["BENCH_PAGE"] ?? "";

test("figures", async ({ browser }) => {
  const shorts = (Object.keys(PEERS) as (keyof typeof PEERS)[]).filter((short) => ONLY?.includes(short) ?? true);
  const files = new Map<string, string>();
  for (const short of shorts) {
    files.set(`/${short}.js`, bundle(short));
    files.set(`/${short}.html`, `<!doctype html><title>${short}</title><script src="/${short}.js"></script>`);
  }
  const load = loadavg().map((figure) => figure.toFixed(2)).join(", ");
  const server = await AuthorizationServer.start(files);
  const settings = { TOKENKEEP_LOG_LEVEL: "info" };
  const tokenkeep = await TokenkeepServer.start({ loopbackOrigins: [server.origin], settings });
  const contestants: Contestant[] = [await Ours.make(FOLDER, await browser.newContext(), tokenkeep, server)];
  for (const short of shorts) contestants.push(await Peer.make(short, files.get(`/${short}.js`) ?? "", browser, server));

  const rows: string[][] = [];
  for (const contestant of contestants) {
    const row = [contestant.name];
    for (const figure of [warmly, hundredCallers, sixTabs, closedTab]) {
      if (ROWS && !ROWS.includes(figure.name)) {
        row.push("");
        continue;
      }
      // A library that can't do a thing says so in its row, and the others go on.
      const cell = await figure(contestant, server).catch((error: Error) => `not measured: ${error.message.split("\n")[0]?.slice(0, 90)}`);
      console.log(`${contestant.name}: ${figure.name}: ${cell}`);
      row.push(cell);
    }
    rows.push([...row, `${(contestant.size / 1_024).toFixed(1)} KiB`]);
  }
  const ours = contestants[0] as Ours;
  const bare: string[][] = [];
  for (const [name, rows] of [
    ["news", () => newsRows(ours)],
    ["lock", () => lockRows(ours, server)],
    ["idle", () => idleRows(tokenkeep, server)],
  ] as const) {
    if (!ROWS || ROWS.includes(name)) bare.push(...(await rows()));
  }
  for (const contestant of contestants) await contestant.ends();
  await server.ends();
  await tokenkeep.isRemoved();

  const table = [
    `Chromium ${browser.version()}, ${RUNS} rounds, token endpoint answers after 150 ms, log level info`,
    `${cpus().length} × ${cpus()[0]?.model}, load before ${load}`,
    "",
    line("", "valid token, warm", "100 callers in 10 tabs at once", "six tabs wake on an expired token", "tab closed in mid-renewal", "gzip"),
    line(...Array<string>(6).fill("---")),
    ...rows.map((row) => line(...row)),
    "",
    ...besideTheFastest(contestants),
    line("", "ours", "bare", "ratio"),
    line(...Array<string>(4).fill("---")),
    ...bare.map((row) => line(...row)),
    "",
  ].join("\n");
  await mkdir(join(import.meta.dirname, "../test-results"), { recursive: true });
  await writeFile(join(import.meta.dirname, "../test-results/bench.md"), table);
  console.log(table);
  expect(rows.length).toBe(contestants.length);
});

const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

async function within<T>(contestant: Contestant, lifetime: number, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await contestant.begins(lifetime);
  try {
    return await work(session);
  } finally {
    await session.ends();
  }
}

/** Each contestant's median for a valid token, in milliseconds. */
const WARM = new Map<Contestant, number>();

async function warmly(contestant: Contestant): Promise<string> {
  const times = await within(contestant, 3_600, async (session) => warm(await session.tab(true)));
  WARM.set(contestant, median(times));
  return both(times);
}

/** How ours stands beside the fastest of the others, for a token that is valid. */
function besideTheFastest([ours, ...others]: Contestant[]): string[] {
  const own = ours && WARM.get(ours);
  const [fastest] = others.filter((other) => WARM.has(other)).sort((one, other) => WARM.get(one)! - WARM.get(other)!);
  if (own === undefined || !fastest) return [];
  const ratio = own / WARM.get(fastest)!;
  return [`A valid token: ours takes ${ratio.toFixed(2)} × the time of the fastest library, ${fastest.name}.`, ""];
}

/**
 * Each tab runs and has the token that is no good any more: for ours an API refused it, for the others it expired. The bare
 * trip is the same request by a plain `fetch`. Ours carries no `Idempotency-Key` there, so our server holds no key and keeps no
 * answer for a repeat: what that costs is the keeper's own, and counts against it.
 */
async function hundredCallers(contestant: Contestant, server: AuthorizationServer): Promise<string> {
  const [ratios, later, requests, served]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let run = 0; run < RUNS; run += 1) {
    const isOurs = contestant.name === "Tokenkeep";
    await within(contestant, isOurs ? 3_600 : SHORT, async (session) => {
      // Some renew as soon as their page is opened: that counts as well.
      const opened = server.asked(session.client);
      const tabs = await several(10, () => session.tab(isOurs));
      const early = server.asked(session.client) - opened;
      const bare = await session.roundTrip(tabs[0] as Page);
      if (!isOurs) await session.runsOut(tabs[0] as Page);
      const before = server.asked(session.client);
      const outcome = await together(tabs, 10, isOurs ? 1 : undefined);
      requests.push(server.asked(session.client) - before + early);
      served.push(outcome.tokens.filter((token) => server.isGood(token)).length);
      ratios.push(outcome.took / bare);
      // The first time in a tab its program is compiled on the way.
      if (isOurs) later.push((await together(tabs, 10, 2)).took / bare);
    });
  }
  const times = (ratios: number[]) => `${median(ratios).toFixed(2)} × a bare round trip (p95 ${quantile(ratios, 0.95).toFixed(2)})`;
  const again = later.length > 0 ? `, ${times(later)} at the second expiry in the same tabs` : "";
  return `${spread(requests)} requests, ${spread(served)} of 100 served, ${times(ratios)}${again}`;
}

async function sixTabs(contestant: Contestant, server: AuthorizationServer): Promise<string> {
  const [requests, served]: [number[], number[]] = [[], []];
  while (requests.length < RUNS) {
    await within(contestant, SHORT, async (session) => {
      const before = server.asked(session.client);
      const tabs = await several(6, () => session.tab());
      await session.runsOut(tabs[0] as Page);
      if (session.isSpent()) return;
      const { tokens } = await together(tabs, 1);
      requests.push(server.asked(session.client) - before);
      served.push(tokens.filter((token) => server.isGood(token)).length);
    });
  }
  const good = requests.filter((count, run) => count === 1 && served[run] === 6).length;
  return `${good} of ${RUNS} (${spread(requests)} requests, ${spread(served)} of 6 served)`;
}

async function closedTab(contestant: Contestant, server: AuthorizationServer): Promise<string> {
  let good = 0;
  const requests: number[] = [];
  while (requests.length < RUNS) {
    await within(contestant, SHORT, async (session) => {
      const outcome = await closed(session, server);
      if (!outcome) return;
      requests.push(outcome.requests);
      if (outcome.requests === 1 && server.isGood(outcome.token)) good += 1;
    });
  }
  return `${good} of ${RUNS} (${spread(requests)} requests)`;
}

async function newsRows(ours: Ours): Promise<string[][]> {
  const rows: string[][] = [];
  for (const count of [2, 5, 20]) {
    const { heard, shown, raw } = await newsBetween(count, RUNS, () => ours.begins(3_600));
    const ratio = (times: number[]) => `${(quantile(times, 0.95) / quantile(raw, 0.95)).toFixed(1)} (p95)`;
    rows.push([`news from tab to tab, ${count} tabs: until it is there, against a BroadcastChannel message`, both(heard), both(raw), ratio(heard)]);
    rows.push([`the same, until the view shows what the vault holds`, both(shown), both(raw), ratio(shown)]);
  }
  return rows;
}

async function lockRows(ours: Ours, server: AuthorizationServer): Promise<string[][]> {
  const { next, raw } = await lockAfterKill(ours, server, RUNS);
  return [["tab killed with the lock: until the next tab's request, against the bare Web Lock's grant", both(next), both(raw), (median(next) / median(raw)).toFixed(1)]];
}

/** In the browser as people have it, where a tab behind another one is hidden. */
async function idleRows(tokenkeep: TokenkeepServer, server: AuthorizationServer): Promise<string[][]> {
  const everyday = await EverydayBrowser.start(WHOLE);
  await everyday.context.addInitScript(counting);
  const ours = await Ours.make(FOLDER, everyday.context, tokenkeep, server);
  try {
    return await within(ours, 3_600, async (session) => {
      const keepers = await idle(20, IDLE, () => session.tab(true));
      const blank = await idle(20, IDLE, () => ours.blank());
      return [
        ["processor time of 20 idle hidden tabs in a minute", ms(keepers.cpu), ms(blank.cpu), (keepers.cpu / blank.cpu).toFixed(1)],
        ["how often the timers of such a tab fire in a minute, at most", keepers.wakes.toFixed(1), blank.wakes.toFixed(1), ""],
        ["how often one timer does, at most", keepers.busiest.toFixed(1), blank.busiest.toFixed(1), ""],
        ["memory of such 20 tabs (proportional set)", `${keepers.memory.toFixed(0)} MB`, `${blank.memory.toFixed(0)} MB`, (keepers.memory / blank.memory).toFixed(1)],
      ];
    });
  } finally {
    await everyday.ends();
  }
}

async function several(count: number, make: () => Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  while (pages.length < count) pages.push(await make());
  return pages;
}

function spread(counts: number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least}–${most}`;
}
