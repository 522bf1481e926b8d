/*
 * What a person waits for: the page of site tokens with few and with many of them, and a vault that is kept by a passphrase. The
 * files are in the browser's cache, as after a first visit. Nothing passes or fails by a time: what was measured becomes a table
 * in test-results/bench-pages.md.
 *
 * BENCH_RUNS (20): rounds of each row.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { SiteTokens, madeUp } from "../people/sites.ts";
import { VaultPage } from "../people/vault_page.ts";
import { test } from "../rigs/test.ts";
import { both, median } from "./quantiles.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 20);
const PASSPHRASE = "five words chosen by chance";

interface Opened {
  /** Milliseconds from the start of the navigation until the first card is drawn. */
  took: number[];
  /** Cards in the document. */
  rows: number;
  /** All its elements. */
  elements: number;
}

test("pages", async ({ people, browser }) => {
  const load = loadavg().map((figure) => figure.toFixed(2)).join(", ");
  const opened = new Map<number, Opened>();
  let unlocked = { took: [] as number[], derived: "" };
  for (const count of [10, 1_000, 5_000]) {
    const person = await people.signedIn("user", { viewport: { width: 1280, height: 800 } });
    const sites = await SiteTokens.opened(person);
    // None of them ends so soon that a dialog comes.
    await sites.imports(Array.from({ length: count }, (_, at) => madeUp(String(at).padStart(4, "0"), 60 + at)));
    opened.set(count, await opens(person.page, `${person.server.origin}/sites`));
    if (count === 10) {
      const vault = new VaultPage(person);
      await vault.opens();
      await vault.usesPassphrase(PASSPHRASE);
      const derived = `${await person.fact("One guess costs").innerText()}; alone it took ${await person.fact("Deriving the key took").innerText()}`;
      unlocked = { took: await unlocks(person.page, `${person.server.origin}/sites`), derived };
    }
    await person.page.close();
  }
  const few = opened.get(10) as Opened;
  const rows = [...opened].map(([count, { took, rows, elements }]) => {
    const ratio = (median(took) / median(few.took)).toFixed(2);
    return line(`/sites with ${count.toLocaleString("en")} tokens: from navigation to the first card`, both(took), ratio, `${rows}`, `${elements}`);
  });
  const table = [
    `Chromium ${browser.version()}, ${RUNS} rounds, ${cpus().length} × ${cpus()[0]?.model}, load before ${load}`,
    "",
    line("", "time", "against 10", "cards in the document", "elements"),
    line(...Array<string>(5).fill("---")),
    ...rows,
    line(`vault unlocked by its passphrase: from pressing Unlock to the first card (${unlocked.derived})`, both(unlocked.took), "", "", ""),
    "",
  ].join("\n");
  await mkdir(join(import.meta.dirname, "../test-results"), { recursive: true });
  await writeFile(join(import.meta.dirname, "../test-results/bench-pages.md"), table);
  console.log(table);
  expect(few.rows).toBeGreaterThan(0);
  expect(unlocked.took).toHaveLength(RUNS);
});

const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

async function opens(page: Page, url: string): Promise<Opened> {
  const took: number[] = [];
  // The first one fills the cache.
  for (let run = -1; run < RUNS; run += 1) {
    await page.goto(url);
    const at = await page.evaluate(firstCard);
    if (run >= 0) took.push(at);
  }
  const rows = await page.locator("li.entry").count();
  return { took, rows, elements: await page.evaluate(() => document.querySelectorAll("*").length) };
}

async function unlocks(page: Page, url: string): Promise<number[]> {
  const took: number[] = [];
  while (took.length < RUNS) {
    await page.goto(url);
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    const unlock = page.getByRole("button", { name: "Unlock", exact: true });
    await expect(unlock).toBeEnabled();
    const begun = await unlock.evaluate((button: HTMLButtonElement) => {
      const now = performance.now();
      button.click();
      return now;
    });
    took.push((await page.evaluate(firstCard)) - begun);
  }
  return took;
}

/** Milliseconds on the page's clock when the first card was drawn. It runs in the page and uses nothing from outside itself. */
async function firstCard(): Promise<number> {
  const drawn = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))));
  const isThere = (): boolean => document.querySelector(".site-card h2")?.textContent !== undefined;
  while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
  return drawn();
}
