/*
 * What comes by itself through the gateway: WebSockets and event streams, opened by a page as a browser opens them, with the
 * token put in on the way.
 */
import type { Page } from "@playwright/test";

import { sightings } from "../rigs/canaries.ts";
import { LiveApi } from "../rigs/live_api.ts";
import { TokenkeepServer } from "../rigs/server.ts";
import { expect, test as base } from "../rigs/test.ts";

const TOKEN = "canary-header.canary-claims.canary-signature";
const SITE = "ses_omaha";

/** A server before a live API. */
interface Stage {
  api: LiveApi;
  server: TokenkeepServer;
  /** Where calls go that the rules allow. */
  path: string;
}

/** Somebody signed in, at a page of ours. */
interface Somebody {
  page: Page;
  username: string;
}

/** What a page heard on a WebSocket: each message, then how it closed. */
interface Heard {
  protocol: string;
  messages: string[];
  code: number;
  reason: string;
}

interface Wish {
  /** Where; with the scheme `http`. */
  address: string;
  protocols: string[];
  /** Sent one after the other, each after the one before was answered; a list of numbers goes as bytes. */
  says?: (string | number[])[];
  /** Closes with this code after the last answer. */
  closes?: number;
}

const test = base.extend<{ somebody: Somebody }, { stage: Stage }>({
  stage: [
    async ({}, use) => {
      const api = await LiveApi.start(TOKEN);
      const server = await TokenkeepServer.start({ loopbackOrigins: [api.origin] });
      const admin = await server.asAdmin();
      const kind = { type: "site_api", base: `${api.origin}/api` };
      const gateway = { paths: ["GET live/**"] };
      const form = { name: "Live", enabled: true, kind, gateway };
      const { id } = await admin.send<{ id: string }>("POST", "/api/v1/providers", form);
      await use({ api, server, path: `/api/v1/gateway/${id}/live` });
      await server.isRemoved();
      await api.closes();
    },
    { scope: "worker" },
  ],
  somebody: async ({ browser, stage: { server }, calm }, use) => {
    const { account, session } = await server.newPerson("user");
    const context = await browser.newContext();
    await calm.watches(context);
    await context.addCookies([session.asCookie()]);
    const page = await context.newPage();
    // Of our origin and under our policy, without the app: what is asked here is asked by the test.
    await page.goto(`${server.origin}/api/openapi.json`);
    await use({ page, username: account.username });
    await context.close();
  },
});

const base64url = (text: string) => Buffer.from(text).toString("base64url");

/** The subprotocols our own pages offer. */
const offered = (token: string, ...more: string[]) => [
  "tokenkeep",
  `tokenkeep.token.${base64url(token)}`,
  `tokenkeep.site.${base64url(SITE)}`,
  ...more,
];

/** Opens a WebSocket in a page and has it out to its end. */
function converses(page: Page, wish: Wish): Promise<Heard> {
  return page.evaluate(
    ({ address, protocols, says = [], closes }) =>
      new Promise<Heard>((resolve) => {
        const socket = new WebSocket(address.replace(/^http/, "ws"), protocols);
        socket.binaryType = "arraybuffer";
        const messages: string[] = [];
        const left = [...says];
        const goesOn = () => {
          const next = left.shift();
          if (typeof next === "string") socket.send(next);
          else if (next) socket.send(Uint8Array.from(next));
          else if (closes) socket.close(closes, "enough");
        };
        socket.addEventListener("open", goesOn);
        socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
          messages.push(typeof data === "string" ? data : `bytes ${new Uint8Array(data).join(" ")}`);
          goesOn();
        });
        socket.addEventListener("close", ({ code, reason }) => resolve({ protocol: socket.protocol, messages, code, reason }));
      }),
    wish,
  );
}

