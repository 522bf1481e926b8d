import { trouble } from "./problem.js";

/** The pauses before a request that met no network is sent again. */
const PAUSES = [1_000, 2_000];

/**
 * `tokenkeep.fetch`: the browser's own `fetch`, with the org token for requests to Tokenkeep's origin and to no other.
 *
 * A call goes at once while the token is fresh, and else waits for the renewal. After a 401 it asks for a later token than
 * the one that failed and goes once more; a 403 is an answer like any other. What may be repeated (GET, HEAD, or with an
 * `Idempotency-Key`) is sent again when the network failed, and `onTrouble` hears of the first time; without `onTrouble`
 * that is the caller's business. Nobody is told that a `quiet` call waits.
 */
export function caller(origin, keeper, env, { onTrouble, quiet } = {}) {
  return async (input, init) => {
    const request = new Request(typeof input === "string" ? new URL(input, origin) : input, init);
    if (new URL(request.url).origin !== origin) return env.fetch(request);
    const first = await keeper.token({ signal: request.signal, quiet });
    const answer = await repeated(request, first.token, env, onTrouble);
    if (answer.status !== 401) return answer;
    answer.body?.cancel().catch(() => {});
    const second = await keeper.token({ signal: request.signal, after: first.generation, quiet });
    return repeated(request, second.token, env, onTrouble);
  };
}

async function repeated(request, token, env, onTrouble) {
  const pauses = onTrouble && isRepeatable(request) ? PAUSES : [];
  for (const [nth, pause] of pauses.entries()) {
    try {
      return await sent(request, token, env);
    } catch (error) {
      if (request.signal.aborted) throw error;
      if (nth === 0) onTrouble(trouble("unreachable"));
      await waited(pause, request.signal, env);
    }
  }
  return sent(request, token, env);
}

function isRepeatable({ method, headers }) {
  return method === "GET" || method === "HEAD" || headers.has("idempotency-key");
}

/** A copy goes out, for the body can be read only once. The token follows no redirect to wherever that leads. */
function sent(request, token, env) {
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  return env.fetch(new Request(request.clone(), { headers, mode: "cors", credentials: "omit", redirect: "error" }));
}

function waited(pause, signal, env) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      env.clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = env.setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, pause);
    signal.addEventListener("abort", abort, { once: true });
  });
}
