import { trouble } from "./problem.js";

/** At most this many calls wait. */
const MOST = 100;
/** The longest a call waits, whatever happens to the renewal. */
const LONGEST = 30_000;

/** The calls that wait for a token, in the order they came. Each is answered exactly once. */
export class Waiters {
  #queue = [];
  #env;
  #changed;

  /** `changed(count)` is called whenever a call joined or left, with how many of them a person is waiting for. */
  constructor(env, changed) {
    this.#env = env;
    this.#changed = changed;
  }

  get size() {
    return this.#queue.length;
  }

  /**
   * Lets a call wait for a token later than generation `after`; one too many is turned away at once. Of a `quiet` one nobody
   * is told.
   */
  join({ after = 0, signal, quiet = false }) {
    if (this.#queue.length >= MOST) return Promise.reject(trouble("too_many_requests"));
    return new Promise((resolve, reject) => {
      const waiter = { after, quiet, resolve, reject };
      const leave = (error) => this.#take([waiter]).forEach(() => reject(error));
      const abort = () => leave(signal.reason);
      const timer = this.#env.setTimeout(() => leave(trouble("unavailable")), LONGEST);
      waiter.settle = () => {
        this.#env.clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      signal?.addEventListener("abort", abort);
      this.#queue.push(waiter);
      this.#changed(loud(this.#queue));
    });
  }

  /** Lets all go who can use this generation, in order. */
  release(generation, given) {
    const helped = this.#queue.filter(({ after }) => generation > after);
    this.#take(helped).forEach(({ resolve }) => resolve(given));
  }

  /** Answers all with the one error; how many of them a person was waiting for. */
  fail(error) {
    const all = this.#take([...this.#queue]);
    all.forEach(({ reject }) => reject(error));
    return loud(all);
  }

  #take(leaving) {
    const gone = leaving.filter((waiter) => this.#queue.includes(waiter));
    if (gone.length === 0) return gone;
    this.#queue = this.#queue.filter((waiter) => !gone.includes(waiter));
    gone.forEach(({ settle }) => settle());
    this.#changed(loud(this.#queue));
    return gone;
  }
}

function loud(waiters) {
  return waiters.filter(({ quiet }) => !quiet).length;
}
