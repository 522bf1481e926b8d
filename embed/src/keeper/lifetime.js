/*
 * When a token ends, when it is due, and where in its life it is: `domain/src/token/lifetime.rs` in JavaScript.
 * Times and spans are milliseconds; times count from the Unix epoch.
 */

/**
 * What of a token's life is kept in hand, unless the server's config says otherwise: at least 15 s (contract 5), and a twentieth
 * of its life.
 */
export const BUFFER = { floor: 15_000, share: 5 };
/** What is assumed when nothing says how long a token lives. */
export const UNKNOWN_LIFETIME = 300_000;
/** A token that claims to live longer is renewed after a day all the same. */
export const LONGEST_LIFE = 86_400_000;
/** A clock may differ by this much between two readings without having been set. */
const CLOCK_TOLERANCE = 5_000;

/**
 * How much remaining life triggers a renewal: the largest of the floor, the share of the lifetime in percent and three
 * times the 99th percentile of recent renewals, but never more than half the lifetime.
 */
export function margin({ floor, share }, lifetime, p99) {
  const wanted = Math.max(floor, Math.floor((lifetime * share) / 100), p99 * 3);
  return Math.min(wanted, Math.floor(lifetime / 2));
}

/** When a token is due; `random` is drawn once per token, so that tabs agree, and only ever moves it earlier. */
export function renewAt(buffer, receivedAt, expiresAt, p99, random) {
  const lifetime = Math.max(0, expiresAt - receivedAt);
  const kept = margin(buffer, lifetime, p99);
  const jitter = Math.floor((kept * (random % 1_000)) / 10_000);
  return Math.max(expiresAt - kept - jitter, receivedAt + Math.floor(lifetime / 2));
}

/**
 * When a token received at `receivedAt` ends: after `expiresIn` seconds, else after `exp - iat` of its claims; `null` when
 * neither is known. It counts from receipt, so that a wrong clock on either side does no harm.
 */
export function expiry(receivedAt, expiresIn, claims) {
  const usable = (seconds) => Number.isFinite(seconds) && seconds > 0;
  const fromClaims = claims ? claims[1] - claims[0] : undefined;
  const seconds = [expiresIn, fromClaims].find(usable);
  return seconds === undefined ? null : receivedAt + Math.floor(seconds) * 1_000;
}

/** "fresh" before the renewal point, "due" past it, "expired" past its end. */
export function stage({ receivedAt = -Infinity, renewAt: due, expiresAt }, now) {
  // Received in the future: the clock was set back, and how long it still lives can't be told.
  if (now >= expiresAt || now + CLOCK_TOLERANCE < receivedAt) return "expired";
  return now >= due ? "due" : "fresh";
}

/** `[iat, exp]` of a JWT's claims in seconds (RFC 7519 §4.1), unverified; `undefined` when they can't be read. */
export function lifetimeClaims(token) {
  try {
    const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const { iat, exp } = JSON.parse(atob(part));
    return Number.isFinite(iat) && Number.isFinite(exp) ? [Math.floor(iat), Math.floor(exp)] : undefined;
  } catch {
    return undefined;
  }
}
