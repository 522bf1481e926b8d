import { BUFFER, LONGEST_LIFE, UNKNOWN_LIFETIME, expiry, lifetimeClaims, renewAt } from "./lifetime.js";

/** The buffer of the server's config: the floor in milliseconds, of which contract 5 recommends 5 to 30 s, and the share in percent. */
export function bufferOf(config) {
  const within = (value, least, most) => Number.isFinite(value) && value >= least && value <= most;
  const [seconds, share] = [config?.buffer_seconds, config?.buffer_percent];
  return {
    floor: within(seconds, 1, 300) ? seconds * 1_000 : BUFFER.floor,
    share: within(share, 0, 50) ? share : BUFFER.share,
  };
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
    renewAt: renewAt(bufferOf(config), sentAt, expiresAt, p99, random),
    org,
    config,
    configVersion,
    failure: null,
  };
}
