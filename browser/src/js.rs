//! Small steps between Rust and JavaScript values.

use std::future::Future;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The property of a JavaScript value; `undefined` where there is none.
pub fn property(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A plain JavaScript object with these properties.
pub fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Object {
    let entries: Array = properties.iter().map(|(name, value)| Array::of2(&JsValue::from_str(name), value)).collect();
    Object::from_entries(&entries).expect("an array of pairs makes an object")
}

/// Bytes as a JavaScript array of their own.
pub fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

/// An error's `name`, such as `QuotaExceededError`; for other values some word on what they are.
pub fn error_name(error: &JsValue) -> String {
    let name = property(error, "name").as_string().filter(|name| !name.is_empty());
    name.or_else(|| error.as_string()).unwrap_or_else(|| "an unnamed error".to_owned())
}

/// Reads JSON. It goes by way of a [`Value`], as all answers of the server do, so that only one parser and one reader
/// for each type are in the program; texts are moved, not copied.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    serde_json::from_value(serde_json::from_slice::<Value>(json).ok()?).ok()
}

/// Waits for a promise that some other value's handlers settle: `attach(resolve, reject)` sets them.
pub fn settled(attach: &mut dyn FnMut(js_sys::Function, js_sys::Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| attach(resolve, reject)))
}

/// The future's output, or `None` when it takes longer than `millis`.
pub async fn within<F: Future>(millis: u32, future: F) -> Option<F::Output> {
    let future = std::pin::pin!(future);
    match select(future, TimeoutFuture::new(millis)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
