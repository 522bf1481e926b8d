import type { Page } from "@playwright/test";

import { barriers } from "../rigs/axe.ts";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 375, height: 800 };

/** The elements that reach beyond the window, when the page as a whole or a dialog that is open scrolls sideways. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const frames = [document.documentElement, ...document.querySelectorAll("dialog[open], :popover-open")];
    return frames.flatMap((frame) => {
      const { scrollWidth, clientWidth } = frame;
      if (scrollWidth <= clientWidth) return [];
      const edge = frame.getBoundingClientRect().left + clientWidth;
      const wide = [...frame.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > edge + 0.5);
      return [`${frame.tagName} ${frame.id}: ${scrollWidth} > ${clientWidth}`, ...wide.slice(0, 8).map((element) => element.outerHTML.slice(0, 120))];
    });
  });
}

/** What hinders people on the page as it stands, open dialogs and all, on a phone and at the size it has: what axe finds, and what is too wide. */
export async function hindrances(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const size of [PHONE, page.viewportSize() ?? DESK]) {
    await page.setViewportSize(size);
    const here = [...(await tooWide(page)), ...(await barriers(page))];
    found.push(...here.map((line) => `at ${size.width} px, ${line}`));
  }
  return found;
}
