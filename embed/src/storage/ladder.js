import { IndexedDbStore } from "./indexed_db.js";
import { LocalStore } from "./local_storage.js";
import { MemoryStore } from "./memory.js";

/**
 * How long a place may take; one that can't be opened must hold up no call. It is waited in parts, each begun when the one
 * before is over: a machine that sleeps with a transaction under way wakes to one part gone, not to a place that was too slow.
 */
const PATIENCE = 3_000;
const PARTS = 6;

/** The places there are, best first. */
export function places(scope) {
  const [factory, storage] = [part(scope, "indexedDB"), part(scope, "localStorage")];
  const found = [factory && new IndexedDbStore(factory), storage && new LocalStore(storage), new MemoryStore()];
  return found.filter(Boolean);
}

/** Where a page may not store anything, even the look at a place throws. */
function part(scope, name) {
  try {
    return scope[name];
  } catch {
    return undefined;
  }
}

/**
 * One store over several places. When a place fails the next one takes its part for as long as the page lives, beginning
 * with what was last known of each record.
 */
export class Ladder {
  #places;
  #env;
  #known = new Map();

  constructor(places, env) {
    this.#places = places;
    this.#env = env;
  }

  /** As `MemoryStore.change`. */
  async change(name, change) {
    const place = this.#places[0];
    try {
      const stands = await this.#inTime(place.change(name, change));
      this.#known.set(name, stands);
      return stands;
    } catch (error) {
      if (this.#places.length === 1) throw error;
      if (this.#places[0] === place) await this.#stepDown();
      return this.change(name, change);
    }
  }

  /**
   * What an earlier page left on a lower place, because the first one had failed it, is put with what stands on the first;
   * `joined(there, left)` gives both together. What was left stays where it is, as `taken(left)`: another page may still
   * use it.
   */
  async takesUp(name, joined, taken) {
    const [first, ...lower] = this.#places;
    for (const place of lower) {
      let left;
      await place.change(name, (there) => void (left = there)).catch(() => {});
      if (left === undefined) continue;
      await this.change(name, (there) => joined(there, left));
      if (this.#places[0] !== first) return;
      await place.change(name, (there) => taken(there)).catch(() => {});
    }
  }

  /** Lets go of what keeps a page from resting in the browser's memory. */
  rest() {
    this.#places.forEach((place) => place.close?.());
  }

  async #stepDown() {
    this.#places = this.#places.slice(1);
    const below = this.#places[0];
    for (const [name, record] of this.#known) {
      if (record !== undefined) await below.change(name, (there) => there ?? record).catch(() => {});
    }
  }

  #inTime(work) {
    return new Promise((resolve, reject) => {
      let [parts, timer] = [0, undefined];
      const wait = () => {
        if (parts === PARTS) return reject(new Error("too slow"));
        parts += 1;
        timer = this.#env.setTimeout(wait, PATIENCE / PARTS);
      };
      wait();
      work.then(resolve, reject).finally(() => this.#env.clearTimeout(timer));
    });
  }
}
