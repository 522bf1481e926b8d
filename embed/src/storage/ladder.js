import { IndexedDbStore } from "./indexed_db.js";
import { LocalStore } from "./local_storage.js";
import { MemoryStore } from "./memory.js";

/** How long a place may take; one that can't be opened must hold up no call. */
const PATIENCE = 3_000;

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
      const timer = this.#env.setTimeout(() => reject(new Error("too slow")), PATIENCE);
      work.then(resolve, reject).finally(() => this.#env.clearTimeout(timer));
    });
  }
}
