import assert from "node:assert/strict";
import { test } from "node:test";

import { Banner } from "../src/banner/banner.js";
import { World } from "./rig.js";

function watched() {
  const [world, shown] = [new World(), []];
  return { world, shown, banner: new Banner(world.env, (what) => shown.push(what)) };
}

test("a wait of less than 300 ms shows nothing", async () => {
  const { world, shown, banner } = watched();
  banner.waiting(1);
  await world.passes(299);
  banner.waiting(0);
  await world.passes(5_000);
  assert.deepEqual(shown, []);
});

test("a longer wait is shown until it ends, once for all that wait", async () => {
  const { world, shown, banner } = watched();
  [1, 2, 3].forEach((count) => banner.waiting(count));
  await world.passes(300);
  assert.deepEqual(shown, ["refreshing"]);
  banner.waiting(2);
  banner.waiting(0);
  assert.deepEqual(shown, ["refreshing", null]);
});

test("a trouble is shown at once and cleared after three seconds", async () => {
  const { world, shown, banner } = watched();
  banner.failed();
  await world.passes(2_999);
  assert.deepEqual(shown, ["error"]);
  await world.passes(1);
  assert.deepEqual(shown, ["error", null]);
});

test("the config says how long a trouble stands", async () => {
  const { world, shown, banner } = watched();
  banner.failed(5);
  await world.passes(4_999);
  assert.deepEqual(shown, ["error"]);
  await world.passes(1);
  assert.deepEqual(shown, ["error", null]);
});

test("a second trouble stands its own time", async () => {
  const { world, shown, banner } = watched();
  banner.failed();
  await world.passes(2_000);
  banner.failed();
  await world.passes(2_999);
  assert.deepEqual(shown, ["error"]);
  await world.passes(1);
  assert.deepEqual(shown, ["error", null]);
});

test("a trouble that ended is cleared at once", () => {
  const { shown, banner } = watched();
  banner.failed();
  banner.cleared();
  assert.deepEqual(shown, ["error", null]);
});

test("a wait during a trouble is shown when the trouble is cleared", async () => {
  const { world, shown, banner } = watched();
  banner.failed();
  banner.waiting(1);
  await world.passes(3_000);
  assert.deepEqual(shown, ["error", null, "refreshing"]);
});
