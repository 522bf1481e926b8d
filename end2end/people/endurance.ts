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
 * Reads the token in one tab after the other for so many seconds. What a person reads is there soon, and is a
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

/** The one token that all tabs show, once they do: a tab may be read just before it hears of a renewal. */
export async function tokenOfAll(tabs: Person[], name: string): Promise<string> {
  let shown: string[] = [];
  const different = async (): Promise<number> => {
    shown = [...new Set(await Promise.all(tabs.map((tab) => tab.readsToken(name))))];
    return shown.length;
  };
  await expect.poll(different, "different tokens shown by the tabs").toBe(1);
  return shown[0] ?? "";
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
  await tokenOfAll(tabs, name);
  const asked = () => provider.grants.filter((grant) => grant.clientId === client.id).length;
  await expect.poll(async () => asked() - (await tabs[0]?.keptGeneration() ?? 0), "requests beyond one per generation").toBe(0);
}
