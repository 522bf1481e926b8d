import { backoff, isPassing } from "../keeper/outcome.js";
import { EMPTY, MOST_WAITING, emptied, forgotten, joined, next, opened, opening, refused, retried, sent, sound, written } from "./backlog.js";
import { trouble } from "../keeper/problem.js";
import { merged, reached } from "./messages.js";

/** How long another tab may take to send what waits. */
const LOCK_PATIENCE = 60_000;
/** How long an answer is looked for after the visitor wrote, though the window is closed. */
const LISTENS_ON = 600_000;
/** Two reads that wait leave at least so much time between their beginnings. */
const READ_EVERY = 1_000;
/** An answer with fewer messages than this holds all there were. */
const MOST_MESSAGES = 200;

/**
 * A visitor's conversation: what was said, what waits to be sent, and the two loops that send and read.
 *
 * What the visitor wrote is in the store before it is sent, so that a reload loses nothing; one tab sends at a time, in
 * order; and a repeat of what may have arrived carries the same id, so that it arrives once.
 *
 * `ports`: `api`, `store`, `lock`, `tell`, `env`, and `trouble(error)`, which is told of a trouble that passes and that a
 * person would notice. `changed` is called when `view` has changed.
 */
export class Conversation {
  #name;
  #ports;
  #changed;
  #record = EMPTY;
  #messages = [];
  #isClosed = false;
  #isGone = false;
  /** Whether all there was has been read, so that only news are worth waiting for. */
  #isCaughtUp = false;
  #failures = { sending: 0, reading: 0 };
  #isSending = false;
  /** Whether a person has just written or asked for another try; what is tried again by itself shows in no banner. */
  #isAsked = false;
  #again = false;
  #retry;
  #reading = null;
  #isOpen = false;
  #isSeen = true;

  constructor(name, ports, changed) {
    this.#name = `chat:${name}`;
    this.#ports = ports;
    this.#changed = changed;
  }

