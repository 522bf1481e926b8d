/* What lies in the browser's databases. These functions run in the page and use nothing from outside themselves. */

/** The generation of each token record. */
export async function tokensKept(): Promise<number[]> {
  const generations: number[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? "");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    if (database.objectStoreNames.contains("tokens")) {
      const records = await new Promise<{ generation?: number }[]>((resolve, reject) => {
        const request = database.transaction("tokens").objectStore("tokens").getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      generations.push(...records.map((record) => Number(record.generation)));
    }
    database.close();
  }
  return generations;
}

/** Every Web Crypto key, wherever it lies. */
export async function keysKept(): Promise<{ type: string; extractable: boolean }[]> {
  const keys: { type: string; extractable: boolean }[] = [];
  const look = (value: unknown): void => {
    if (value instanceof CryptoKey) keys.push({ type: value.type, extractable: value.extractable });
    else if (value && typeof value === "object" && !ArrayBuffer.isView(value)) Object.values(value).forEach(look);
  };
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? "");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      const values = await new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      values.forEach(look);
    }
    database.close();
  }
  return keys;
}

/** The sealed record of the first-time setup of site tokens, as bytes in a text; it is another one after each write. */
export async function setupKept(): Promise<string> {
  const texts: string[] = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? "");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    if (database.objectStoreNames.contains("settings")) {
      const store = database.transaction("settings").objectStore("settings");
      const read = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const [keys, values] = await Promise.all([read(store.getAllKeys()), read(store.getAll())]);
      const bytes = (_: string, value: unknown) => (value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value);
      keys.forEach((key, at) => {
        if (String(key).includes("site_setup")) texts.push(JSON.stringify(values[at], bytes));
      });
    }
    database.close();
  }
  return texts.join();
}

/** How many reports to the audit log wait to be told. */
export async function reportsKept(): Promise<number> {
  let kept = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? "");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    if (database.objectStoreNames.contains("settings")) {
      const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
        const request = database.transaction("settings").objectStore("settings").getAllKeys();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      kept += keys.filter((key) => String(key).startsWith("reports/")).length;
    }
    database.close();
  }
  return kept;
}
