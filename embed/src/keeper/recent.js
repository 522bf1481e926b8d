/** How long the last renewals took, from asking to the answer, in milliseconds. */
export class RecentRenewals {
  #took = [];

  /** A request that took longer than a minute was asleep with its tab. */
  note(took) {
    this.#took = [...this.#took, Math.min(took, 60_000)].slice(-50);
  }

  /** The 99th percentile (nearest rank); zero while nothing is known. */
  get p99() {
    const sorted = [...this.#took].sort((one, other) => one - other);
    return sorted[Math.ceil((sorted.length * 99) / 100) - 1] ?? 0;
  }
}