  /** What there is to show. */
  get view() {
    const stored = new Set(this.#messages.map((message) => message.client_id));
    return {
      messages: this.#messages,
      sending: this.#record.sending.filter(({ clientId }) => !stored.has(clientId)),
      isStuck: this.#failures.sending > 0,
      isClosed: this.#isClosed,
      isGone: this.#isGone,
      isOld: this.#record.conversation !== null && this.#messages.length === 0,
    };
  }

  /** Reads what an earlier page left, and sends what it could not. */
  async start() {
    const { store } = this.#ports;
    await store.takesUp(
      this.#name,
      (there, left) => joined(sound(there), sound(left)),
      (left) => emptied(sound(left)),
    );
    await this.#change(() => undefined);
    this.#send();
    this.#listen();
  }

  /** Whether the window is open, and whether the page is seen: only then is a read worth its while. */
  attend({ isOpen = this.#isOpen, isSeen = this.#isSeen }) {
    [this.#isOpen, this.#isSeen] = [isOpen, isSeen];
    if (!this.#wantsNews) this.#reading?.abort(new Error("nobody looks"));
    this.#listen();
  }

  /** Writes a message; whether there was room for it. */
  async write(text) {
    if (this.#record.sending.length >= MOST_WAITING) return false;
    const message = { clientId: this.#ports.env.id(), text, at: this.#ports.env.now() };
    await this.#change((record) => written(record, message));
    this.#ports.tell("chat");
    this.#isAsked = true;
    this.#send();
    return true;
  }

  /** Tries again what could not be sent: one message that was refused, or all that wait. */
  async retry(clientId) {
    await this.#change((record) => retried(record, clientId));
    this.#isAsked = true;
    this.wake();
  }

  /** Leaves a conversation that is closed: the next message begins another one. */
  async leave() {
    await this.#forget(this.#record.conversation?.id);
    this.#isGone = false;
    this.#changed();
  }

  /** Another tab wrote or sent something. */
  async heard() {
    await this.#change(() => undefined);
    this.#send();
    this.#listen();
  }

  /** There is a token again, or the network is back: whatever waits may go. */
  wake() {
    this.#ports.env.clearTimeout(this.#retry);
    this.#failures = { sending: this.#failures.sending, reading: 0 };
    this.#send();
    this.#listen();
  }

  async #change(change) {
    const before = this.#record;
    const stands = await this.#ports.store.change(this.#name, (record) => change(sound(record)));
    this.#record = sound(stands);
    if (before.conversation?.id !== this.#record.conversation?.id) {
      [this.#messages, this.#isClosed, this.#isCaughtUp] = [[], false, false];
      this.#reading?.abort(new Error("another conversation"));
    }
    this.#changed();
  }

  async #send() {
    if (this.#isSending) {
      this.#again = true;
      return;
    }
    this.#isSending = true;
    this.#again = false;
    try {
      if (next(this.#record)) await this.#ports.lock(this.#name, LOCK_PATIENCE, () => this.#sendAll());
      this.#failures.sending = 0;
    } catch (error) {
      this.#failures.sending += 1;
      this.#retryIn(error);
      if (this.#isAsked) this.#ports.trouble(error);
      this.#isAsked = false;
    }
    this.#isSending = false;
    this.#changed();
    if (this.#again) this.#send();
  }

  #retryIn(error) {
    const { env } = this.#ports;
    env.clearTimeout(this.#retry);
    this.#retry = env.setTimeout(() => this.#send(), backoff(this.#failures.sending, error.retryAfter, env.random()));
  }

  /** Sends one after the other, until none is left or one meets a trouble that passes, which is thrown. */
  async #sendAll() {
    for (;;) {
      await this.#change(() => undefined);
      const message = next(this.#record);
      if (!message) return;
      const { conversation } = this.#record;
      try {
        if (conversation) await this.#sendOne(conversation, message);
        else await this.#begin();
      } catch (error) {
        if (isPassing(error.code)) throw error;
        if (error.code === "conversation_unknown" && conversation) await this.#lost(conversation.id);
        else await this.#change((record) => refused(record, message.clientId, error.detail));
        if (error.code === "conversation_closed") this.#isClosed = true;
      }
    }
  }

  async #begin() {
    const { api, env } = this.#ports;
    // The key is kept before it is used: after a reload it gives the same conversation.
    const key = env.id();
    await this.#change((record) => opening(record, key));
    const begun = await api.begin(this.#record.opening ?? key, !this.#isAsked);
    if (typeof begun.id !== "string" || typeof begun.visitor_key !== "string") throw trouble("unreadable_answer");
    await this.#change((record) => opened(record, { id: begun.id, visitorKey: begun.visitor_key }));
    [this.#isGone, this.#isCaughtUp] = [false, true];
    this.#take(begun);
    this.#ports.tell("chat");
    this.#listen();
  }

  async #sendOne(conversation, message) {
    const stored = await this.#ports.api.send(conversation, message, !this.#isAsked);
    this.#take({ messages: [stored] });
    await this.#change((record) => sent(record, message.clientId));
    this.#failures.sending = 0;
    this.#ports.tell("chat");
  }

  #take({ messages, closed }) {
    this.#messages = merged(this.#messages, messages);
    if (closed !== undefined) this.#isClosed = closed === true;
    this.#changed();
  }

  async #lost(id) {
    await this.#forget(id);
    this.#isGone = true;
    this.#changed();
  }

  async #forget(id) {
    await this.#change((record) => forgotten(record, id));
    this.#ports.tell("chat");
  }

  get #wantsNews() {
    const isRecent = this.#ports.env.now() - this.#record.wroteAt < LISTENS_ON;
    return this.#isSeen && this.#record.conversation !== null && !this.#isClosed && (this.#isOpen || isRecent);
  }

  /** Reads for as long as someone looks; one loop at a time. */
  async #listen() {
    if (this.#reading || !this.#wantsNews) return;
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    while (!signal.aborted && this.#wantsNews) await this.#read(signal);
    this.#reading = null;
    if (signal.aborted) this.#listen();
  }

  async #read(signal) {
    const { api, env } = this.#ports;
    const [conversation, began] = [this.#record.conversation, env.now()];
    try {
      const [after, waits] = [reached(this.#messages), this.#isCaughtUp];
      const news = await api.read(conversation, after, waits, signal);
      if (this.#record.conversation?.id !== conversation.id) return;
      this.#failures.reading = 0;
      this.#isCaughtUp = !(news.messages?.length >= MOST_MESSAGES);
      this.#take(news);
      // A server that is busy answers early, with nothing.
      if (waits && reached(this.#messages) === after) await this.#pause(READ_EVERY - (env.now() - began), signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error.code === "conversation_unknown") return this.#lost(conversation.id);
      this.#failures.reading += 1;
      // One alone may be a machine that slept.
      if (this.#isOpen && this.#failures.reading === 2) this.#ports.trouble(error);
      await this.#pause(backoff(this.#failures.reading, error.retryAfter, env.random()), signal);
    }
  }

  #pause(span, signal) {
    const { env } = this.#ports;
    if (span <= 0) return undefined;
    return new Promise((resolve) => {
      const done = () => {
        env.clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = env.setTimeout(done, span);
      signal.addEventListener("abort", done);
    });
  }
}
