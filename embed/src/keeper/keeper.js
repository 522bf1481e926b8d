import { fullUntil, spend } from "./budget.js";
import { stage } from "./lifetime.js";
import { backoff, isPassing } from "./outcome.js";
import { TokenkeepError, trouble } from "./problem.js";
import { RecentRenewals } from "./recent.js";
import { recordOf } from "./record.js";
import { ServerClock } from "./server_clock.js";
import { Waiters } from "./waiters.js";

/** Calls wait for a try this close; a later one they are told of instead. */
const WORTH_WAITING = 5_000;
/** Longer than any holder may take to ask. */
const LOCK_PATIENCE = 15_000;
/** When a renewal that met no network is tried again, should the browser never say that it is back. */
const NETWORK_PATIENCE = 300_000;
/** When a refusal is looked at again, should someone ask: an admin may have mended it. */
const REFUSAL_LASTS = 300_000;

/**
 * The one that decides when a token is asked for, who waits, and who is told. One lives in each page; they agree through
 * the stored record (the only truth), a lock (who acts), and hints that carry no token.
 *
 * `ports`: `ask()` obtains a token, `store` keeps the record, `lock(name, patience, work)` excludes other tabs,
 * `tell(kind, generation)` sends a hint, `env` is clock, dice, timers and network. `told` is called with
 * `{ kind: "waiting", count }`, `{ kind: "failed", error, isFinal, harmed }` and `{ kind: "renewed" }`.
 */
export class Keeper {
  #name;
  #ports;
  #told;
  #waiters;
  #held = null;
  #spent = [];
  #failure = null;
  #wanted = false;
  #looked = false;
  #attempt = null;
  #timer;
  #backSince = -Infinity;
  #recent = new RecentRenewals();
  #clock = new ServerClock();

  constructor(name, ports, told = () => {}) {
    this.#name = name;
    this.#ports = ports;
    this.#told = told;
    this.#waiters = new Waiters(ports.env, (count) => told({ kind: "waiting", count }));
  }

  /** What is known without asking: `{ org, config }`, or `null`. */
  get known() {
    return this.#held && { org: this.#held.org, config: this.#held.config };
  }

  /** This moment by the server's clock, as far as that was measured. */
  get serverNow() {
    return this.#ports.env.now() + (this.#clock.offset ?? 0);
  }

  /** Makes sure that there is a token, without anyone waiting for it. */
  start() {
    this.#wanted = true;
    this.#tend();
  }

