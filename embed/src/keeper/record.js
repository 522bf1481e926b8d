import { FLOOR, LONGEST_LIFE, UNKNOWN_LIFETIME, expiry, lifetimeClaims, renewAt } from "./lifetime.js";

/** The buffer of the server's config, in milliseconds; contract 5 recommends 5 to 30 s. */
export function floorOf(config) {
  const seconds = Number(config?.buffer_seconds);
  return Number.isFinite(seconds) && seconds >= 1 && seconds <= 300 ? seconds * 1_000 : FLOOR;
}

/**
 * The record of a token. It counts as received when it was asked for: rather too early than too late, so that no token seems
 * to live longer than it does.
 */
export function recordOf({ token, expiresIn, org, config, configVersion }, { generation, sentAt, p99, random }) {
  const known = expiry(sentAt, expiresIn, lifetimeClaims(token)) ?? sentAt + UNKNOWN_LIFETIME;
  const expiresAt = Math.min(known, sentAt + LONGEST_LIFE);
  return {
    generation,
    token,
    receivedAt: sentAt,
    expiresAt,
    renewAt: renewAt(floorOf(config), sentAt, expiresAt, p99, random),
    org,
    config,
    configVersion,
    failure: null,
  };
}
