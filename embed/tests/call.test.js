import assert from "node:assert/strict";
import { test } from "node:test";

import { bootloader } from "../src/keeper/bootloader.js";
import { caller } from "../src/keeper/call.js";
import { retryAfter } from "../src/keeper/outcome.js";
import { World, settled } from "./rig.js";

const ORIGIN = "https://keep.example";

/** A network whose answers are given one after the other; what was sent stands in `sent`. */
function network(...answers) {
  const world = new World();
  const sent = [];
  const fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    sent.push({ request, authorization: request.headers.get("authorization"), body: await request.clone().text() });
    const answer = answers.shift() ?? new Response("{}");
    if (answer instanceof Error) throw answer;
    return typeof answer === "number" ? new Response("{}", { status: answer }) : answer;
  };
  const asked = [];
  const keeper = {
    token: async ({ after = 0 } = {}) => {
      asked.push(after);
      return { token: `token-${after + 1}`, generation: after + 1 };
    },
  };
  const troubles = [];
  const env = { ...world.env, fetch };
  return { world, sent, asked, env, troubles, call: caller(ORIGIN, keeper, env, { onTrouble: (error) => troubles.push(error) }) };
}

test("a request to Tokenkeep carries the token", async () => {
  const { call, sent } = network();
  await call(`${ORIGIN}/api/v1/widget/conversations/7`);
  assert.equal(sent[0].authorization, "Bearer token-1");
});

test("an address without a host means Tokenkeep's", async () => {
  const { call, sent } = network();
  await call("/api/v1/widget/conversations/7");
  assert.equal(sent[0].request.url, `${ORIGIN}/api/v1/widget/conversations/7`);
});

test("a request to any other host carries none and waits for none", async () => {
  const { call, sent, asked } = network();
  for (const other of ["https://keep.example.evil.example/", "http://keep.example/", "https://keep.example:8443/x"]) {
    await call(other);
  }
  assert.deepEqual(sent.map(({ authorization }) => authorization), [null, null, null]);
  assert.deepEqual(asked, []);
});

test("the token follows no redirect and no cookie goes along", async () => {
  const { call, sent } = network();
  await call("/api", { redirect: "follow", credentials: "include" });
  assert.deepEqual([sent[0].request.redirect, sent[0].request.credentials], ["error", "omit"]);
});

test("a 401 is answered with a later token and the same body, once", async () => {
  const { call, sent, asked } = network(401, 401);
  const answer = await call("/api", { method: "POST", body: "hello" });
  assert.equal(answer.status, 401);
  assert.deepEqual(sent.map(({ authorization, body }) => [authorization, body]), [
    ["Bearer token-1", "hello"],
    ["Bearer token-2", "hello"],
  ]);
  assert.deepEqual(asked, [0, 1]);
});

test("a 403 renews nothing", async () => {
  const { call, asked } = network(403);
  assert.equal((await call("/api")).status, 403);
  assert.deepEqual(asked, [0]);
});

test("what may be repeated is sent again when the network fails, and the page hears of it once", async () => {
  const { call, sent, troubles, world } = network(new TypeError("no network"), new TypeError("no network"), 200);
  const answer = call("/api", { method: "POST", headers: { "idempotency-key": "1" }, body: "once" });
  await world.passes(1_000);
  await world.passes(2_000);
  assert.equal((await answer).status, 200);
  assert.equal(sent.length, 3);
  assert.deepEqual(troubles.map(({ code }) => code), ["unreachable"]);
});

test("what may not be repeated is sent once", async () => {
  const { call, sent, troubles } = network(new TypeError("no network"));
  await assert.rejects(call("/api", { method: "POST", body: "once" }), TypeError);
  assert.equal(sent.length, 1);
  assert.deepEqual(troubles, []);
});

test("a call is cancelled while it pauses", async () => {
  const { call, world } = network(new TypeError("no network"));
  const stop = new AbortController();
  const answer = call("/api", { signal: stop.signal });
  await settled();
  stop.abort(new Error("no longer wanted"));
  await assert.rejects(answer, /no longer wanted/);
  assert.deepEqual(world.alarms, []);
});

function booting(...answers) {
  const parts = network(...answers);
  const notes = [];
  const ask = bootloader(ORIGIN, { header: "x-org-key", key: "ok_1" }, parts.env);
  return { ...parts, notes, ask: () => ask((sample) => notes.push(sample)) };
}

test("the bootloader is asked with the org key, without cookies and past every cache", async () => {
  const body = { org_token: "a.b.c", expires_in: 300, org: { id: "1" }, config: { title: "Help" }, config_version: 4 };
  const { ask, sent, notes } = booting(new Response(JSON.stringify(body), { headers: { date: "Sun, 06 Nov 1994 08:49:37 GMT" } }));
  const answer = await ask();
  assert.deepEqual(answer, { token: "a.b.c", expiresIn: 300, org: { id: "1" }, config: { title: "Help" }, configVersion: 4 });
  const { request } = sent[0];
  assert.equal(request.headers.get("x-org-key"), "ok_1");
  assert.deepEqual([request.credentials, request.cache, request.redirect], ["omit", "no-store", "error"]);
  assert.equal(notes[0].serverDate, 784_111_777_000);
});

test("the bootloader's own problem is passed on, with how long to wait", async () => {
  const problem = JSON.stringify({ code: "too_many_requests", status: 429, title: "Too many", detail: "Wait." });
  const { ask } = booting(new Response(problem, { status: 429, headers: { "retry-after": "7" } }));
  await assert.rejects(ask(), { code: "too_many_requests", status: 429, retryAfter: 7, detail: "Wait." });
});

test("whatever else comes back is an error with a code", async () => {
  const cases = [
    [new TypeError("no network"), "unreachable"],
    [new Response("<html>", { status: 502 }), "unreadable_answer"],
    [new Response("<html>"), "unreadable_answer"],
    [new Response(JSON.stringify({ org_token: "bad token\r\n" })), "unreadable_answer"],
    [new Response(JSON.stringify({ org_token: 7 })), "unreadable_answer"],
    [new Response("", { status: 404 }), "http_404"],
    [new Response("null", { status: 429 }), "too_many_requests"],
  ];
  for (const [answer, code] of cases) await assert.rejects(booting(answer).ask(), { code });
});

test("a bootloader that does not answer is given up after ten seconds", async () => {
  const { world } = network();
  const never = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const ask = bootloader(ORIGIN, { header: "x-site-id", key: "s" }, { ...world.env, fetch: never });
  const answer = assert.rejects(ask(() => {}), { code: "unreachable" });
  await world.passes(10_000);
  await answer;
});

test("Retry-After is read as seconds or as a date by the server's clock", () => {
  const now = 784_111_777_000;
  assert.equal(retryAfter("7", now), 7);
  assert.equal(retryAfter("Sun, 06 Nov 1994 08:50:00 GMT", now), 23);
  assert.equal(retryAfter("Sun, 06 Nov 1994 08:00:00 GMT", now), 0);
  for (const text of [null, "", "soon", "-1", "1.5"]) assert.equal(retryAfter(text, now), undefined, String(text));
});
