import { Conversation } from "./conversation.js";
import { ChatView } from "./view.js";

/** The chat as the page has it: a conversation and its window. It shows itself when the server told how it is to look. */
export class Chat {
  #conversation;
  #view;
  #isMet = false;

  constructor(name, shade, ports) {
    this.#conversation = new Conversation(name, ports, () => this.#view?.draw());
    this.#view = new ChatView(shade, this.#conversation);
  }

  /** There is a token, and with it the org and its config. */
  meets(known) {
    this.#view.dress(known);
    if (this.#isMet) return this.#conversation.wake();
    this.#isMet = true;
    return this.#conversation.start();
  }

  attend(attention) {
    this.#conversation.attend(attention);
  }

  heard() {
    if (this.#isMet) this.#conversation.heard();
  }

  wake() {
    if (this.#isMet) this.#conversation.wake();
  }
}
