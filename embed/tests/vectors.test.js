/* This keeper decides as the one in Rust does, case by case (`domain/src/keeper/vectors.rs` writes them). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fullUntil, spend } from "../src/keeper/budget.js";
import { expiry, margin, renewAt, stage } from "../src/keeper/lifetime.js";
import { backoff, outcome } from "../src/keeper/outcome.js";
import { RecentRenewals } from "../src/keeper/recent.js";
import { ServerClock } from "../src/keeper/server_clock.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/keeper.json", import.meta.url), "utf8"));

/** One test for all cases of a subject; each must give what stands in its `is`. */
function each(subject, decide) {
  test(`the ${subject} is the one the Rust keeper computes`, () => {
    assert.ok(vectors[subject].length > 0);
    for (const given of vectors[subject]) assert.equal(decide(given), given.is, JSON.stringify(given));
  });
}

each("margin", ({ floor, share, lifetime, p99 }) => margin({ floor, share }, lifetime, p99));
each("renew_at", (v) => renewAt({ floor: v.floor, share: v.share }, v.received_at, v.expires_at, v.p99, v.random));
each("expiry", (v) => expiry(v.received_at, v.expires_in, v.claims));
each("stage", (v) => stage({ renewAt: v.renew_at, expiresAt: v.expires_at }, v.now));
each("backoff", (v) => backoff(v.attempts, v.retry_after, v.random));
each("outcome", (v) => outcome(v.code));
each("p99", ({ took }) => {
  const recent = new RecentRenewals();
  took.forEach((span) => recent.note(span));
  return recent.p99;
});

test("the budget is full when the Rust keeper's is", () => {
  let spent = [];
  for (const { now, full_until: expected } of vectors.budget) {
    assert.equal(fullUntil(spent, now), expected, `at ${now}`);
    if (expected === null) spent = spend(spent, now);
  }
});

test("the server's clock is the one the Rust keeper measures", () => {
  const clock = new ServerClock();
  for (const { sent_at: sentAt, received_at: receivedAt, server_date: serverDate, offset, earliest } of vectors.server_clock) {
    clock.note({ sentAt, receivedAt, serverDate });
    assert.deepEqual([clock.offset, clock.earliest(serverDate)], [offset, earliest]);
  }
});
