import { parsed, refusal, trouble } from "./problem.js";
import { retryAfter } from "./outcome.js";

/** The longest the bootloader may take. */
const PATIENCE = 10_000;
/** The longest answer that is read. */
const LONGEST = 100_000;

/**
 * How a token is asked for: `GET /api/bootloader` with the org key or the site's id. The function it gives answers with
 * `{ token, expiresIn, org, config, configVersion }`, and throws a `TokenkeepError` in any other case.
 */
export function bootloader(origin, { header, key }, env) {
  return async (note) => {
    const stop = new AbortController();
    const timer = env.setTimeout(() => stop.abort(), PATIENCE);
    const sentAt = env.now();
    try {
      const answer = await env.fetch(`${origin}/api/bootloader`, request(header, key, stop.signal));
      const serverDate = Date.parse(answer.headers.get("date"));
      note({ sentAt, receivedAt: env.now(), serverDate });
      const text = await answer.text();
      const wait = retryAfter(answer.headers.get("retry-after"), Number.isNaN(serverDate) ? env.now() : serverDate);
      return answer.ok ? read(text) : Promise.reject(refusal(answer.status, text, wait));
    } catch (error) {
      throw error?.name === "TokenkeepError" ? error : trouble("unreachable");
    } finally {
      env.clearTimeout(timer);
    }
  };
}

function request(header, key, signal) {
  return {
    headers: { [header]: key, accept: "application/json" },
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal,
  };
}

function read(text) {
  const body = text.length > LONGEST ? {} : parsed(text);
  const { org_token: token, expires_in: expiresIn, org, config, config_version: configVersion } = body;
  // Only what may stand in a header (RFC 6750 §2.1).
  if (typeof token !== "string" || !/^[\w.~+/=-]{1,8192}$/.test(token)) throw trouble("unreadable_answer");
  return { token, expiresIn, org: org ?? {}, config: config ?? {}, configVersion };
}