test("a WebSocket carries text and bytes both ways and closes with either side's code", async ({ somebody, stage }) => {
  const { api, server, path } = stage;
  const address = `${server.origin}${path}/echo`;
  const long = "x".repeat(200_000);
  const says = ["grüß dich", [0, 255, 128], long];
  const heard = await converses(somebody.page, { address, protocols: offered(TOKEN, "echo"), says, closes: 4_000 });
  expect(heard).toEqual({ protocol: "echo", messages: ["grüß dich", "bytes 0 255 128", long], code: 4_000, reason: "enough" });

  const closed = await converses(somebody.page, { address, protocols: offered(TOKEN), says: ["close 4123"] });
  expect(closed).toEqual({ protocol: "tokenkeep", messages: [], code: 4_123, reason: "as asked" });

  const dropped = await converses(somebody.page, { address, protocols: offered(TOKEN), says: ["hello", "drop"] });
  expect(dropped).toMatchObject({ messages: ["hello"], code: 1_006 });

  for (const { headers } of api.asked) {
    expect([headers.cookie, headers.origin], "of the page's own nothing goes on").toEqual([undefined, undefined]);
    expect(headers["sec-websocket-protocol"] ?? "").not.toContain("tokenkeep");
  }
  const log = [{ name: "the log", bytes: Buffer.from(server.output) }];
  expect(sightings(log, [TOKEN])).toEqual([]);
});

test("a WebSocket that the provider, the rules or the session do not allow is not opened", async ({ somebody, stage, calm }) => {
  calm.expects(/WebSocket connection to .* failed/);
  const { api, server, path } = stage;
  const refused = async (address: string, protocols: string[]) => {
    expect(await converses(somebody.page, { address: server.origin + address, protocols }), address).toMatchObject({ code: 1_006 });
  };
  await refused(`${path}/echo`, offered("another.token.here"));
  const asked = api.asked.length;
  await refused(`${path}/echo`, ["tokenkeep"]);
  await refused(path.replace(/live$/, "points/echo"), offered(TOKEN));
  await somebody.page.context().clearCookies();
  await refused(`${path}/echo`, offered(TOKEN));
  expect(api.asked).toHaveLength(asked);
});

test("a page of another origin on the same host opens no WebSocket, though the session's cookie goes along", async ({ somebody, stage, calm }) => {
  calm.expects(/WebSocket connection to .* failed/);
  const { api, server, path } = stage;
  const page = await somebody.page.context().newPage();
  await page.goto(api.page);
  const asked = api.asked.length;
  const address = `${server.origin}${path}/echo`;
  expect(await converses(page, { address, protocols: offered(TOKEN) })).toMatchObject({ messages: [], code: 1_006 });
  expect(api.asked).toHaveLength(asked);
  const admin = await server.asAdmin();
  const { events } = await admin.send<{ events: object[] }>("GET", "/api/v1/audit/events?outcome=refused");
  const { username } = somebody;
  expect(events).toContainEqual(expect.objectContaining({ username, reason: "cross_site" }));
});

test("an event stream comes event by event and goes on where it was left", async ({ somebody, stage }) => {
  const read = (last?: string) =>
    somebody.page.evaluate(
      async ({ address, token, site, last }) => {
        const headers = { accept: "text/event-stream", "x-tokenkeep-token": token, "x-tokenkeep-site": site };
        const stop = new AbortController();
        const answer = await fetch(address, { headers: last ? { ...headers, "last-event-id": last } : headers, signal: stop.signal });
        const reader = answer.body?.getReader();
        let text = "";
        while (text.split("\n\n").length < 3) text += new TextDecoder().decode((await reader?.read())?.value);
        stop.abort();
        return { kind: answer.headers.get("content-type"), text: text.split("\n\n").slice(0, 2).join("\n\n") };
      },
      { address: `${stage.path}/events`, token: TOKEN, site: SITE, last },
    );
  expect(await read()).toEqual({ kind: "text/event-stream", text: "id: 0\ndata: sample 0\n\nid: 1\ndata: sample 1" });
  expect((await read("1")).text).toBe("id: 2\ndata: sample 2\n\nid: 3\ndata: sample 3");
});
