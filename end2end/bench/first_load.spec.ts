/*
 * What a first visit loads, with nothing in the browser's cache, until nothing more is asked for: every byte over the wire, heads of
 * answers included. Nothing passes or fails by it: what was measured becomes a table in test-results/bench-first-load.md.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Browser } from "@playwright/test";

import { TokenkeepServer } from "../rigs/server.ts";
import { test } from "../rigs/test.ts";

const BUDGET = 280;

interface Load {
  bytes: number;
  files: number;
}

test("first load", async ({ browser, server }) => {
  const fresh = await TokenkeepServer.start();
  try {
    const urls = [`${server.origin}/sign-in`, `${server.origin}/invitation#key=an-unknown-key`, fresh.setupLink];
    const rows: string[] = [];
    for (const url of urls) {
      const { bytes, files } = await load(browser, url);
      expect(files).toBeGreaterThan(3);
      rows.push(line(new URL(url).pathname, `${(bytes / 1_000).toFixed(1)} kB`, `${BUDGET} kB`, `${files}`));
    }
    const table = [line("first load of", "over the wire", "budget", "answers"), line("---", "---", "---", "---"), ...rows, ""].join("\n");
    await mkdir(join(import.meta.dirname, "../test-results"), { recursive: true });
    await writeFile(join(import.meta.dirname, "../test-results/bench-first-load.md"), table);
    console.log(table);
  } finally {
    await fresh.isRemoved();
  }
});

const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

async function load(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const loaded: number[] = [];
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => loaded.push(encodedDataLength));
  await devtools.send("Network.enable");
  await page.goto(url, { waitUntil: "networkidle" });
  await context.close();
  return { bytes: loaded.reduce((sum, bytes) => sum + bytes, 0), files: loaded.length };
}
