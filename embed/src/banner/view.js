/** The words and looks of contract 5. */
const BANNERS = {
  refreshing: "🔄 Connecting...",
  error: "⚠️ Connection issue, retrying...",
};

/** Shows the banner; a screen reader says it when it has nothing else to say. */
export class BannerView {
  #element;

  constructor(shade) {
    // It is there from the beginning, empty: text that comes together with its region is not announced.
    this.#element = shade.make("div", { class: "banner", role: "status", "aria-live": "polite" });
    shade.frame.prepend(this.#element);
  }

  /** "refreshing", "error", or `null` for none. */
  show(what) {
    this.#element.className = what ? `banner ${what}` : "banner";
    this.#element.textContent = what ? BANNERS[what] : "";
  }
}
