import assert from "node:assert/strict";
import { test } from "node:test";

import { merged, reached } from "../src/chat/messages.js";
import { trouble } from "../src/keeper/problem.js";
import { MemoryStore } from "../src/storage/memory.js";
import { Desk, Page, refusalOf } from "./chat_rig.js";
import { World, deferred, settled } from "./rig.js";

async function chatting() {
  const [world, desk] = [new World(), new Desk()];
  const page = new Page(world, desk);
  await page.opens();
  return { world, desk, page };
}

test("a visitor who only looks begins no conversation", async () => {
  const { desk } = await chatting();
  assert.deepEqual(desk.begun, []);
});

test("the first message begins the conversation and arrives in it", async () => {
  const { desk, page } = await chatting();
  await page.writes("Hello");
  assert.deepEqual(desk.texts("c1"), ["Hello"]);
  assert.deepEqual(page.texts, ["Hello"]);
});

test("a message is on the page before the server has it", async () => {
  const { desk, page } = await chatting();
  desk.faults = [trouble("unreachable")];
  await page.writes("Hello");
  assert.deepEqual(page.texts, ["(Hello)"]);
  assert.equal(page.chat.view.isStuck, true);
});

test("messages written quickly arrive once and in order", async () => {
  const { desk, page } = await chatting();
  await page.writes("one", "two", "three");
  assert.deepEqual(desk.received, ["one", "two", "three"]);
});

test("what could not be sent is sent again by itself, in order", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("one");
  desk.faults = [trouble("unreachable")];
  await page.writes("two", "three");
  assert.deepEqual(page.troubles, ["unreachable"]);
  await world.passes(1_000);
  assert.deepEqual(desk.texts("c1"), ["one", "two", "three"]);
  assert.equal(page.chat.view.isStuck, false);
});

test("a message whose answer was lost stands there once", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("one");
  desk.faults = ["lost"];
  await page.writes("two");
  await desk.news();
  assert.deepEqual(page.texts, ["one", "two"]);
  await world.passes(1_000);
  assert.deepEqual(desk.received, ["one", "two", "two"]);
  assert.deepEqual(desk.texts("c1"), ["one", "two"]);
  assert.deepEqual(page.texts, ["one", "two"]);
});

test("a message written while another fails goes out at once", async () => {
  const { desk, page } = await chatting();
  const failing = deferred();
  desk.faults = [failing.promise];
  await page.writes("one");
  await page.writes("two");
  failing.reject(trouble("unreachable"));
  await settled();
  assert.deepEqual(desk.texts("c1"), ["one", "two"]);
});

test("a conversation whose beginning was not heard is begun once, though the page was reloaded", async () => {
  const { world, desk, page } = await chatting();
  desk.faults = ["lost"];
  await page.writes("Hello");
  page.closes(world);
  await new Page(world, desk).opens();
  assert.deepEqual([...desk.conversations.keys()], ["c1"]);
  assert.deepEqual(desk.texts("c1"), ["Hello"]);
});

test("what was not sent when the page was closed is sent by the next one", async () => {
  const { world, desk, page } = await chatting();
  desk.faults = [trouble("unreachable")];
  await page.writes("one", "two");
  page.closes(world);
  const next = new Page(world, desk);
  await next.opens();
  assert.deepEqual(desk.texts("c1"), ["one", "two"]);
  assert.deepEqual(next.texts, ["one", "two"]);
});

test("what was written while the store failed is found and sent by the next page, in order and once", async () => {
  const { world, desk, page } = await chatting();
  const { store } = world;
  world.lowerPlaces = [new MemoryStore()];
  await page.writes("one");
  page.closes(world);
  world.store = { change: () => Promise.reject(new Error("full")) };
  const failing = new Page(world, desk);
  desk.faults = [trouble("unreachable"), trouble("unreachable")];
  await failing.opens();
  await failing.writes("two", "three");
  failing.closes(world);
  world.store = store;
  const [conversation] = desk.conversations.keys();
  for (const next of [new Page(world, desk), new Page(world, desk)]) {
    await next.opens();
    await settled();
    assert.deepEqual(next.texts, ["one", "two", "three"]);
  }
  assert.deepEqual(desk.texts(conversation), ["one", "two", "three"]);
  assert.deepEqual(desk.received, ["one", "two", "three"]);
});

test("a visitor who returns finds the earlier conversation", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello");
  await desk.replies("c1", "Good day");
  page.closes(world);
  const next = new Page(world, desk);
  await next.opens();
  assert.deepEqual(next.texts, ["Hello", "Good day"]);
  assert.equal(desk.begun.length, 1);
});

test("a reply is shown when it comes", async () => {
  const { desk, page } = await chatting();
  await page.writes("Hello");
  await desk.replies("c1", "Good day");
  assert.deepEqual(page.texts, ["Hello", "Good day"]);
});

test("two tabs show one conversation, and send one after the other", async () => {
  const { world, desk, page } = await chatting();
  const other = new Page(world, desk);
  await other.opens();
  await Promise.all([page.writes("one"), other.writes("two")]);
  await settled();
  await desk.news();
  assert.equal(desk.conversations.size, 1);
  assert.equal(desk.received.length, 2);
  assert.deepEqual([...page.texts].sort(), ["one", "two"]);
  assert.deepEqual(page.texts, other.texts);
});

