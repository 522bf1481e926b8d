const CHANNEL = "tokenkeep-embed";
const VERSION = 1;

/**
 * Hints between the page's tabs: that a record changed, never what stands in it. They may be lost or late, for the record is
 * read before anything is decided. Without BroadcastChannel there are none.
 */
export class News {
  #scope;
  #heard;
  #channel = null;

  /** `heard(name, kind)` is called for hints of other tabs. */
  constructor(scope, heard) {
    this.#scope = scope;
    this.#heard = heard;
    this.open();
  }

  /** Begins to listen; again after `rest`. */
  open() {
    if (this.#channel || !this.#scope.BroadcastChannel) return;
    this.#channel = new this.#scope.BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }) => {
      if (data?.version === VERSION) this.#heard(data.name, data.kind);
    };
  }

  tell(name, kind, generation) {
    this.#channel?.postMessage({ version: VERSION, name, kind, generation });
  }

  rest() {
    this.#channel?.close();
    this.#channel = null;
  }
}
