use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

use super::Ear;
use crate::clock;
use crate::page::Listener;

/// The way by `storage` events: a text written to localStorage and taken away again.
pub struct StorageEvents {
    storage: Storage,
    item: String,
    _listener: Listener,
}

impl StorageEvents {
    pub fn open(name: &str, ear: Ear) -> Option<Self> {
        let window = web_sys::window()?;
        let storage = window.local_storage().ok().flatten()?;
        let item = name.to_owned();
        let listener = Listener::new(&window, "storage", move |event| {
            let event: &StorageEvent = event.unchecked_ref();
            let text = event.new_value().filter(|_| event.key().as_deref() == Some(&item));
            if let Some((_, text)) = text.as_deref().and_then(|text| text.split_once(' ')) {
                ear.hear(text.to_owned());
            }
        });
        Some(Self { storage, item: name.to_owned(), _listener: listener })
    }

    /// Gives whether it could be written.
    pub fn post(&self, text: &str) -> bool {
        // An event comes only when the text changes, so each has a number of its own before it.
        let text = format!("{:x} {text}", clock::random());
        self.storage.set_item(&self.item, &text).and_then(|()| self.storage.remove_item(&self.item)).is_ok()
    }
}