  /**
   * A token of a later generation than `after`, as `{ token, generation }`: at once if it is fresh, else after a renewal.
   * `signal` ends the wait; a `quiet` one shows in no count.
   */
  token({ after = 0, signal, quiet } = {}) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#isFresh && this.#held.generation > after) return Promise.resolve(this.#given());
    this.#looked = false;
    const waiting = this.#waiters.join({ after, signal, quiet });
    this.#tend();
    return waiting;
  }

  /** Another tab says that the record changed: a hint, so the record is read. */
  async heard() {
    await this.#look();
    this.#release();
  }

  /** The page is shown again, or the network is back. */
  wake({ network = false } = {}) {
    if (network && this.#failure && !this.#failure.isFinal) {
      this.#backSince = this.#ports.env.now();
      this.#failure = { ...this.#failure, notBefore: this.#backSince };
    }
    this.#tend();
  }

  get #now() {
    return this.#ports.env.now();
  }

  get #isFresh() {
    return this.#held?.token != null && stage(this.#held, this.#now) === "fresh";
  }

  get #heldBackFor() {
    const [failure, now] = [this.#failure, this.#now];
    // The network is back, or the clock was set back since: the wait means nothing any more.
    if (!failure || failure.at > now || (failure.isOffline && this.#ports.env.online())) return 0;
    return failure.notBefore - now;
  }

  #given() {
    return { token: this.#held.token, generation: this.#held.generation };
  }

  /** Begins what is due. */
  #tend() {
    if (this.#attempt || (this.#waiters.size === 0 && !this.#wanted)) return;
    const left = this.#heldBackFor;
    if (left > 0 && (this.#looked || this.#waiters.size === 0)) return this.#wakeIn(left);
    this.#attempt = this.#try()
      .catch(() => this.#failed(trouble("unavailable"), this.#spent))
      .catch(() => {})
      .finally(() => {
        this.#attempt = null;
        this.#tend();
      });
  }

  #wakeIn(span) {
    const { env } = this.#ports;
    env.clearTimeout(this.#timer);
    this.#timer = env.setTimeout(() => this.#tend(), span);
  }

  async #try() {
    await this.#look();
    this.#looked = true;
    if (this.#release() || this.#turnsDown()) return;
    await this.#ports.lock(this.#name, LOCK_PATIENCE, () => this.#renew());
  }

  /** With the lock: what stands in the record now decides, not what was known before. */
  async #renew() {
    await this.#look();
    if (this.#release() || this.#turnsDown()) return;
    const { ask, env, store } = this.#ports;
    const [generation, sentAt] = [this.#held?.generation ?? 0, this.#now];
    const before = this.#spent.filter((at) => at <= sentAt);
    const full = fullUntil(before, sentAt);
    if (full !== null) return this.#overBudget(full);
    const spent = spend(before, sentAt);
    let answer;
    try {
      answer = await ask((sample) => this.#clock.note(sample));
    } catch (error) {
      return this.#failed(error, spent);
    }
    this.#recent.note(this.#now - sentAt);
    const record = recordOf(answer, { generation: generation + 1, sentAt, p99: this.#recent.p99, random: env.random() });
    // An old writer loses: whoever was thought dead and was not finds a later generation here, and takes that.
    const isLater = (current) => (current?.generation ?? 0) > generation;
    this.#adopt(await store.change(this.#name, (current) => (isLater(current) ? undefined : { ...record, spent })));
    this.#ports.tell("token", this.#held.generation);
    this.#release();
  }

  /** Reads what the tabs share, and takes over what is newer. */
  async #look() {
    this.#adopt(await this.#ports.store.change(this.#name, () => undefined));
  }

  #adopt(record) {
    if (!record) return;
    this.#spent = record.spent ?? [];
    if (record.generation > (this.#held?.generation ?? 0)) {
      this.#held = record;
      if (record.token != null) this.#failure = null;
      this.#told({ kind: "renewed" });
    }
    const { failure } = record;
    const isNews = failure && failure.at > Math.max(this.#failure?.at ?? -Infinity, this.#backSince);
    // A failure from the future happened before the clock was set back.
    if (isNews && failure.at <= this.#now && record.generation === (this.#held?.generation ?? 0)) {
      this.#failure = { ...failure, error: new TokenkeepError(failure.problem), isFinal: false };
    }
  }

  /** Lets those go who can be helped; whether nothing is left to do. */
  #release() {
    if (this.#isFresh) {
      this.#wanted = false;
      this.#waiters.release(this.#held.generation, this.#given());
    }
    return this.#waiters.size === 0 && !this.#wanted;
  }

  /** While a wait is kept to, a token that still lives is good enough, and a try that is far is told of. */
  #turnsDown() {
    const left = this.#heldBackFor;
    if (left <= 0) return false;
    this.#releaseLiving();
    if (left > WORTH_WAITING) this.#answer();
    return true;
  }

  #releaseLiving() {
    const lives = this.#held?.token != null && stage(this.#held, this.#now) !== "expired";
    if (lives) this.#waiters.release(this.#held.generation, this.#given());
  }

  #answer() {
    const { error, isFinal } = this.#failure;
    this.#told({ kind: "failed", error, isFinal, harmed: this.#waiters.fail(error) });
  }

  #overBudget(notBefore) {
    const error = trouble("too_many_requests", "A dozen tokens were asked for within a minute. The next try waits for it to end.");
    this.#failure = { at: this.#now, attempts: this.#failure?.attempts ?? 0, notBefore, error, isFinal: false };
    this.#releaseLiving();
    this.#answer();
  }

  async #failed(error, spent) {
    const { env, store } = this.#ports;
    const [at, attempts, isFinal] = [this.#now, (this.#failure?.attempts ?? 0) + 1, !isPassing(error.code)];
    const isOffline = error.code === "unreachable" && !env.online();
    const wait = isOffline ? NETWORK_PATIENCE : backoff(attempts, error.retryAfter, env.random());
    this.#failure = { at, attempts, notBefore: at + (isFinal ? REFUSAL_LASTS : wait), error, isFinal, isOffline };
    this.#wanted = !isFinal;
    this.#releaseLiving();
    this.#answer();
    // A refusal is not shared: whoever mends it and reloads the page should see that at once.
    const { notBefore } = this.#failure;
    const { code, status, title, detail } = error;
    const problem = { code, status, title, detail };
    const failure = isFinal ? null : { at, attempts, notBefore, isOffline, problem };
    const generation = this.#held?.generation ?? 0;
    const marked = (current) => ({ ...(current ?? { generation: 0, token: null }), spent, failure });
    const isLater = (current) => (current?.generation ?? 0) > generation;
    await store.change(this.#name, (current) => (isLater(current) ? undefined : marked(current)));
    this.#ports.tell("failed", generation);
  }
}
