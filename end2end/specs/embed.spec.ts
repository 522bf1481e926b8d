/*
 * Contract 5 in a visitor's browser: embed.js in a page of another site, under a policy that allows only what it needs. Time
 * passes by the page's own clock, set forward; the tokens are real ones of five minutes.
 */
import type { Browser, BrowserContextOptions } from "@playwright/test";

import { barriers, barriersInBothColours } from "../rigs/axe.ts";
import type { ApiSession } from "../rigs/api.ts";
import type { Calm } from "../rigs/calm.ts";
import { HostSite, type Embedding } from "../rigs/host_page.ts";
import { expect, test as base } from "../rigs/test.ts";
import { Visitor, Wire } from "../rigs/visitor.ts";

const CONNECTING = "🔄 Connecting...";
const TROUBLE = "⚠️ Connection issue, retrying...";
const REFUSED = /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED/;

interface Shop {
  site: HostSite;
  from: string;
  key: string;
  admin: ApiSession;
}

/** A visitor of the shop, with the network between under control. */
interface Visit extends Visitor {
  wire: Wire;
  /** Another tab of the same browser. */
  inAnotherTab(): Promise<Visitor>;
}

/** How the page embeds the widget, what the browser is like, and what is done in it before the page's own scripts. */
type Visiting = Partial<Embedding> & { context?: BrowserContextOptions; before?: () => void };

const test = base.extend<{ visit: (how?: Visiting) => Promise<Visit>; visitor: Visit }, { shop: Shop }>({
  shop: [
    async ({ server }, use) => {
      const site = await HostSite.start();
      const admin = await server.asAdmin();
      const shop = { site, from: server.origin, key: "", admin };
      await use({ ...shop, key: await keyWithLifetime(shop, 300) });
      await site.closes();
    },
    { scope: "worker" },
  ],
  visit: async ({ browser, calm, shop }, use) => {
    const leaving: (() => Promise<void>)[] = [];
    await use(async (how = {}) => {
      const visit = await visited(browser, calm, shop, how);
      const context = visit.page.context();
      leaving.push(async () => {
        await context.unrouteAll({ behavior: "ignoreErrors" });
        await context.close();
      });
      return visit;
    });
    for (const leave of leaving) await leave();
  },
  visitor: async ({ visit }, use) => use(await visit()),
});

async function visited(browser: Browser, calm: Calm, shop: Shop, how: Visiting): Promise<Visit> {
  const { context: options, before, ...embedding } = how;
  const context = await browser.newContext(options);
  if (before) await context.addInitScript(before);
  await calm.watches(context);
  await context.clock.install();
  const wire = await Wire.on(context, shop.site.origin);
  const address = shop.site.page({ from: shop.from, key: shop.key, ...embedding });
  const inAnotherTab = async () => {
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(address);
    return visitor;
  };
  return Object.assign(await inAnotherTab(), { wire, inAnotherTab });
}

/** Lets the page's clock run ahead, as if the tab had been left alone. */
async function after(minutes: string, visit: Visit): Promise<void> {
  await visit.page.clock.fastForward(minutes);
}

