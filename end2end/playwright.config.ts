/*
 * The end-to-end tests: the real, built server as a process, a real Chromium, and as provider both the server's own
 * sandbox and `oidc-provider`, an authorization server written by others.
 *
 *   npx playwright test                      all of it (build first: `cargo xtask test` does)
 *   npx playwright test specs/account        one spec
 *   TOKENKEEP_ENDURE=1 npx playwright test --project endure  what takes minutes; `cargo xtask endure` runs it, and then
 *                                            the specs of tabs over each way for their news: `--project news-by-channel`
 *
 * Environment: TOKENKEEP_SERVER (the server binary, built with the sandbox), TOKENKEEP_SITE (the site folder),
 * CHROMIUM (the browser), TOKENKEEP_NEWS (`worker`, `channel` or `storage`: the best way for news between tabs). Each
 * worker has one server with a fresh data folder; a spec that stops or kills a server starts its own. Every test fails on a console error or a violation of the content security policy that it did not
 * announce.
 *
 * rigs/    what the tests stand on: server, provider, sandbox control, search for secrets
 * people/  who uses the app: deeds in plain words, and the labels they go by
 * specs/   one per page, one per scenario; chaos/ what goes wrong around a renewal, endure/ the same for minutes
 */
import { defineConfig } from "@playwright/test";

import { FLAGS } from "./rigs/chromium.ts";
import { WAYS, type Way } from "./rigs/news.ts";

/** What goes on between tabs: run again over each way by which news may travel. */
const BETWEEN_TABS = ["chaos/**/*.spec.ts", "tabs.spec.ts", "reload_and_tabs.spec.ts", "sign_out.spec.ts", "vault.spec.ts"];

/** What takes minutes, and what goes on between tabs over each way. */
const ENDURE = [
  { name: "endure", testMatch: "endure/**/*.spec.ts", retries: 0, timeout: 900_000 },
  ...WAYS.map((way) => ({ name: `news-by-${way}`, testMatch: BETWEEN_TABS, retries: 0, use: { way } })),
];

export default defineConfig<{ way: Way | undefined }>({
  testDir: "specs",
  outputDir: "test-results",
  workers: 3,
  fullyParallel: true,
  forbidOnly: true,
  // A test that fails and then passes is named at the end and counted in the table: a defect to find, that stops nobody.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    headless: true,
    // Recording a trace takes a third of the time; `--trace retain-on-failure` turns it on for a test that fails.
    trace: "off",
    screenshot: "only-on-failure",
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: FLAGS,
    },
  },
  projects: [
    { name: "pages-and-scenarios", testIgnore: "endure/**" },
    ...(process.env["TOKENKEEP_BENCH"] ? [{ name: "bench", testDir: "bench", workers: 1, retries: 0, timeout: 6 * 3_600_000 }] : []),
    ...(process.env["TOKENKEEP_ENDURE"] ? ENDURE : []),
  ],
});
