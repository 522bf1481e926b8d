//! What the worker's script calls.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

/// The key of a passphrase, or the word for why there is none.
#[wasm_bindgen]
pub fn argon2id(
    passphrase: Vec<u8>,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
) -> Result<Vec<u8>, JsValue> {
    let passphrase = Zeroizing::new(passphrase);
    match crate::derive(&passphrase, salt, memory_kib, passes, lanes) {
        Ok(key) => Ok(key.to_vec()),
        Err(refused) => Err(JsValue::from_str(refused.name())),
    }
}
