import { Keeper } from "../src/keeper/keeper.js";
import { trouble } from "../src/keeper/problem.js";
import { MemoryStore } from "../src/storage/memory.js";

/** Lets everything that can go on without time passing go on. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A browser with a clock that stands still until it is told how much time passes, and what its tabs share. */
export class World {
  time = 1_000_000;
  isOnline = true;
  /** Whether hints between tabs are lost. */
  isDeaf = false;
  store = new MemoryStore();
  /** Where records are kept when the store fails a page, best first. */
  lowerPlaces = [];
  tabs = [];
  #timers = [];
  #queues = new Map();
  #ids = 0;

  get env() {
    return {
      now: () => this.time,
      random: () => 0,
      id: () => `id-${(this.#ids += 1)}`,
      online: () => this.isOnline,
      setTimeout: (work, span) => {
        const timer = { work, at: this.time + span };
        this.#timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** The timers that are set, as spans from now. */
  get alarms() {
    return this.#timers.map(({ at }) => at - this.time).sort((one, other) => one - other);
  }

  /** Lets time pass, with all that happens in it. */
  async passes(span) {
    const end = this.time + span;
    await settled();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.env.clearTimeout(next);
      this.time = Math.max(this.time, next.at);
      next.work();
      await settled();
    }
    this.time = end;
    await settled();
  }

  /** The machine sleeps: what was due meanwhile happens at once when it wakes. */
  async sleeps(span) {
    this.time += span;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    due.forEach((timer) => this.env.clearTimeout(timer));
    due.forEach(({ work }) => work());
    await settled();
  }

  /** One after the other, as Web Locks do it. */
  lock = async (name, patience, work) => {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const done = before.then(work, work);
    this.#queues.set(name, done.catch(() => {}));
    return done;
  };

  opensTab(server) {
    const tab = new Tab(this, server);
    this.tabs.push(tab);
    return tab;
  }
}

/** A bootloader that answers when it is told to. */
export class Server {
  asked = 0;
  lifetime = 300;
  #pending = [];

  ask = () => {
    this.asked += 1;
    const nth = this.asked;
    const { promise, resolve, reject } = deferred();
    this.#pending.push({ nth, resolve, reject });
    return promise;
  };

  async answers() {
    await settled();
    const { nth, resolve } = this.#pending.shift();
    resolve({ token: `token-${nth}`, expiresIn: this.lifetime, org: { id: "o" }, config: { buffer_seconds: 15, buffer_percent: 10 } });
    await settled();
  }

  async refuses(error = trouble("unreachable")) {
    await settled();
    this.#pending.shift().reject(error);
    await settled();
  }
}

class Tab {
  told = [];

  constructor(world, server) {
    const { env, lock, store } = world;
    const others = () => world.tabs.filter((tab) => tab !== this && !world.isDeaf);
    const tell = () => others().forEach((tab) => tab.keeper.heard());
    this.keeper = new Keeper("key", { ask: server.ask, store, lock, tell, env }, (news) => this.told.push(news));
  }

  /** A call for a token: what became of it stands in the object this gives. */
  calls(wish) {
    const call = { is: "waiting" };
    this.keeper.token(wish).then(
      ({ token }) => Object.assign(call, { is: "answered", token }),
      (error) => Object.assign(call, { is: "refused", error }),
    );
    return call;
  }
}

export function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
