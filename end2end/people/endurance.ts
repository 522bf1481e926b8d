import { setTimeout } from "node:timers/promises";

import { expect } from "@playwright/test";

import type { Client, IndependentProvider } from "../rigs/provider.ts";
import type { Person } from "./person.ts";

/** What many tabs saw of one short-lived token. */
export interface Seen {
  /** The generations in the vault, each once, as they came. */
  generations: number[];
  /** How many tokens were read in a tab and checked. */
  reads: number;
}

/** Between two reads, in milliseconds: as a person would read, who leaves the machine to the other tests. */
const PACE = 400;

/**
 * Reads the token in one tab after the other for so many seconds. Each read is a caller: it is answered soon, and with a
 * token that is valid at that moment.
 */
export async function useTogether(tabs: Person[], name: string, provider: IndependentProvider, seconds: number): Promise<Seen> {
  const seen: Seen = { generations: [], reads: 0 };
  const end = Date.now() + seconds * 1_000;
  while (Date.now() < end) {
    for (const tab of tabs) {
      await provider.verified(await tab.readsToken(name, 5_000));
      seen.reads += 1;
      const generation = await tab.keptGeneration();
      if (generation !== seen.generations.at(-1)) seen.generations.push(generation);
      await setTimeout(PACE);
    }
  }
  return seen;
}

/** Each generation cost one request, and none was skipped; all tabs show the newest token. */
export async function expectOneRequestEach(
  tabs: Person[],
  name: string,
  provider: IndependentProvider,
  client: Client,
  { generations }: Seen,
): Promise<void> {
  const first = generations[0] ?? 0;
  expect(generations, "generations go up").toEqual([...generations].sort((one, other) => one - other));
  expect(generations.at(-1) ?? 0, "the token is renewed").toBeGreaterThan(first);
  const shown = async (): Promise<string[]> => [...new Set(await Promise.all(tabs.map((tab) => tab.readsToken(name))))];
  // A renewal may fall between two of the reads: then they are read again.
  await expect.poll(async () => (await shown()).length, "tokens shown by all tabs").toBe(1);
  const asked = () => provider.grants.filter((grant) => grant.clientId === client.id).length;
  await expect.poll(async () => asked() - (await tabs[0]?.keptGeneration() ?? 0), "requests beyond one per generation").toBe(0);
}
