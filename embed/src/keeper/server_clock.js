/*
 * The server's clock as seen from this browser: `domain/src/keeper/server_clock.rs` in JavaScript. The sample with the least
 * round trip counts, for it errs least.
 */

/** A measurement older than this gives way to any newer one: clocks drift. */
const LASTS = 3_600_000;

export class ServerClock {
  #best = null;

  /**
   * Takes a sample. `Date` counts whole seconds, so it stands for the middle of its second; the answer is taken to be made
   * midway between sending and receiving. A sample that can't be true together with the best one means that a clock was set.
   */
  note({ sentAt, receivedAt, serverDate }) {
    if (!Number.isFinite(serverDate) || receivedAt < sentAt) return;
    const half = Math.floor((receivedAt - sentAt) / 2);
    const measured = { offset: serverDate + 500 - sentAt - half, error: half + 500, at: receivedAt };
    if (this.#best === null || replaces(measured, this.#best)) this.#best = measured;
  }

  /** Server clock minus this browser's, in milliseconds; `null` if not measured. */
  get offset() {
    return this.#best === null ? null : this.#best.offset;
  }

  /** The earliest moment of this browser's clock a moment of the server's clock can have been; `null` if not measured. */
  earliest(server) {
    return this.#best === null ? null : server - this.#best.offset - this.#best.error;
  }
}

function replaces(measured, best) {
  const apart = Math.abs(measured.offset - best.offset);
  return apart > measured.error + best.error || measured.error <= best.error || measured.at - best.at > LASTS;
}