test("a refused message is marked with the reason, and the others go on", async () => {
  const { desk, page } = await chatting();
  await page.writes("one");
  desk.faults = [refusalOf("invalid_fields", 422)];
  await page.writes("two", "three");
  assert.deepEqual(desk.texts("c1"), ["one", "three"]);
  assert.equal(page.chat.view.sending[0].refused, "Because of invalid_fields.");
});

test("a refused message is sent when the visitor asks for it", async () => {
  const { desk, page } = await chatting();
  desk.faults = [undefined, refusalOf("invalid_fields", 422)];
  await page.writes("one");
  await page.chat.retry(page.chat.view.sending[0].clientId);
  await settled();
  assert.deepEqual(desk.texts("c1"), ["one"]);
});

test("a conversation that was removed for its age gives way to a new one", async () => {
  const { desk, page } = await chatting();
  await page.writes("Hello");
  desk.conversations.delete("c1");
  desk.conversations.set("other", { id: "other", messages: [] });
  await page.writes("Anybody?");
  assert.deepEqual(desk.texts("c2"), ["Anybody?"]);
  assert.deepEqual(page.texts, ["Anybody?"]);
});

test("a conversation that is gone when it is read is said to be gone", async () => {
  const { desk, page } = await chatting();
  await page.writes("Hello");
  desk.conversations.delete("c1");
  desk.readers.splice(0).forEach(({ fail }) => fail(refusalOf("conversation_unknown", 404)));
  await settled();
  assert.equal(page.chat.view.isGone, true);
  assert.deepEqual(page.texts, []);
});

test("a closed conversation takes nothing more, and can be left for a new one", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello", "Anybody?");
  desk.conversations.get("c1").closed = true;
  await desk.news();
  assert.equal(page.chat.view.isClosed, true);
  await world.passes(60_000);
  assert.equal(desk.readers.length, 0);
  await page.chat.leave();
  await page.writes("Again");
  assert.deepEqual(desk.texts("c2"), ["Again"]);
  assert.deepEqual(page.texts, ["Again"]);
});

test("nothing is read while nobody looks", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello");
  page.chat.attend({ isSeen: false });
  await settled();
  desk.readers.splice(0);
  await world.passes(60_000);
  assert.equal(desk.readers.length, 0);
  page.chat.attend({ isSeen: true });
  await settled();
  assert.equal(desk.readers.length, 1);
});

test("with the window closed a reply is waited for ten minutes", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello");
  page.chat.attend({ isOpen: false });
  await desk.replies("c1", "Good day");
  assert.deepEqual(page.texts, ["Hello", "Good day"]);
  await world.passes(600_000);
  await desk.news();
  await world.passes(60_000);
  assert.equal(desk.readers.length, 0);
});

test("a read that fails is tried again with growing pauses, and the visitor is told once", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello");
  for (const pause of [1_000, 2_000]) {
    desk.readers.splice(0).forEach(({ fail }) => fail(trouble("unreachable")));
    await world.passes(pause - 1);
    assert.equal(desk.readers.length, 0);
    await world.passes(1);
    assert.equal(desk.readers.length, 1);
  }
  assert.deepEqual(page.troubles, ["unreachable"]);
});

test("of what is tried again by itself the visitor is told once", async () => {
  const { world, desk, page } = await chatting();
  desk.faults = Array(3).fill(trouble("unreachable"));
  await page.writes("Hello");
  await world.passes(3_000);
  assert.deepEqual(page.troubles, ["unreachable"]);
  await page.writes("Are you there?");
  await world.passes(4_000);
  assert.deepEqual(desk.texts("c1"), ["Hello", "Are you there?"]);
});

test("a server that answers reads at once is asked once a second", async () => {
  const { world, desk, page } = await chatting();
  await page.writes("Hello");
  desk.isHasty = true;
  await desk.news();
  const before = desk.reads;
  await world.passes(10_000);
  assert.equal(desk.reads - before, 10);
});

test("more than fifty messages are not kept waiting", async () => {
  const { desk, page } = await chatting();
  desk.faults = Array(60).fill(trouble("unreachable"));
  for (let nth = 0; nth < 50; nth += 1) assert.equal(await page.chat.write(`${nth}`), true);
  assert.equal(await page.chat.write("one too many"), false);
});

test("messages are merged by their place, and what can't be shown is left out", () => {
  const message = (seq) => ({ seq, from: "staff", text: `${seq}` });
  const odd = [null, 7, "text", { seq: -1, from: "staff", text: "" }, { seq: 3, from: "root", text: "" }, { seq: 4, from: "staff" }];
  const messages = merged([message(2)], [message(1), message(2), ...odd]);
  assert.deepEqual(messages.map(({ seq }) => seq), [1, 2]);
  assert.deepEqual(merged([], "nonsense"), []);
  assert.equal(reached([message(1), message(2), message(5)]), 2);
});
