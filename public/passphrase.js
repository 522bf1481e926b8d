/*
 * The worker that makes a key from a passphrase: Argon2id goes through many megabytes, and the page must not stand still
 * meanwhile. It is asked once and ended then; passphrase and key are in no other message.
 */
import start, { argon2id } from "/passphrase/argon2id.js";

onmessage = async ({ data: { passphrase, salt, memory, passes, lanes } }) => {
  try {
    await start({ module_or_path: "/passphrase/argon2id.wasm" });
    const key = argon2id(passphrase, salt, memory, passes, lanes);
    postMessage({ key }, [key.buffer]);
  } catch (error) {
    postMessage({ refused: typeof error === "string" ? error : String(error?.message ?? error) });
  }
};
