import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "@playwright/test";

/** A place to be searched, with its raw bytes. */
export interface Place {
  name: string;
  bytes: Buffer;
}

/** The names of the places that hold one of the canaries, in any of the forms a text may be stored in. */
export function sightings(places: Place[], canaries: string[]): string[] {
  const wanted = canaries.flatMap((canary) => forms(canary));
  return places.filter((place) => wanted.some((form) => place.bytes.includes(form))).map((place) => place.name);
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (name) => ({ name, bytes: await readFile(name) })));
}

/** What a page's origin keeps: every record of every database, both storages, and the cookies scripts can read. */
export async function storedBy(page: Page): Promise<Place[]> {
  const places = await page.evaluate(readStorage);
  return places.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, "base64") }));
}

/** UTF-8, UTF-16 as IndexedDB and localStorage write it, JSON-escaped, URL-encoded and base64. */
function forms(canary: string): Buffer[] {
  const texts = [
    canary,
    JSON.stringify(canary).slice(1, -1),
    encodeURIComponent(canary),
    Buffer.from(canary).toString("base64").replace(/=+$/, "").slice(0, -1),
    Buffer.from(canary).toString("base64url").slice(0, -1),
  ];
  return texts.flatMap((text) => [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le")]);
}

/** Runs in the page. A byte array is taken as its bytes, so that bytes of a text are found as that text. */
async function readStorage(): Promise<{ name: string; base64: string }[]> {
  const places: { name: string; base64: string }[] = [];
  const add = (name: string, text: string) => {
    const bytes = new TextEncoder().encode(text);
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    places.push({ name, base64: btoa(binary) });
  };
  const asText = (value: unknown): string => {
    const list = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    const isBytes =
      list instanceof Uint8Array || (Array.isArray(list) && list.length > 0 && list.every((item) => Number.isInteger(item)));
    if (isBytes) return new TextDecoder("latin1").decode(Uint8Array.from(list as ArrayLike<number>));
    if (value instanceof CryptoKey) return `CryptoKey extractable=${value.extractable}`;
    if (value instanceof Map) return [...value].map(([key, item]) => `${asText(key)}=${asText(item)}`).join("\n");
    if (value && typeof value === "object") {
      return Object.entries(value).map(([key, item]) => `${key}=${asText(item)}`).join("\n");
    }
    return String(value);
  };
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  for (const { name } of await indexedDB.databases()) {
    if (!name) continue;
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
      values.forEach((value, at) => add(`IndexedDB ${name}/${store}/${asText(keys[at])}`, asText(value)));
    }
    database.close();
  }
  for (const [kind, storage] of [["localStorage", localStorage], ["sessionStorage", sessionStorage]] as const) {
    for (const [key, value] of Object.entries(storage)) add(`${kind} ${key}`, `${key}=${value}`);
  }
  add("document.cookie", document.cookie);
  add("address", location.href);
  return places;
}
