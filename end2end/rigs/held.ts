import type { Page } from "@playwright/test";

/** Requests of `page` to `address` wait until the answer is called; from then on they go on at once. */
export async function holds(page: Page, address: RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(address, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
