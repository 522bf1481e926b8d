import type { BrowserContext } from "@playwright/test";

/** A way for news between tabs, as the preference names it. */
export type Way = "worker" | "channel" | "storage";

/** All of them, the best first. */
export const WAYS: readonly Way[] = ["worker", "channel", "storage"];

/** The best way for all tests; none for whichever the browser has. */
export const WAY_OF_ALL = process.env["TOKENKEEP_NEWS"] as Way | undefined;

/** From now on tabs opened here speak to each other by this way at best, unless a person chooses another on the page *Tabs*. */
export async function newsTravelBy(context: BrowserContext, way: Way | undefined = WAY_OF_ALL): Promise<void> {
  if (!way) return;
  await context.addInitScript((way) => {
    // An empty page has no storage.
    if (location.protocol.startsWith("http")) localStorage["tokenkeep.way"] ??= way;
  }, way);
}
