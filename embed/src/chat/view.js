import { Bubbles } from "./bubbles.js";

/** As long as the server takes a message. */
const LONGEST = 4_000;
const TITLE = "Chat with us";

/**
 * The window: a button that opens it, and a dialog beside which the page stays usable. What it shows comes from
 * `conversation.view`; what a person does goes to the conversation.
 */
export class ChatView {
  #shade;
  #conversation;
  #parts;
  #bubbles;
  #isOpen = false;
  #seen = 0;

  constructor(shade, conversation) {
    [this.#shade, this.#conversation] = [shade, conversation];
    this.#parts = built(shade);
    this.#bubbles = new Bubbles(shade, this.#parts.list, (clientId) => conversation.retry(clientId));
    this.#listen();
  }

  /** Shows the launcher, with the title and greeting the org has chosen. */
  dress({ org, config }) {
    const { title, greeting, launcher, panel } = this.#parts;
    title.textContent = words(config.title, 60) ?? words(org.name, 60) ?? TITLE;
    greeting.textContent = words(config.greeting, 300) ?? "";
    if (!launcher.isConnected) this.#shade.frame.append(panel, launcher);
    this.draw();
  }

  /** Brings what is shown up to date. */
  draw() {
    const { view } = this.#conversation;
    const { greeting, gone, closed, form, loading } = this.#parts;
    const isEmpty = view.messages.length + view.sending.length === 0;
    greeting.hidden = !isEmpty || view.isOld || greeting.textContent === "";
    loading.hidden = !view.isOld;
    gone.hidden = !view.isGone;
    closed.hidden = !view.isClosed;
    form.hidden = view.isClosed;
    this.#bubbles.draw(view);
    this.#label(view.messages.filter(({ from }) => from === "staff").length);
  }

  #listen() {
    const { launcher, close, form, field, again } = this.#parts;
    launcher.addEventListener("click", () => (this.#isOpen ? this.#shut() : this.#open()));
    close.addEventListener("click", () => this.#shut());
    again.addEventListener("click", () => this.#conversation.leave().then(() => field.focus()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#write();
    });
    field.addEventListener("input", () => (this.#parts.trouble.hidden = true));
    // The page's own shortcuts are not meant while someone writes in here.
    this.#parts.panel.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") this.#shut();
      const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === field;
      if (!sends) return;
      event.preventDefault();
      this.#write();
    });
  }

  #open() {
    const { panel, launcher, field, close } = this.#parts;
    this.#isOpen = true;
    panel.hidden = false;
    launcher.setAttribute("aria-expanded", "true");
    this.#conversation.attend({ isOpen: true });
    this.draw();
    this.#bubbles.toEnd();
    (field.checkVisibility?.() === false ? close : field).focus();
  }

  #shut() {
    const { panel, launcher } = this.#parts;
    this.#isOpen = false;
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    this.#conversation.attend({ isOpen: false });
    this.draw();
    launcher.focus();
  }

  async #write() {
    const { field, trouble } = this.#parts;
    const text = field.value.trim();
    if (text === "") return;
    field.value = "";
    const hasRoom = await this.#conversation.write(text);
    trouble.hidden = hasRoom;
    if (!hasRoom) field.value = text;
    this.#bubbles.toEnd();
  }

  /** The launcher says how many replies came while the window was closed. */
  #label(replies) {
    if (this.#isOpen || this.#seen > replies) this.#seen = replies;
    const { launcher, count, title } = this.#parts;
    const unread = replies - this.#seen;
    count.textContent = unread > 0 ? String(unread) : "";
    const news = unread === 1 ? ", 1 new reply" : `, ${unread} new replies`;
    launcher.setAttribute("aria-label", `${this.#isOpen ? "Close" : "Open"} ${title.textContent}${unread > 0 ? news : ""}`);
  }
}

function words(value, most) {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, most) : undefined;
}

function built(shade) {
  const make = (...parts) => shade.make(...parts);
  const title = make("h2", { id: "title" });
  const close = make("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
  const greeting = make("p", { class: "note" });
  const loading = make("p", { class: "note", hidden: true }, "Loading your earlier conversation…");
  const gone = make("p", { class: "note", hidden: true }, "Your earlier conversation has expired. A message begins a new one.");
  const list = make("ol", {});
  const log = make("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" }, greeting, loading, gone, list);
  const again = make("button", { type: "button", class: "plain" }, "Begin a new one");
  const closed = make("p", { class: "note foot", hidden: true }, "This conversation is closed. ", again);
  const field = make("textarea", { id: "message", rows: "2", maxlength: String(LONGEST), placeholder: "Write a message" });
  const label = make("label", { for: "message", class: "unseen" }, "Message");
  const send = make("button", { type: "submit", class: "send" }, "Send");
  const trouble = make("p", { class: "trouble", role: "alert", hidden: true }, "Fifty messages wait to be sent. Send this one when they are gone.");
  const form = make("form", {}, label, field, send, trouble);
  const head = make("div", { class: "head" }, title, close);
  const panel = make("div", { class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: true });
  panel.append(head, log, closed, form);
  const count = make("span", { class: "count", "aria-hidden": "true" });
  const launcher = make("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel" });
  launcher.append(shade.drawing("M4 5h16v11H9l-5 4z"), count);
  return { title, close, greeting, loading, gone, list, log, again, closed, field, form, trouble, panel, count, launcher };
}