// A page's own calls in here lead to conversations that are not there.
test.beforeEach(({ calm }) => calm.expects(/status of 404.*\/api\/v1\/widget\/conversations\//));

test.describe("test scenarios", () => {
  test("1: token parsing: without expires_in the expiry is read from the token", async ({ visit, shop }) => {
    const visitor = await visit({ chat: false, key: await keyWithLifetime(shop, 120) });
    await expect.poll(async () => (await visitor.keeps())?.generation).toBe(1);
    visitor.wire.changes((boot) => delete boot["expires_in"]);
    await after("02:00", visitor);
    await visitor.calls("/api/v1/widget/conversations/none");
    const { expiresAt, receivedAt, generation } = await visitor.keeps();
    expect(generation).toBe(2);
    expect(expiresAt - receivedAt).toBe(120_000);
  });

  test("2: normal flow: a fresh token is used for every message, and none is asked for", async ({ visitor }) => {
    await visitor.opens();
    for (const text of ["one", "two", "three"]) await visitor.writes(text);
    await visitor.sees("one", "two", "three");
    expect(visitor.wire.bootloads).toBe(1);
    expect(new Set(visitor.wire.tokens).size).toBe(1);
  });

  test("3: auto-renew after expiry: the message waits, the banner says so, and the message arrives", async ({ visitor }) => {
    await visitor.opens();
    await visitor.writes("before");
    await visitor.sees("before");
    visitor.wire.holds();
    await after("05:01", visitor);
    await visitor.writes("after");
    await expect(visitor.banner).toHaveText(CONNECTING);
    visitor.wire.releases();
    await visitor.sees("before", "after");
    await expect(visitor.banner).toBeEmpty();
    expect(visitor.wire.bootloads).toBe(2);
  });

  test("4: request queueing: ten calls at expiry share one renewal and go out in their order", async ({ visit }) => {
    const visitor = await visit({ chat: false });
    await visitor.calls("/api/v1/widget/conversations/first");
    visitor.wire.holds();
    await after("05:01", visitor);
    const out: string[] = [];
    visitor.page.on("request", (request) => out.push(request.url().split("/").at(-1) ?? ""));
    const paths = Array.from({ length: 10 }, (_, nth) => `${nth}`);
    const calls = visitor.page.evaluate(
      (paths) =>
        Promise.all(
          paths.map((path) =>
            (window as unknown as { tokenkeep: { fetch: typeof fetch } }).tokenkeep
              .fetch(`/api/v1/widget/conversations/${path}`)
              .then(({ status }) => status),
          ),
        ),
      paths,
    );
    await expect(visitor.banner).toHaveText(CONNECTING);
    visitor.wire.releases();
    expect(await calls).toEqual(Array(10).fill(404));
    expect(out).toEqual(["bootloader", ...paths]);
  });

  test("5: error handling: a failed renewal answers every call, shows for three seconds, and the page goes on", async ({
    visit,
    calm,
  }) => {
    calm.expects(REFUSED);
    const visitor = await visit({ chat: false });
    await visitor.calls("/api/v1/widget/conversations/first");
    visitor.wire.goesDown();
    await after("05:01", visitor);
    const calls = [1, 2, 3].map((nth) => visitor.calls(`/api/v1/widget/conversations/${nth}`));
    await expect(visitor.banner).toHaveText(TROUBLE);
    const shown = Date.now();
    expect(await Promise.all(calls)).toEqual(["unreachable", "unreachable", "unreachable"]);
    await expect(visitor.banner).toBeEmpty();
    expect(Date.now() - shown).toBeGreaterThan(2_000);
    expect(visitor.wire.bootloads, "it was tried again by itself").toBeGreaterThan(2);
    visitor.wire.returns();
    expect(await visitor.calls("/api/v1/widget/conversations/none")).toBe(404);
  });

  test("6: long session: a widget open for twenty minutes renews by itself, without a reload", async ({ visitor }) => {
    await visitor.opens();
    const texts: string[] = [];
    for (const minute of [0, 5, 10, 15, 20]) {
      if (minute > 0) await after("05:00", visitor);
      texts.push(`minute ${minute}`);
      await visitor.writes(`minute ${minute}`);
      await visitor.sees(...texts);
    }
    expect(visitor.wire.bootloads).toBe(5);
  });

  test("7: proactive refresh: a token is renewed before it ends, and not while it is fresh", async ({ visit }) => {
    const visitor = await visit({ chat: false });
    await visitor.calls("/api/v1/widget/conversations/first");
    await after("04:30", visitor);
    await visitor.calls("/api/v1/widget/conversations/fresh");
    expect(visitor.wire.bootloads, "with half a minute to live").toBe(1);
    await after("00:16", visitor);
    await visitor.calls("/api/v1/widget/conversations/due");
    expect(visitor.wire.bootloads, "with fourteen seconds to live").toBe(2);
    expect(visitor.wire.tokens.at(-1)).not.toBe(visitor.wire.tokens[0]);
  });
});

test.describe("what people see", () => {
  test("1: while the token is valid a message is sent at once and nothing is shown", async ({ visitor }) => {
    await visitor.opens();
    const banners = await visitor.watchesBanner();
    await visitor.writes("Hello");
    await visitor.sees("Hello");
    expect(await banners()).toEqual([]);
    expect(visitor.wire.bootloads).toBe(1);
  });

  test("2: when it has expired a brief notice is shown and the message is sent", async ({ visitor }) => {
    await visitor.opens();
    const banners = await visitor.watchesBanner();
    visitor.wire.holds();
    await after("05:01", visitor);
    await visitor.writes("Hello");
    await expect(visitor.banner).toHaveText(CONNECTING);
    visitor.wire.releases();
    await visitor.sees("Hello");
    expect(await banners()).toEqual([CONNECTING, ""]);
  });

  test("3: several quick messages show one notice and all appear in order", async ({ visitor }) => {
    await visitor.opens();
    const banners = await visitor.watchesBanner();
    visitor.wire.holds();
    await after("05:01", visitor);
    for (const text of ["one", "two", "three"]) await visitor.writes(text);
    await expect(visitor.banner).toHaveText(CONNECTING);
    visitor.wire.releases();
    await visitor.sees("one", "two", "three");
    expect(visitor.wire.sent).toEqual(["one", "two", "three"]);
    expect(visitor.wire.bootloads).toBe(2);
    expect(await banners()).toEqual([CONNECTING, ""]);
  });

  test("4: without a network the trouble is shown for three seconds, and the message can be sent when it is back", async ({
    visitor,
    calm,
  }) => {
    calm.expects(REFUSED);
    await visitor.opens();
    await visitor.writes("before");
    await visitor.sees("before");
    await visitor.page.context().setOffline(true);
    await visitor.writes("while away");
    await expect(visitor.banner).toHaveText(TROUBLE);
    await expect(visitor.message("while away")).toContainText("Not sent yet");
    await expect(visitor.message("while away").getByRole("button", { name: "Retry" })).toBeVisible();
    await expect(visitor.banner).toBeEmpty();
    await visitor.page.context().setOffline(false);
    await visitor.sees("before", "while away");
    await expect(visitor.window.getByRole("button", { name: "Retry" })).toHaveCount(0);
  });
});

test.describe("in other people's pages", () => {
  test("a visitor writes, an admin replies, and the visitor finds both after a reload", async ({ browser, calm, shop }) => {
    // Nothing stands in between here, so that the browser asks the real preflights.
    const context = await browser.newContext();
    await calm.watches(context);
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(shop.site.page({ from: shop.from, key: shop.key, by: "global" }));
    await visitor.opens();
    const text = `Is the blue one in stock? ${crypto.randomUUID()}`;
    await visitor.writes(text);
    await visitor.sees(text);
    const id = await conversationOf(shop, text);
    const reply = { text: "It is.", client_id: crypto.randomUUID() };
    await shop.admin.send("POST", `/api/v1/conversations/${id}/messages`, reply);
    await visitor.sees(text, "It is.");
    await visitor.page.reload();
    await visitor.opens();
    await visitor.sees(text, "It is.");
    await context.close();
  });

  test("the demo page beside the sandbox shows the chat, and an admin finds what was written", async ({
    browser,
    calm,
    server,
  }) => {
    const context = await browser.newContext();
    await calm.watches(context);
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(server.demoPage);
    expect(new URL(server.demoPage).origin).not.toBe(server.origin);
    await visitor.opens();
    const text = `From the demo ${crypto.randomUUID()}`;
    await visitor.writes(text);
    await visitor.sees(text);
    expect(await conversationOf({ admin: await server.asAdmin() }, text)).not.toBe("");
    expect(await barriers(visitor.page)).toEqual([]);
    await context.close();
  });

  test("a page that loads the script twice has one widget and asks once", async ({ visit }) => {
    const visitor = await visit({ times: 2 });
    await expect(visitor.launcher).toHaveCount(1);
    await expect(visitor.page.locator("tokenkeep-embed")).toHaveCount(1);
    expect(visitor.wire.bootloads).toBe(1);
  });

  test("one global is left in the page, and it can't be changed", async ({ visit }) => {
    const visitor = await visit({
      before: () => Object.assign(window, { names: new Set(Object.getOwnPropertyNames(window)) }),
    });
    await expect(visitor.launcher).toBeVisible();
    const left = await visitor.page.evaluate(() => {
      const { names, tokenkeep } = window as unknown as { names: Set<string>; tokenkeep: object };
      // The test's own marks begin with two underscores.
      const isOurs = (name: string) => !names.has(name) && name !== "names" && !name.startsWith("__pw");
      const added = Object.getOwnPropertyNames(window).filter(isOurs);
      const isFixed = Object.getOwnPropertyDescriptor(window, "tokenkeep")?.configurable === false;
      return { added, isFixed: isFixed && Object.isFrozen(tokenkeep), parts: Object.keys(tokenkeep) };
    });
    expect(left).toEqual({ added: ["tokenkeep"], isFixed: true, parts: ["fetch"] });
  });

  test("six tabs that wake together on an expired token ask once", async ({ visit }) => {
    const visitor = await visit({ chat: false });
    const tabs: Visitor[] = [visitor];
    for (let nth = 1; nth < 6; nth += 1) tabs.push(await visitor.inAnotherTab());
    await Promise.all(tabs.map((tab) => tab.calls("/api/v1/widget/conversations/first")));
    expect(visitor.wire.bootloads, "six pages that open").toBe(1);
    await Promise.all(tabs.map((tab) => tab.page.clock.fastForward("05:01")));
    const calls = tabs.map((tab) => tab.calls("/api/v1/widget/conversations/second"));
    expect(await Promise.all(calls)).toEqual(Array(6).fill(404));
    expect(visitor.wire.bootloads, "and the renewal").toBe(2);
  });

  test("when the tab that renews is closed in the middle another one gets the token", async ({ visit }) => {
    const visitor = await visit({ chat: false });
    const other = await visitor.inAnotherTab();
    await Promise.all([visitor, other].map((tab) => tab.calls("/api/v1/widget/conversations/first")));
    await Promise.all([visitor, other].map((tab) => tab.page.clock.fastForward("05:01")));
    visitor.wire.holds();
    const asked = visitor.page.context().waitForEvent("request", (request) => request.url().endsWith("/bootloader"));
    const lost = visitor.calls("/api/v1/widget/conversations/lost").catch(() => "closed");
    await asked;
    const waiting = other.calls("/api/v1/widget/conversations/second");
    await visitor.page.close();
    visitor.wire.releases();
    expect(await waiting).toBe(404);
    expect(await lost).toBe("closed");
    expect((await other.keeps()).generation).toBe(2);
  });

  test("messages written during a renewal survive a reload, in order and once", async ({ visitor, calm }) => {
    calm.expects(REFUSED);
    await visitor.opens();
    await visitor.writes("one");
    await visitor.sees("one");
    visitor.wire.goesDown();
    await after("05:01", visitor);
    await visitor.writes("two");
    await visitor.writes("three");
    await expect(visitor.message("three")).toContainText("Not sent yet");
    visitor.wire.returns();
    await visitor.page.reload();
    await visitor.opens();
    await visitor.sees("one", "two", "three");
  });

  test("a token that Tokenkeep refuses is renewed once, and one that lacks a right is not", async ({ visit, calm }) => {
    calm.expects(/status of 40[13]/);
    const visitor = await visit({ chat: false });
    const statuses = [401, 403];
    await visitor.page.route("**/conversations/refused", (route) => {
      const status = statuses.shift();
      const headers = { "access-control-allow-origin": "*" };
      return status ? route.fulfill({ status, headers, body: "{}" }) : route.continue();
    });
    expect(await visitor.calls("/api/v1/widget/conversations/refused")).toBe(403);
    expect(visitor.wire.bootloads).toBe(2);
  });

  test("a call to another host carries no token", async ({ visit, shop, calm }) => {
    calm.expects(/status of 404.*elsewhere/);
    const visitor = await visit({ chat: false });
    await visitor.calls("/api/v1/widget/conversations/first");
    const asked = visitor.page.waitForRequest(/elsewhere/);
    expect(await visitor.calls(`${shop.site.origin}/elsewhere`)).toBe(404);
    expect((await asked).headers()).not.toHaveProperty("authorization");
  });

  test("a page whose origin no admin allowed gets no token and shows nothing", async ({ browser, calm, shop }) => {
    calm.expects(/blocked by CORS policy|net::ERR_FAILED/);
    const stranger = await HostSite.start();
    const context = await browser.newContext();
    await calm.watches(context);
    const visitor = new Visitor(await context.newPage());
    const refused = context.waitForEvent("requestfailed", (request) => request.url().endsWith("/bootloader"));
    await visitor.page.goto(stranger.page({ from: shop.from, key: shop.key }));
    await refused;
    expect(await visitor.calls("/api/v1/widget/conversations/none")).toBe("unreachable");
    await expect(visitor.launcher).toHaveCount(0);
    await context.close();
    await stranger.closes();
  });

  test("a key nobody knows is told once to whoever looks after the page", async ({ visit, calm }) => {
    calm.expects(/status of 404.*bootloader/);
    calm.expects(/Tokenkeep: This org key is not known/);
    const visitor = await visit({ key: "org_00000000000000000000000000000000" });
    for (const path of ["one", "two"]) {
      expect(await visitor.calls(`/api/v1/widget/conversations/${path}`)).toBe("org_key_unknown");
    }
    const told = (await visitor.page.consoleMessages()).map((message) => message.text());
    expect(told.filter((text) => text.startsWith("Tokenkeep:"))).toHaveLength(1);
    await expect(visitor.launcher).toHaveCount(0);
  });

  for (const [name, before] of [
    ["Web Locks", () => Object.defineProperty(Navigator.prototype, "locks", { value: undefined })],
    ["BroadcastChannel", () => Object.assign(window, { BroadcastChannel: undefined })],
    ["IndexedDB", () => Object.defineProperty(window, "indexedDB", { value: undefined })],
    [
      "any storage",
      () => {
        const forbidden = { get: () => { throw new DOMException("no", "SecurityError"); } };
        Object.defineProperties(window, { indexedDB: forbidden, localStorage: forbidden });
      },
    ],
  ] as [string, () => void][]) {
    test(`without ${name} messages are sent all the same`, async ({ visit }) => {
      const visitor = await visit({ before });
      await visitor.opens();
      await visitor.writes("Hello");
      await visitor.sees("Hello");
      await after("05:01", visitor);
      await visitor.writes("Still here");
      await visitor.sees("Hello", "Still here");
      expect(visitor.wire.bootloads).toBe(2);
    });
  }
});

test.describe("the window", () => {
  test("opens, writes and closes by keyboard, and gives the focus back", async ({ visitor }) => {
    await visitor.launcher.focus();
    await visitor.page.keyboard.press("Enter");
    await expect(visitor.field).toBeFocused();
    await visitor.page.keyboard.type("One line");
    await visitor.page.keyboard.press("Shift+Enter");
    await visitor.page.keyboard.type("and another");
    await visitor.page.keyboard.press("Enter");
    await visitor.sees("One line\nand another");
    await visitor.page.keyboard.press("Escape");
    await expect(visitor.window).toBeHidden();
    await expect(visitor.launcher).toBeFocused();
  });

  test("at 320 pixels nothing scrolls sideways and axe finds no barrier, in light and dark colours", async ({ visit }) => {
    const visitor = await visit({ context: { viewport: { width: 320, height: 560 } } });
    await visitor.opens();
    await visitor.writes("https://example.com/" + "a-very-long-address-".repeat(10));
    await expect(visitor.window.locator("li[data-state=arrived]")).toHaveCount(1);
    const { log, page } = await visitor.page.evaluate(() => {
      const log = document.querySelector("tokenkeep-embed")?.shadowRoot?.querySelector(".log") as HTMLElement;
      return { log: log.scrollWidth - log.clientWidth, page: document.documentElement.scrollWidth };
    });
    expect({ log, page }).toEqual({ log: 0, page: 320 });
    const box = await visitor.window.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
    expect(await barriersInBothColours(visitor.page)).toEqual([]);
  });

  test("a page gives the chat its own colours and corners", async ({ visitor }) => {
    const look = () =>
      visitor.launcher.evaluate((button) => {
        const { backgroundColor, color } = getComputedStyle(button);
        const [panel] = [...(button.getRootNode() as ShadowRoot).querySelectorAll("[role=dialog]")];
        return { backgroundColor, color, corners: panel && getComputedStyle(panel).borderTopLeftRadius };
      });
    await visitor.opens();
    const before = await look();
    await visitor.page.evaluate(() => {
      const { style } = document.documentElement;
      style.setProperty("--tokenkeep-accent", "rgb(120, 0, 80)");
      style.setProperty("--tokenkeep-on-accent", "rgb(255, 250, 205)");
      style.setProperty("--tokenkeep-radius", "3px");
    });
    const after = { backgroundColor: "rgb(120, 0, 80)", color: "rgb(255, 250, 205)", corners: "3px" };
    expect(before).not.toEqual(after);
    expect(await look()).toEqual(after);
  });

  test("markup in a message is shown as it was written", async ({ visitor }) => {
    await visitor.opens();
    await visitor.writes("<img src=x onerror=alert(1)> & <b>bold</b>");
    await visitor.sees("<img src=x onerror=alert(1)> & <b>bold</b>");
    await expect(visitor.window.locator("img, b")).toHaveCount(0);
  });

  test("what moves stands still for people who ask for less motion", async ({ visit }) => {
    const visitor = await visit({ context: { reducedMotion: "reduce" } });
    await visitor.opens();
    expect(await visitor.window.evaluate((panel) => panel.getAnimations().length)).toBe(0);
  });
});

/** A new org key for the shop's pages. */
async function keyWithLifetime({ admin, site }: Shop, seconds: number): Promise<string> {
  const form = { name: "A shop", origins: [site.origin], lifetime_seconds: seconds };
  return (await admin.send<{ key: string }>("POST", "/api/v1/org-keys", form)).key;
}

/** The conversation whose last message is this. */
async function conversationOf({ admin }: Pick<Shop, "admin">, text: string): Promise<string> {
  type List = { conversations: { id: string; snippet: string }[] };
  const { conversations } = await admin.send<List>("GET", "/api/v1/conversations");
  return conversations.find(({ snippet }) => snippet === text)?.id ?? "";
}
