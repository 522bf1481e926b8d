/*
 * What an answer without a token means for the next try: `domain/src/keeper/outcome.rs` in JavaScript.
 */

/** The first wait after the quick tries, and the longest of our own. */
const SLOW = 30_000;
const LONGEST = 300_000;
/** The longest wait a server can ask for. */
const LONGEST_ASKED = 3_600_000;
/** How many tries come quickly, and the pause before the first. */
const QUICK = { tries: 3, delay: 1_000 };

const OUTCOMES = {
  still_running: "running",
  unreachable: "unknown",
  unreadable_answer: "unknown",
  internal: "unknown",
  not_stored: "unknown",
  upstream_unavailable: "failed",
  upstream_timeout: "failed",
  upstream_throttled: "failed",
  upstream_unreadable: "failed",
  too_many_requests: "failed",
  unavailable: "failed",
  key_reused: "failed",
  not_signed_in: "signed_out",
};

/** "running", "unknown" and "failed" are tried again; "refused" and "signed_out" wait for a person. */
export function outcome(code) {
  return Object.hasOwn(OUTCOMES, code) ? OUTCOMES[code] : "refused";
}

/** Whether it is tried again by itself. */
export function isPassing(code) {
  return ["running", "unknown", "failed"].includes(outcome(code));
}

/**
 * How long to wait after the `attempts`-th failure in a row (from 1): 1, 2, 4 s, then from 30 s on doubled to 5 min at most,
 * of which a random half is taken off, so that many pages don't come back together. `retryAfter` (seconds) is kept to, up
 * to an hour.
 */
export function backoff(attempts, retryAfter, random) {
  const isQuick = attempts <= QUICK.tries;
  const [first, before] = isQuick ? [QUICK.delay, Math.max(0, attempts - 1)] : [SLOW, attempts - QUICK.tries - 1];
  const full = Math.min(first * 2 ** Math.min(before, 20), LONGEST);
  const own = full - Math.floor((full * (random % 500)) / 1_000);
  const asked = Math.min((retryAfter ?? 0) * 1_000, LONGEST_ASKED);
  return asked > own ? asked + (random % 1_000) : own;
}

/** Seconds of a `Retry-After` header (RFC 9110 §10.2.3): a number, or a date by the server's clock; else `undefined`. */
export function retryAfter(header, serverNow) {
  const text = (header ?? "").trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text), 86_400);
  // A date has a month's name in it; the browser would take "-1" or "1.5" for one as well.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(date)) return undefined;
  return Math.min(Math.max(0, Math.ceil((date - serverNow) / 1_000)), 86_400);
}
