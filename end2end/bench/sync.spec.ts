/*
 * Two devices that share 5,000 site tokens by way of the sealed copy: the first sends all of them, the second joins and reads all
 * of them, and then each syncs when nothing, and when one thing, was changed. The files are in the browser's cache. Nothing passes
 * or fails by a time: what was measured becomes a table in test-results/bench-sync.md.
 *
 * BENCH_RUNS (3): rounds of the first two rows; BENCH_ROWS (5000): how many tokens.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { SiteTokens, madeUp } from "../people/sites.ts";
import { test } from "../rigs/test.ts";
import { both } from "./quantiles.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 3);
const ROWS = Number(process.env["BENCH_ROWS"] ?? 5_000);
const QUIET_RUNS = 8;
const PASSPHRASE = "mill lantern quiet orbit saddle";

test("sync", async ({ people, browser }) => {
  const load = loadavg().map((figure) => figure.toFixed(2)).join(", ");
  const person = await people.signedIn("user");
  const sites = await SiteTokens.opened(person);
  await sites.imports(Array.from({ length: ROWS }, (_, at) => madeUp(String(at).padStart(4, "0"), 60 + at)));
  const times = { begun: [] as number[], joined: [] as number[], nothing: [] as number[] };
  let size = "";
  for (let run = 0; run < RUNS; run += 1) {
    await person.opens("/settings/sync");
    for (const label of ["Passphrase", "Passphrase again"]) await person.page.getByLabel(label, { exact: true }).fill(PASSPHRASE);
    times.begun.push(await tookUntilAll(person, "Turn sync on"));
    size = await person.fact("Size of the copy").innerText();
    const other = await people.again(person);
    await other.opens("/settings/sync");
    await other.page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    times.joined.push(await tookUntilAll(other, "Join"));
    if (run + 1 === RUNS) {
      while (times.nothing.length < QUIET_RUNS) times.nothing.push(await other.page.evaluate(round));
    }
    await other.page.context().close();
    await person.page.getByRole("button", { name: "Delete the copy" }).click();
    await person.page.getByRole("dialog").getByRole("button", { name: "Delete the copy" }).click();
    await expect(person.page.getByRole("heading", { name: "Turn sync on" })).toBeVisible();
  }
  const count = ROWS.toLocaleString("en");
  const table = [
    `Chromium ${browser.version()}, ${cpus().length} × ${cpus()[0]?.model}, load before ${load}; a copy of ${count} items has ${size}`,
    "",
    line("", "time", "of"),
    line(...Array<string>(3).fill("---")),
    line(`${count} records sealed and sent, from pressing Turn sync on, with the passphrase's key`, both(times.begun), `${RUNS} runs`),
    line(`${count} records read, opened and kept, from pressing Join, with the passphrase's key`, both(times.joined), `${RUNS} runs`),
    line(`a round with ${count} records in which nothing is new`, both(times.nothing), `${QUIET_RUNS} rounds`),
    "",
  ].join("\n");
  await mkdir(join(import.meta.dirname, "../test-results"), { recursive: true });
  await writeFile(join(import.meta.dirname, "../test-results/bench-sync.md"), table);
  console.log(table);
  expect(times.joined).toHaveLength(RUNS);
});

const line = (...cells: string[]): string => `| ${cells.join(" | ")} |`;

/** Milliseconds from pressing the button until the page says that all items are in the copy, and nothing is under way. */
async function tookUntilAll(person: Person, button: string): Promise<number> {
  await expect(person.page.getByRole("button", { name: button })).toBeEnabled();
  return pressed(person.page, button);
}

/** It runs in the page: presses, and waits until the first round is over. */
function pressed(page: Page, button: string): Promise<number> {
  return page.evaluate(
    async ({ button, rows }) => {
      const named = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
      const items = () => {
        const name = [...document.querySelectorAll("dl.facts dt")].find((one) => one.textContent === "Items in the copy");
        return Number(name?.nextElementSibling?.textContent ?? 0);
      };
      const begun = performance.now();
      named(button)?.click();
      while (items() < rows) await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - begun;
    },
    { button, rows: ROWS },
  );
}

/** Milliseconds of a round a person asks for. It runs in the page and uses nothing from outside itself. */
async function round(): Promise<number> {
  const button = [...document.querySelectorAll("button")].find((one) => /Sync now|Syncing/.test(one.textContent ?? ""));
  const isBusy = () => button?.getAttribute("aria-disabled") === "true";
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  while (isBusy()) await frame();
  const begun = performance.now();
  button?.click();
  while (!isBusy()) await frame();
  while (isBusy()) await frame();
  return performance.now() - begun;
}
