import { Conversation } from "../src/chat/conversation.js";
import { TokenkeepError, trouble } from "../src/keeper/problem.js";
import { Ladder } from "../src/storage/ladder.js";
import { deferred, settled } from "./rig.js";

export const refusalOf = (code, status) => new TokenkeepError({ code, status, title: code, detail: `Because of ${code}.` });

/** The server's side of conversations: keeps what it is sent, once, and fails when told to. */
export class Desk {
  conversations = new Map();
  begun = [];
  received = [];
  /** Errors for the next calls that change something; `"lost"` does the deed and loses the answer. */
  faults = [];
  readers = [];
  /** Whether reads are answered at once, and how many there were. */
  isHasty = false;
  reads = 0;

  api = {
    begin: (key) => this.#meets(() => this.#begin(key)),
    send: (conversation, message) => this.#meets(() => this.#store(conversation, message)),
    read: (conversation, after, waits, signal) => this.#read(conversation, after, waits, signal),
  };

  /** Staff writes, and whoever waits is answered. */
  async replies(id, text) {
    const messages = this.conversations.get(id).messages;
    messages.push({ seq: messages.length + 1, from: "staff", text, sent_at: 0, client_id: `staff-${messages.length}` });
    await this.news();
  }

  /** Answers all reads that wait. */
  async news() {
    this.readers.splice(0).forEach(({ answer }) => answer());
    await settled();
  }

  texts(id) {
    return this.conversations.get(id).messages.map(({ text }) => text);
  }

  async #meets(deed) {
    const fault = this.faults.shift();
    if (fault instanceof Error) throw fault;
    if (fault instanceof Promise) await fault;
    const answer = await deed();
    if (fault === "lost") throw trouble("unreachable");
    return answer;
  }

  #begin(key) {
    this.begun.push(key);
    const known = [...this.conversations.values()].find((conversation) => conversation.key === key);
    const id = known?.id ?? `c${this.conversations.size + 1}`;
    if (!known) this.conversations.set(id, { id, key, messages: [], closed: false });
    return { id, visitor_key: `visitor-${id}`, messages: [...this.conversations.get(id).messages] };
  }

  #store({ id }, { clientId, text }) {
    const conversation = this.#known(id);
    if (conversation.closed) throw refusalOf("conversation_closed", 409);
    this.received.push(text);
    const there = conversation.messages.find((message) => message.client_id === clientId);
    if (there) return there;
    const message = { seq: conversation.messages.length + 1, from: "visitor", text, sent_at: 0, client_id: clientId };
    conversation.messages.push(message);
    return message;
  }

  async #read({ id }, after, waits, signal) {
    const answer = () => {
      const { messages, closed } = this.#known(id);
      return { messages: messages.filter(({ seq }) => seq > after), closed };
    };
    this.reads += 1;
    if (answer().messages.length > 0 || !waits || this.isHasty) return answer();
    const { promise, resolve, reject } = deferred();
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    this.readers.push({ answer: () => resolve(answer()), fail: reject });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  #known(id) {
    const conversation = this.conversations.get(id);
    if (!conversation) throw refusalOf("conversation_unknown", 404);
    return conversation;
  }
}

/** A page with the conversation of a visitor. */
export class Page {
  troubles = [];
  shown = [];

  constructor(world, desk) {
    const tell = () => world.tabs.filter((page) => page !== this && !world.isDeaf).forEach((page) => page.chat.heard());
    const ports = { api: desk.api, store: new Ladder([world.store, ...world.lowerPlaces], world.env), lock: world.lock, tell, env: world.env };
    const trouble = (error) => this.troubles.push(error.code);
    this.chat = new Conversation("key", { ...ports, trouble }, () => this.shown.push(this.texts));
    world.tabs.push(this);
  }

  /** All texts on the page, those that wait in brackets. */
  get texts() {
    const { messages, sending } = this.chat.view;
    return [...messages.map(({ text }) => text), ...sending.map(({ text }) => `(${text})`)];
  }

  async opens() {
    await this.chat.start();
    this.chat.attend({ isOpen: true });
    await settled();
  }

  async writes(...texts) {
    for (const text of texts) await this.chat.write(text);
    await settled();
  }

  /** Goes away as a closed tab does: nothing of it runs on. */
  closes(world) {
    world.tabs = world.tabs.filter((page) => page !== this);
  }
}
