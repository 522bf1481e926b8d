const DATABASE = "tokenkeep-embed";
const SHELF = "records";

/** Keeps records in IndexedDB, in a database of the page's own origin. One transaction reads and writes. */
export class IndexedDbStore {
  #factory;
  #database = null;

  constructor(factory) {
    this.#factory = factory;
  }

  async change(name, change) {
    try {
      return await changed(await this.#open(), name, change);
    } catch (error) {
      // The browser closes connections as it likes; a second one tells whether the place is lost.
      if (error?.name !== "InvalidStateError") throw error;
      this.close();
      return changed(await this.#open(), name, change);
    }
  }

  /** Lets the page rest in the browser's memory; the next use opens it again. */
  close() {
    this.#database?.then((database) => database.close()).catch(() => {});
    this.#database = null;
  }

  #open() {
    this.#database ??= opened(this.#factory, () => this.close()).catch((error) => {
      this.#database = null;
      throw error;
    });
    return this.#database;
  }
}

function opened(factory, close) {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(SHELF);
    request.onsuccess = () => {
      request.result.onversionchange = close;
      request.result.onclose = close;
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

function changed(database, name, change) {
  return new Promise((resolve, reject) => {
    // Strict: it is on the disk before anyone else is told, or the lock given back.
    const transaction = database.transaction(SHELF, "readwrite", { durability: "strict" });
    const shelf = transaction.objectStore(SHELF);
    const reading = shelf.get(name);
    let stands;
    reading.onsuccess = () => {
      stands = reading.result;
      const after = change(stands);
      if (after === undefined) return;
      stands = after;
      shelf.put(after, name);
    };
    transaction.oncomplete = () => resolve(stands);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}
