/** Calls wait this long before the banner says so: a renewal is quicker as a rule, and a flicker says nothing. */
const PATIENCE = 300;
/** How long a trouble stands, unless the server's config says otherwise; contract 5 recommends 2 to 5 s. */
const CLEARED_AFTER = 3_000;

/**
 * When which banner stands: "refreshing" while calls wait for a renewal, "error" for a while after one failed, else `null`.
 * `show` is told of each change.
 */
export class Banner {
  #env;
  #show;
  #shown = null;
  #isWaiting = false;
  #patience;
  #clearing;

  constructor(env, show) {
    this.#env = env;
    this.#show = show;
  }

  /** How many calls wait for a renewal. */
  waiting(count) {
    if (count > 0 === this.#isWaiting) return;
    this.#isWaiting = count > 0;
    this.#env.clearTimeout(this.#patience);
    if (this.#isWaiting) {
      this.#patience = this.#env.setTimeout(() => this.#refreshing(), PATIENCE);
    } else if (this.#shown === "refreshing") {
      this.#put(null);
    }
  }

  /** A renewal or a call failed, and is tried again. */
  failed(seconds) {
    const span = seconds >= 1 && seconds <= 60 ? seconds * 1_000 : CLEARED_AFTER;
    this.#env.clearTimeout(this.#clearing);
    this.#clearing = this.#env.setTimeout(() => this.cleared(), span);
    this.#put("error");
  }

  /** All is well again, or the trouble stood long enough. */
  cleared() {
    this.#env.clearTimeout(this.#clearing);
    if (this.#shown === "error") this.#put(null);
    if (this.#isWaiting && this.#shown === null) this.#refreshing();
  }

  #refreshing() {
    if (this.#isWaiting && this.#shown === null) this.#put("refreshing");
  }

  #put(what) {
    if (what === this.#shown) return;
    this.#shown = what;
    this.#show(what);
  }
}
