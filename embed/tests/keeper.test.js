import assert from "node:assert/strict";
import { test } from "node:test";

import { TokenkeepError, trouble } from "../src/keeper/problem.js";
import { Server, World, settled } from "./rig.js";

const MARGIN = 30_000;
const LIFETIME = 300_000;

async function withToken() {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  const first = tab.calls();
  await server.answers();
  assert.equal(first.token, "token-1");
  return { world, server, tab };
}

test("a fresh token is given at once, and nobody is asked", async () => {
  const { server, tab } = await withToken();
  const call = tab.calls();
  await Promise.resolve().then(() => {});
  assert.equal(call.is, "answered");
  assert.equal(server.asked, 1);
});

test("a due token is renewed, and the call waits for the new one", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME - MARGIN);
  const call = tab.calls();
  await settled();
  assert.equal(call.is, "waiting");
  await server.answers();
  assert.equal(call.token, "token-2");
});

test("calls during a renewal join it and are answered in the order they came", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME);
  const order = [];
  for (const name of ["A", "B", "C"]) tab.keeper.token().then(() => order.push(name));
  await server.answers();
  assert.deepEqual(order, ["A", "B", "C"]);
  assert.equal(server.asked, 2);
});

test("a renewal that fails answers every waiting call with the one error", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME);
  const calls = [tab.calls(), tab.calls(), tab.calls()];
  await server.refuses();
  assert.deepEqual(calls.map(({ is }) => is), ["refused", "refused", "refused"]);
  assert.equal(new Set(calls.map(({ error }) => error)).size, 1);
  assert.ok(calls[0].error instanceof TokenkeepError);
});

test("a renewal that failed is tried again by itself", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME);
  tab.calls();
  await server.refuses();
  await world.passes(1_000);
  assert.equal(server.asked, 3);
  await server.answers();
  const call = tab.calls();
  await settled();
  assert.equal(call.token, "token-3");
});

test("a token that still lives is given when its renewal fails", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME - MARGIN);
  const call = tab.calls();
  await server.refuses();
  assert.equal(call.token, "token-1");
});

test("a call waits for a try that is near and is told of one that is far", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  await server.refuses();
  const near = tab.calls();
  await settled();
  assert.equal(near.is, "waiting");
  for (const pause of [1_000, 2_000, 4_000]) {
    await world.passes(pause);
    await server.refuses();
  }
  const far = tab.calls();
  await settled();
  assert.equal(far.is, "refused");
  assert.equal(far.error.code, "unreachable");
});

test("a server that asks to wait is obeyed", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  const busy = new TokenkeepError({ code: "too_many_requests", status: 429, title: "", detail: "", retry_after: 60 });
  await server.refuses(busy);
  await world.passes(59_999);
  assert.equal(server.asked, 1);
  await world.passes(1);
  assert.equal(server.asked, 2);
});

test("a refusal is not tried again by itself", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  const call = tab.calls();
  await server.refuses(new TokenkeepError({ code: "not_found", status: 404, title: "", detail: "" }));
  assert.equal(call.error.code, "not_found");
  await world.passes(3_600_000);
  assert.equal(server.asked, 1);
});

test("after a refusal calls are told at once, until it is worth another look", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  await server.refuses(new TokenkeepError({ code: "not_found", status: 404, title: "", detail: "" }));
  const told = tab.calls();
  await settled();
  assert.equal(told.error.code, "not_found");
  await world.passes(300_000);
  tab.calls();
  await settled();
  assert.equal(server.asked, 2);
});

test("a call that is cancelled leaves, and the others stay", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  const stop = new AbortController();
  const [cancelled, other] = [tab.calls({ signal: stop.signal }), tab.calls()];
  stop.abort(new Error("no longer wanted"));
  await settled();
  assert.equal(cancelled.error.message, "no longer wanted");
  await server.answers();
  assert.equal(other.token, "token-1");
});

test("a call cancelled before it began asks for nothing", async () => {
  const [world, server] = [new World(), new Server()];
  const call = world.opensTab(server).calls({ signal: AbortSignal.abort(new Error("stopped")) });
  await settled();
  assert.equal(call.error.message, "stopped");
  assert.equal(server.asked, 0);
});

test("the hundred and first call is turned away with a reason", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  const calls = Array.from({ length: 101 }, () => tab.calls());
  await settled();
  assert.equal(calls[100].error.code, "too_many_requests");
  await server.answers();
  assert.ok(calls.slice(0, 100).every(({ is }) => is === "answered"));
});

test("no call waits longer than half a minute, whatever the server does", async () => {
  const [world, server] = [new World(), new Server()];
  const call = world.opensTab(server).calls();
  await world.passes(29_999);
  assert.equal(call.is, "waiting");
  await world.passes(1);
  assert.equal(call.error.code, "unavailable");
});

test("six tabs that wake together on an expired token ask once", async () => {
  const { world, server } = await withToken();
  for (let nth = 1; nth < 6; nth += 1) world.opensTab(server);
  await world.passes(LIFETIME);
  const calls = world.tabs.map((tab) => tab.calls());
  await server.answers();
  assert.deepEqual(calls.map(({ token }) => token), Array(6).fill("token-2"));
  assert.equal(server.asked, 2);
});

test("a page that opens takes the token another tab has", async () => {
  const { world, server } = await withToken();
  const call = world.opensTab(server).calls();
  await settled();
  assert.equal(call.token, "token-1");
  assert.equal(server.asked, 1);
});

