/**
 * Keeps records in localStorage. Between tabs that is best effort: another tab's write may be seen late, and nothing stops
 * it in between. It may cost a second request, and never a wrong token.
 */
export class LocalStore {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  async change(name, change) {
    const key = `tokenkeep:${name}`;
    const before = JSON.parse(this.#storage.getItem(key) ?? "null") ?? undefined;
    const after = change(before);
    if (after === undefined) return before;
    this.#storage.setItem(key, JSON.stringify(after));
    return after;
  }
}
