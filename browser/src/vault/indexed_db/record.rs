//! Sealed records as IndexedDB keeps them: plain objects with byte arrays.

use domain::vault::SealedRecord;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::js;

/// The record as an object.
pub fn to_js(record: &SealedRecord) -> JsValue {
    js::object([
        ("generation", from_number(record.generation)),
        ("nonce", js::bytes(&record.nonce).into()),
        ("ciphertext", js::bytes(&record.ciphertext).into()),
    ])
    .into()
}

/// The object as a record. Whatever else is found there becomes a record that can't be opened, and is so set aside.
pub fn from_js(value: &JsValue) -> SealedRecord {
    let bytes = |name| js::property(value, name).dyn_into::<Uint8Array>().map_or_else(|_| Vec::new(), |it| it.to_vec());
    SealedRecord {
        generation: number(&js::property(value, "generation")),
        nonce: bytes("nonce"),
        ciphertext: bytes("ciphertext"),
    }
}

/// A counter as JavaScript keeps it; 0 for anything else.
pub fn number(value: &JsValue) -> u64 {
    // Counters stay far below 2^53, where every whole number is exact; `as` saturates for what others may have put there.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    value.as_f64().map_or(0, |number| number as u64)
}

/// A counter for JavaScript.
pub fn from_number(number: u64) -> JsValue {
    #[allow(clippy::cast_precision_loss)]
    JsValue::from_f64(number as f64)
}