test("another tab's failure is kept to here", async () => {
  const [world, server] = [new World(), new Server()];
  const [one, other] = [world.opensTab(server), world.opensTab(server)];
  one.calls();
  const busy = new TokenkeepError({ code: "too_many_requests", status: 429, title: "Busy", detail: "", retry_after: 60 });
  await server.refuses(busy);
  const call = other.calls();
  await settled();
  assert.equal(call.error.title, "Busy");
  assert.equal(server.asked, 1);
});

test("a late writer does not replace a later token", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(LIFETIME);
  const call = tab.calls();
  await settled();
  const later = { generation: 7, token: "later", receivedAt: world.time, renewAt: world.time + 1e5, expiresAt: world.time + 2e5 };
  await world.store.change("key", () => later);
  await server.answers();
  assert.equal(call.token, "later");
  assert.equal((await world.store.change("key", () => undefined)).token, "later");
});

test("a token that failed is replaced, though it is fresh", async () => {
  const { server, tab } = await withToken();
  const call = tab.calls({ after: 1 });
  await server.answers();
  assert.equal(call.token, "token-2");
});

test("a token that failed after another tab renewed costs no second renewal", async () => {
  const { world, server, tab } = await withToken();
  const other = world.opensTab(server);
  other.calls({ after: 1 });
  await server.answers();
  const call = tab.calls({ after: 1 });
  await settled();
  assert.equal(call.token, "token-2");
  assert.equal(server.asked, 2);
});

test("a server that refuses every token stops the renewals after a dozen a minute, over all tabs", async () => {
  const { world, server, tab } = await withToken();
  const other = world.opensTab(server);
  for (let generation = 1; generation < 12; generation += 1) {
    (generation % 2 ? tab : other).calls({ after: generation });
    await server.answers();
  }
  const call = tab.calls({ after: 12 });
  await settled();
  assert.equal(server.asked, 12);
  assert.equal(call.error.code, "too_many_requests");
});

test("without a network it is tried again when the network is back", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  world.isOnline = false;
  tab.calls();
  await server.refuses();
  await world.passes(60_000);
  assert.equal(server.asked, 1);
  world.isOnline = true;
  tab.keeper.wake({ network: true });
  await settled();
  assert.equal(server.asked, 2);
});

test("a call finds out by itself that the network is back", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  world.isOnline = false;
  tab.calls();
  await server.refuses();
  world.isOnline = true;
  tab.calls();
  await settled();
  assert.equal(server.asked, 2);
});

test("a network that came back ends the wait for a server out of reach", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  await server.refuses();
  tab.keeper.wake({ network: true });
  await settled();
  assert.equal(server.asked, 2);
});

test("after a success the waits begin anew", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  await server.refuses();
  for (const pause of [1_000, 2_000]) {
    await world.passes(pause);
    await server.refuses();
  }
  await world.passes(4_000);
  await server.answers();
  await world.passes(LIFETIME);
  tab.calls();
  await server.refuses();
  await world.passes(1_000);
  assert.equal(server.asked, 6);
});

test("a tab that hears no news finds the renewed token under the lock", async () => {
  const { world, server, tab } = await withToken();
  const other = world.opensTab(server);
  world.isDeaf = true;
  await world.passes(LIFETIME);
  const calls = [tab.calls(), other.calls()];
  await server.answers();
  await settled();
  assert.deepEqual(calls.map(({ token }) => token), ["token-2", "token-2"]);
  assert.equal(server.asked, 2);
});

test("a token from before the clock was set back is not trusted", async () => {
  const { world, server, tab } = await withToken();
  world.time -= 3_600_000;
  const call = tab.calls();
  await settled();
  assert.equal(call.is, "waiting");
  await server.answers();
  assert.equal(call.token, "token-2");
});

test("a clock set an hour forward costs one renewal", async () => {
  const { world, server, tab } = await withToken();
  await world.passes(3_600_000);
  tab.calls();
  await server.answers();
  tab.calls();
  await settled();
  assert.equal(server.asked, 2);
});

test("a page at rest sets no timer", async () => {
  const { world } = await withToken();
  assert.deepEqual(world.alarms, []);
});

test("a record that was lost is begun anew", async () => {
  const { world, server, tab } = await withToken();
  await world.store.change("key", () => null);
  await world.passes(LIFETIME);
  const call = tab.calls();
  await server.answers();
  assert.equal(call.token, "token-2");
});

test("a short life is used for its half", async () => {
  const [world, server] = [new World(), new Server()];
  server.lifetime = 20;
  const tab = world.opensTab(server);
  tab.calls();
  await server.answers();
  await world.passes(9_999);
  tab.calls();
  await settled();
  assert.equal(server.asked, 1);
  await world.passes(1);
  tab.calls();
  await settled();
  assert.equal(server.asked, 2);
});

test("who listens is told of waiting, failing and renewing", async () => {
  const [world, server] = [new World(), new Server()];
  const tab = world.opensTab(server);
  tab.calls();
  await server.refuses(trouble("unreachable"));
  await world.passes(1_000);
  await server.answers();
  const words = tab.told.map(({ kind, count, harmed }) => [kind, count ?? harmed].filter((part) => part !== undefined).join(" "));
  assert.deepEqual(words, ["waiting 1", "waiting 0", "failed 1", "renewed"]);
});
