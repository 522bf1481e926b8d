/* One tab's keeper, as `browser/examples/bench_page.rs` has it, with what the figures need to know of it. */
import start, { Bench } from "/bench/tokenkeep.js";

let keeper;
let arrived = {};
let waiting = [];

/** When this page first asked our server for a token, since it was last looked at. */
globalThis.askedAt = undefined;
const fetched = globalThis.fetch;
globalThis.fetch = (request, ...rest) => {
  if (String(request.url ?? request).endsWith("/api/v1/token")) globalThis.askedAt ??= now();
  return fetched(request, ...rest);
};

/* When this page told of a token's generation, and when another's word of it reached this page. */
const [told, heard] = [{}, {}];
const note = (times, text) => {
  const { news } = String(text).includes('"kind":"token"') ? JSON.parse(text) : {};
  if (news?.kind === "token") times[news.generation] ??= now();
};
globalThis.SharedWorker = class extends SharedWorker {
  constructor(...given) {
    super(...given);
    const { port } = this;
    const post = port.postMessage.bind(port);
    port.postMessage = (text) => (note(told, text), post(text));
    port.addEventListener("message", ({ data }) => note(heard, data));
  }
};
globalThis.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    if (name === "bare") return;
    this.addEventListener("message", ({ data }) => note(heard, data));
  }
  postMessage(text) {
    note(told, text);
    super.postMessage(text);
  }
};

globalThis.now = () => performance.timeOrigin + performance.now();

function saw(isOpen, generation) {
  if (!isOpen) return;
  arrived[generation] ??= now();
  waiting = waiting.filter(({ enough, done }) => !(generation >= enough && (done(arrived[generation]), true)));
}

/** Until a generation is seen: when that was. */
const seen = (enough) =>
  new Promise((done) => {
    const at = arrived[enough];
    if (at) done(at);
    else waiting.push({ enough, done });
  });

globalThis.peer = {
  /** Starts a keeper on the vault of this tenant; ends when the vault is open and a token of this generation is seen. */
  opens(tenant, generation = 0) {
    keeper?.free();
    arrived = {};
    waiting = [];
    for (const times of [told, heard]) for (const generation in times) delete times[generation];
    keeper = new Bench(tenant, saw);
    return seen(generation);
  },
  adds: (provider, id, secret) => keeper.add(provider, id, secret),
  // A page's call: a promise, as the others give one.
  token: async () => keeper.at_hand() ?? keeper.token(),
  tokenAfter: (generation) => keeper.token_after(generation),
  seen,
  told: (generation) => told[generation],
  heard: (generation) => heard[generation],
};

await start({ module_or_path: "/bench/tokenkeep_bg.wasm" });
globalThis.isReady = true;
