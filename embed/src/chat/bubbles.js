/**
 * The messages in the window. A message keeps its element from writing to arrival, so that a screen reader says it once and
 * nothing jumps.
 */
export class Bubbles {
  #shade;
  #list;
  #retry;
  #shown = new Map();

  constructor(shade, list, retry) {
    [this.#shade, this.#list, this.#retry] = [shade, list, retry];
  }

  draw({ messages, sending, isStuck }) {
    const isAtEnd = this.#isAtEnd;
    const wanted = [...messages.map(arrived), ...sending.map((message) => waiting(message, isStuck))];
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, bubble] of this.#shown) {
      if (keys.has(key)) continue;
      bubble.item.remove();
      this.#shown.delete(key);
    }
    wanted.forEach((message, place) => this.#put(this.#bubble(message), place));
    if (isAtEnd) this.toEnd();
  }

  toEnd() {
    const log = this.#list.parentElement;
    log.scrollTop = log.scrollHeight;
  }

  get #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list.parentElement;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #put({ item }, place) {
    const there = this.#list.children[place];
    if (there !== item) this.#list.insertBefore(item, there ?? null);
  }

  /** The element of a message, made or brought up to date. */
  #bubble(message) {
    let bubble = this.#shown.get(message.key);
    if (!bubble) {
      bubble = this.#made(message);
      this.#shown.set(message.key, bubble);
    }
    if (bubble.state === message.state) return bubble;
    bubble.state = message.state;
    bubble.item.dataset.state = message.isWaiting ? "waiting" : "arrived";
    bubble.foot.replaceChildren(...this.#foot(message));
    return bubble;
  }

  #made({ from, text }) {
    const make = (...parts) => this.#shade.make(...parts);
    const who = make("span", { class: "unseen" }, from === "visitor" ? "You: " : "Reply: ");
    const foot = make("p", { class: "foot" });
    const item = make("li", { class: from }, make("p", { class: "text", dir: "auto" }, who, text), foot);
    return { item, foot, state: undefined };
  }

  #foot({ clientId, time, words, canRetry }) {
    if (time) return [this.#shade.make("time", { datetime: time.toISOString() }, shown(time))];
    if (!canRetry) return [words];
    const again = this.#shade.make("button", { type: "button", class: "plain" }, "Retry");
    again.addEventListener("click", () => this.#retry(clientId));
    return [`${words} `, again];
  }
}

function arrived({ seq, from, text, client_id: clientId, sent_at: sentAt }) {
  const time = new Date(sentAt);
  const isTime = !Number.isNaN(time.getTime());
  const key = from === "visitor" && typeof clientId === "string" ? clientId : `#${seq}`;
  return { key, from, text, state: "arrived", time: isTime ? time : undefined, words: "", isWaiting: false };
}

function waiting({ clientId, text, refused }, isStuck) {
  const words = refused !== null ? `Not sent. ${refused}` : isStuck ? "Not sent yet, trying again." : "Sending…";
  const canRetry = refused !== null || isStuck;
  return { key: clientId, clientId, from: "visitor", text, state: words, words, canRetry, isWaiting: true };
}

/** The time of day, and the day unless it is today. */
function shown(time) {
  const isToday = time.toDateString() === new Date().toDateString();
  const day = isToday ? {} : { day: "numeric", month: "short" };
  return time.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit" });
}
