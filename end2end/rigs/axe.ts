import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What another colour scheme can change. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/** What axe finds serious or critical on a page, one line for each element. */
export function barriers(page: Page): Promise<string[]> {
  return found(builder(page));
}

/** The same in light colours, and in dark ones what those can change: the rest of the page is the same. */
export async function barriersInBothColours(page: Page): Promise<string[]> {
  const light = await barriers(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await found(builder(page).withRules(RULES_OF_COLOUR));
  await page.emulateMedia({ colorScheme: "light" });
  return [...light, ...dark.map((line) => `in dark colours, ${line}`)];
}

function builder(page: Page): AxeBuilder {
  // The legacy mode runs everything in the page itself, instead of opening a second one to put the results of frames together.
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
}

async function found(builder: AxeBuilder): Promise<string[]> {
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary ?? ""}`));
}
