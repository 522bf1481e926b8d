/** Keeps records for this page alone: the last rung, which never fails. */
export class MemoryStore {
  #records = new Map();

  /**
   * Reads a record, lets `change` say what is to stand there (`undefined` for "as it is"), and answers with what stands
   * there then. Nothing comes in between.
   */
  async change(name, change) {
    const after = change(this.#records.get(name));
    if (after !== undefined) this.#records.set(name, after);
    return this.#records.get(name);
  }
}
