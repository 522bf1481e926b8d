import { parsed, refusal, trouble } from "../keeper/problem.js";
import { retryAfter } from "../keeper/outcome.js";

const PATH = "/api/v1/widget/conversations";
/** How long the server lets a read wait, in seconds, and how much longer the network may take, in milliseconds. */
const WAIT = 25;
const PATIENCE = 15_000;

/**
 * The conversation's three calls, over a `call` that adds the token; a `quiet` one is for what runs by itself. Each throws a `TokenkeepError`, or the reason of the
 * signal that ended it.
 */
export class Api {
  #call;
  #quiet;
  #env;

  constructor(call, quiet, env) {
    [this.#call, this.#quiet, this.#env] = [call, quiet, env];
  }

  /** Begins a conversation; a repeat under the same key gives the same one. */
  begin(key, isQuiet) {
    return this.#json(this.#by(isQuiet), PATH, { method: "POST", headers: { "idempotency-key": key } }, PATIENCE);
  }

  /** Sends a message; a repeat with the same `clientId` is the same message. */
  send({ id, visitorKey }, { clientId, text }, isQuiet) {
    const headers = { "content-type": "application/json", "idempotency-key": clientId, "x-visitor-key": visitorKey };
    const body = JSON.stringify({ text, client_id: clientId });
    return this.#json(this.#by(isQuiet), `${PATH}/${encodeURIComponent(id)}/messages`, { method: "POST", headers, body }, PATIENCE);
  }

  /** The messages after a place, waiting for one if `waits`. */
  read({ id, visitorKey }, after, waits, signal) {
    const path = `${PATH}/${encodeURIComponent(id)}?after=${after}&wait=${waits ? WAIT : 0}`;
    const headers = { "x-visitor-key": visitorKey };
    return this.#json(this.#quiet, path, { headers, signal }, waits ? WAIT * 1_000 + PATIENCE : PATIENCE);
  }

  #by(isQuiet) {
    return isQuiet ? this.#quiet : this.#call;
  }

  async #json(call, path, { signal, ...init }, patience) {
    const stop = new AbortController();
    const abort = () => stop.abort(signal.reason);
    const timer = this.#env.setTimeout(() => stop.abort(trouble("unreachable")), patience);
    signal?.addEventListener("abort", abort);
    try {
      const answer = await call(path, { ...init, signal: stop.signal });
      const text = await answer.text();
      if (!answer.ok) throw refusal(answer.status, text, retryAfter(answer.headers.get("retry-after"), this.#env.now()));
      return parsed(text);
    } catch (error) {
      if (stop.signal.aborted) throw stop.signal.reason;
      throw error?.name === "TokenkeepError" ? error : trouble("unreachable");
    } finally {
      this.#env.clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}
