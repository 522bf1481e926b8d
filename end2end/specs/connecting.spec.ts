import type { Page } from "@playwright/test";

import type { Person } from "../people/person.ts";
import { Inquiry } from "../rigs/inquiry.ts";
import type { TokenkeepServer } from "../rigs/server.ts";
import type { SandboxClient } from "../rigs/sandbox.ts";
import { expect, test } from "../rigs/test.ts";

const CONNECTING = "Connecting...";
const ISSUE = "Connection issue, retrying...";

/** What the banner said, and when, in milliseconds since the page began. Empty text: it went. */
interface Said {
  text: string;
  at: number;
}

/** Notes each change of the banner from now on, in the page itself: a machine that is busy moves no time. */
async function watches(page: Page): Promise<() => Promise<Said[]>> {
  await page.evaluate(() => {
    const root = document.querySelector(".connection-status");
    if (!root) throw new Error("the page has no place for the banner");
    const said: Said[] = [];
    Object.assign(window, { bannerSaid: said });
    new MutationObserver(() => said.push({ text: root.textContent ?? "", at: performance.now() })).observe(root, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { bannerSaid: Said[] }).bannerSaid);
}

/** When the last answer came that refused a call, in milliseconds since the page began. */
const refusedAt = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const calls = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return Math.max(...calls.filter(({ name, responseStatus }) => name.includes("/gateway/") && responseStatus === 401).map(({ responseEnd }) => responseEnd));
  });

/** How the banner looks: is its panel that of the tone, and does it move where motion is welcome? */
async function looks(page: Page, panel: "--info-panel" | "--bad-panel"): Promise<{ isInTone: boolean; moves: string; movesReduced: string }> {
  const moves = async (reducedMotion: "reduce" | "no-preference") => {
    await page.emulateMedia({ reducedMotion });
    return page.locator(".connecting").evaluate((banner) => getComputedStyle(banner).animationName);
  };
  const isInTone = await page.locator(".connecting").evaluate((banner, panel) => {
    const probe = document.createElement("div");
    probe.style.background = `var(${panel})`;
    document.body.append(probe);
    const wanted = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return getComputedStyle(banner).backgroundColor === wanted;
  }, panel);
  return { isInTone, moves: await moves("no-preference"), movesReduced: await moves("reduce") };
}

/** A connection whose token a call is about to find refused. */
async function withRefusedToken(person: Person, server: TokenkeepServer, name: string): Promise<SandboxClient> {
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name, provider: "Sandbox", client });
  await new Inquiry(server.sandbox, client).revokes(await person.readsToken(name));
  return client;
}

test("while requests wait for a renewal the page says so, not before 300 ms, and then nothing more", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/gateway/);
  await person.opens("/");
  const said = await watches(person.page);
  const client = await server.sandbox.addClient();
  await person.addsConnection({ name: "Slow", provider: "Sandbox", client });
  await person.goesBy("Licensing", "Organisation licensing");
  await expect(person.main.getByRole("region", { name: "Organisation" })).toBeVisible();
  const token = await person.readsToken("Slow");
  expect(await said(), "in normal operation").toEqual([]);

  await new Inquiry(server.sandbox, client).revokes(token);
  await server.sandbox.misbehavesFor(client, { type: "slow", ms: 3_000 }, 1);
  await person.goesBy("Licensing", "Organisation licensing");
  await expect(person.page.getByRole("status").filter({ hasText: CONNECTING })).toHaveText(`🔄 ${CONNECTING}`);
  expect(await looks(person.page, "--info-panel")).toEqual({ isInTone: true, moves: "slide-down", movesReduced: "none" });
  await expect(person.main.getByRole("region", { name: "Organisation" })).toBeVisible();
  await expect(person.page.getByText(CONNECTING)).toHaveCount(0);
  expect((await server.sandbox.counters(client)).granted).toBe(2);
  const [first, ...others] = await said();
  expect(first?.text).toContain(CONNECTING);
  expect((first?.at ?? 0) - (await refusedAt(person.page)), "nobody waited before the refusal came").toBeGreaterThanOrEqual(299);
  expect(others.map(({ text }) => text), "then it goes").toEqual([""]);
});

test("a renewal that fails under waiting requests says so as long as is set, and is tried again", async ({ person, server, calm }) => {
  calm.expects(/status of 401.*\/api\/v1\/gateway/);
  calm.expects(/status of 50\d.*\/api\/v1\/token/);
  const { page } = person;
  const shownFor = async (client: SandboxClient): Promise<number> => {
    const said = await watches(page);
    await server.sandbox.misbehavesFor(client, { type: "failing" });
    await person.goesBy("Licensing", "Organisation licensing");
    const banner = page.getByRole("status").filter({ hasText: ISSUE });
    await expect(banner).toHaveText(`⚠️ ${ISSUE}`);
    expect(await looks(page, "--bad-panel")).toMatchObject({ isInTone: true, movesReduced: "none" });
    await expect(page.getByText(ISSUE)).toHaveCount(0);
    await server.sandbox.behavesFor(client);
    const all = await said();
    const begun = all.findIndex(({ text }) => text.includes(ISSUE));
    const gone = all.slice(begun).find(({ text }) => !text.includes(ISSUE));
    return (gone?.at ?? 0) - (all[begun]?.at ?? 0);
  };
  const client = await withRefusedToken(person, server, "Failing");
  expect(await shownFor(client), "three seconds, unless it is set otherwise").toBeGreaterThan(2_500);
  await expect.poll(async () => (await server.sandbox.counters(client)).granted).toBe(2);

  await person.goesTo("Settings");
  const field = page.getByLabel("A connection issue is shown for, in seconds");
  await field.fill("7");
  await field.press("Tab");
  await expect(person.main.getByText("Between 1 and 30.")).toHaveCount(0);
  await person.opensConnection("Failing");
  await new Inquiry(server.sandbox, client).revokes(await person.readsToken("Failing"));
  expect(await shownFor(client), "as long as is set").toBeGreaterThan(6_000);
});
