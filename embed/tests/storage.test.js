import assert from "node:assert/strict";
import { test } from "node:test";

import { Ladder, places } from "../src/storage/ladder.js";
import { LocalStore } from "../src/storage/local_storage.js";
import { locks } from "../src/storage/lock.js";
import { MemoryStore } from "../src/storage/memory.js";
import { News } from "../src/storage/news.js";
import { World, deferred, settled } from "./rig.js";

/** As localStorage behaves, with as much room as it is given. */
class Storage {
  items = new Map();
  room = Infinity;

  getItem = (key) => this.items.get(key) ?? null;
  removeItem = (key) => this.items.delete(key);
  setItem = (key, value) => {
    if (value.length > this.room) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  };
}

const dice = (world) => {
  let drawn = 0;
  return { ...world.env, random: () => (drawn += 1) };
};

/** Two tabs that see each other's writes ten milliseconds late, as tabs in two processes do. */
function lateSight(world) {
  const views = [new Storage(), new Storage()];
  const both = (write) => world.env.setTimeout(() => views.forEach(write), 10);
  return views.map((own) => ({
    getItem: own.getItem,
    setItem: (key, value) => [own.setItem(key, value), both((view) => view.setItem(key, value))],
    removeItem: (key) => [own.removeItem(key), both((view) => view.removeItem(key))],
  }));
}

/** Two tabs of a browser without Web Locks. */
function lessees() {
  const [world, localStorage] = [new World(), new Storage()];
  const env = dice(world);
  return { world, localStorage, tabs: [locks({ localStorage }, env), locks({ localStorage }, env)] };
}

test("without Web Locks a lease in localStorage lets one tab at a time", async () => {
  const { world, tabs } = lessees();
  const order = [];
  const first = deferred();
  tabs[0]("name", 15_000, async () => {
    order.push("first begins");
    await first.promise;
    order.push("first ends");
  });
  await world.passes(50);
  tabs[1]("name", 15_000, async () => order.push("second"));
  await world.passes(1_000);
  first.resolve();
  await world.passes(200);
  assert.deepEqual(order, ["first begins", "first ends", "second"]);
});

test("two tabs that want the lease at once don't both get it", async () => {
  const world = new World();
  const env = dice(world);
  const tabs = lateSight(world).map((localStorage) => locks({ localStorage }, env));
  let [inside, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, (inside += 1));
    await new Promise((resolve) => world.env.setTimeout(resolve, 10));
    inside -= 1;
  };
  const both = Promise.all(tabs.map((lock) => lock("name", 15_000, work)));
  await world.passes(1_000);
  await both;
  assert.equal(most, 1);
});

test("the lease of a tab that died is over after fifteen seconds", async () => {
  const { world, tabs } = lessees();
  let done = false;
  tabs[0]("name", 60_000, () => new Promise(() => {}));
  await world.passes(100);
  tabs[1]("name", 60_000, async () => (done = true));
  await world.passes(14_800);
  assert.equal(done, false);
  await world.passes(200);
  assert.equal(done, true);
});

test("a lease from a clock that was set back since holds nobody up", async () => {
  const { world, localStorage, tabs } = lessees();
  localStorage.setItem("tokenkeep:lease:name", `dead ${world.time + 3_600_000}`);
  let done = false;
  tabs[0]("name", 60_000, async () => (done = true));
  await world.passes(100);
  assert.equal(done, true);
});

test("a lock whose holder is stuck is waited for so long and no longer", async () => {
  const world = new World();
  const stuck = { request: (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) };
  let done = false;
  locks({ navigator: { locks: stuck } }, world.env)("name", 15_000, async () => (done = true));
  await world.passes(14_999);
  assert.equal(done, false);
  await world.passes(1);
  assert.equal(done, true);
});

test("a document that may hold no lock takes a lease", async () => {
  const [world, localStorage] = [new World(), new Storage()];
  const refusing = { request: async () => Promise.reject(new Error("InvalidStateError")) };
  let done = false;
  locks({ navigator: { locks: refusing }, localStorage }, dice(world))("name", 15_000, async () => {
    done = localStorage.items.has("tokenkeep:lease:name");
  });
  await world.passes(100);
  assert.equal(done, true);
});

