import style from "./style.css";

const TAG = "tokenkeep-embed";

/**
 * The one element in the host page, with a shadow root that keeps the page's style out and ours in. The style is a sheet of
 * its own, not an element, so that the page's policy needs to allow no inline style.
 */
export class Shade {
  /** What holds everything there is to see. */
  frame;

  constructor(document) {
    const host = document.createElement(TAG);
    const root = host.attachShadow({ mode: "open" });
    const sheet = new document.defaultView.CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    this.frame = element(document, "div", { class: "frame", lang: "en", dir: "ltr" });
    root.append(this.frame);
    whenReady(document, () => document.body.append(host));
  }

  get document() {
    return this.frame.ownerDocument;
  }

  /** What has the focus in here. */
  get focused() {
    return this.frame.getRootNode().activeElement;
  }

  /** A drawing of one line, in a square of 24. */
  drawing(path) {
    const make = (tag, attributes) => {
      const made = this.document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
      return made;
    };
    const drawing = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
    drawing.append(make("path", { d: path }));
    return drawing;
  }

  /** A new element; text goes in as text, never as markup. */
  make(tag, attributes, ...children) {
    return element(this.document, tag, attributes, ...children);
  }
}

function element(document, tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function whenReady(document, work) {
  if (document.body) work();
  else document.addEventListener("DOMContentLoaded", work, { once: true });
}
