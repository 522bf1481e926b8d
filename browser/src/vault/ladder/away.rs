use std::collections::BTreeMap;

use domain::vault::{RecordKey, Write};
use wasm_bindgen::JsValue;

use crate::vault::place::KeyWrite;

/// What this tab changed while IndexedDB was not in use, to be written there when it comes back.
#[derive(Clone, Debug, Default)]
pub struct Away {
    /// The records changed, each with the generation IndexedDB had of it as far as this tab knew.
    pub records: BTreeMap<RecordKey, u64>,
    /// The entries of the key store, which no lower rung can keep; `None` for one that was removed.
    pub keys: BTreeMap<String, Option<JsValue>>,
    /// Counts the changes.
    pub count: u64,
}

impl Away {
    pub fn note(&mut self, writes: &[Write], keys: &[KeyWrite]) {
        self.count += 1;
        for write in writes {
            let (Write::Put { key, replaces, .. } | Write::Remove { key, replaces }) = write;
            self.records.entry(key.clone()).or_insert(*replaces);
        }
        for key in keys {
            self.keys.insert(key.id.clone(), key.value.clone());
        }
    }
}