test("what the work under a Web Lock throws is passed on, and it is not done twice", async () => {
  const [world, manager] = [new World(), { request: async (_, __, work) => work() }];
  let times = 0;
  const work = () => Promise.reject(new Error(`no ${(times += 1)}`));
  await assert.rejects(locks({ navigator: { locks: manager } }, world.env)("name", 15_000, work), /no 1/);
  assert.equal(times, 1);
});

test("what the work itself throws is passed on, and the lock is free again", async () => {
  const { world, localStorage, tabs } = lessees();
  const failing = assert.rejects(tabs[0]("name", 15_000, () => Promise.reject(new Error("no"))), /no/);
  await world.passes(100);
  await failing;
  assert.equal(localStorage.items.size, 0);
});

test("records in localStorage are read by another tab", async () => {
  const storage = new Storage();
  await new LocalStore(storage).change("name", () => ({ generation: 3 }));
  assert.deepEqual(await new LocalStore(storage).change("name", () => undefined), { generation: 3 });
});

test("a place that is full gives way to the next, with what was known", async () => {
  const [world, storage] = [new World(), new Storage()];
  const ladder = new Ladder([new LocalStore(storage), new MemoryStore()], world.env);
  await ladder.change("one", () => ({ kept: true }));
  storage.room = 5;
  assert.deepEqual(await ladder.change("two", () => ({ kept: "here" })), { kept: "here" });
  assert.deepEqual(await ladder.change("one", () => undefined), { kept: true });
});

test("a place that does not answer gives way after three seconds", async () => {
  const world = new World();
  const silent = { change: () => new Promise(() => {}) };
  const kept = new Ladder([silent, new MemoryStore()], world.env).change("one", () => 1);
  await world.passes(3_000);
  assert.equal(await kept, 1);
});

test("a machine that sleeps while a place is at work does not count as a place that does not answer", async () => {
  const world = new World();
  const [slow, below] = [deferred(), new MemoryStore()];
  const kept = new Ladder([{ change: () => slow.promise }, below], world.env).change("one", () => 1);
  await world.sleeps(3_600_000);
  slow.resolve("as it stands");
  assert.equal(await kept, "as it stands");
  assert.equal(await below.change("one", () => undefined), undefined);
});

test("what an earlier page left on a lower place is put with what stands on the first, and a page there keeps its own", async () => {
  const { env } = new World();
  const [first, storage] = [new MemoryStore(), new Storage()];
  await first.change("list", () => ["one"]);
  await new LocalStore(storage).change("list", () => ["two"]);
  const ladder = new Ladder([first, new LocalStore(storage)], env);
  await ladder.takesUp("list", (there, left) => [...there, ...left], () => []);
  await ladder.takesUp("list", (there, left) => [...there, ...left], () => []);
  assert.deepEqual(await first.change("list", () => undefined), ["one", "two"]);
  assert.deepEqual(await new LocalStore(storage).change("list", () => undefined), []);
});

test("a record that is no JSON gives way to memory", async () => {
  const [world, storage] = [new World(), new Storage()];
  storage.setItem("tokenkeep:one", "{broken");
  const ladder = new Ladder([new LocalStore(storage), new MemoryStore()], world.env);
  assert.equal(await ladder.change("one", () => 1), 1);
});

test("a page that may store nothing keeps its records in memory", () => {
  const forbidden = () => {
    throw new Error("SecurityError");
  };
  const scope = Object.defineProperties({}, { indexedDB: { get: forbidden }, localStorage: { get: forbidden } });
  assert.deepEqual(places(scope).map((place) => place.constructor.name), ["MemoryStore"]);
});

test("a hint says what changed and never a token, and one of another version is not read", async () => {
  const heard = [];
  const one = new News({ BroadcastChannel }, () => {});
  const other = new News({ BroadcastChannel }, (...news) => heard.push(news));
  const raw = new BroadcastChannel("tokenkeep-embed");
  const seen = new Promise((resolve) => (raw.onmessage = ({ data }) => resolve(data)));
  raw.postMessage({ version: 99, name: "key", kind: "token" });
  one.tell("key", "token", 2);
  assert.deepEqual(await seen, { version: 1, name: "key", kind: "token", generation: 2 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(heard, [["key", "token"]]);
  [one, other].forEach((news) => news.rest());
  raw.close();
});

test("without BroadcastChannel there are no hints, and nothing fails", async () => {
  const news = new News({}, () => {});
  news.tell("key", "token", 1);
  news.rest();
  await settled();
});
