import { chromium } from "@playwright/test";

import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test } from "../rigs/test.ts";

const HOST = "insecure.example";

test("a page that is not a secure context says exactly that and what to do", async ({ calm, launchOptions }) => {
  calm.expects(/Cross-Origin-Opener-Policy header has been ignored/);
  const server = await TokenkeepServer.start({ publicHost: HOST });
  const args = [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${HOST} 127.0.0.1`];
  const browser = await chromium.launch({ ...launchOptions, args });
  try {
    const context = await browser.newContext();
    await calm.watches(context);
    const page = await context.newPage();
    const answer = await page.goto(`http://${HOST}:${server.port}/setup`);
    expect(answer?.status()).toBe(200);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await expect(page.getByRole("alert").filter({ hasText: /secure context/i })).toContainText(/https/i);
  } finally {
    await browser.close();
    await server.isRemoved();
  }
});

test("on loopback nothing of the kind is said", async ({ people }) => {
  const newcomer = await people.withoutAccount();
  await newcomer.opens("/sign-in");
  await expect(newcomer.page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  await expect(newcomer.page.getByText(/secure context/i)).toHaveCount(0);
});
