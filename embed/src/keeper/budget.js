/*
 * What stops a renewal storm, whatever causes it: `domain/src/keeper/budget.rs` in JavaScript. What was spent is a list of
 * times that stands in the record all tabs share.
 */

/** At most this many requests for a token … */
const ASKS = 12;
/** … within this time. */
const WINDOW = 60_000;

/** `spent` with one more request. */
export function spend(spent, now) {
  return [...spent, now].slice(-ASKS);
}

/** When there is room again; `null` while there is. */
export function fullUntil(spent, now) {
  const freeAt = spent.length < ASKS ? now : spent[0] + WINDOW;
  return freeAt > now ? Math.min(freeAt, now + WINDOW) : null;
}
