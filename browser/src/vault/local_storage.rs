//! Records in localStorage: the second rung, where IndexedDB can't be used.
//!
//! They are as encrypted as on the first rung, and the same rules hold within one tab. Between tabs they are best
//! effort: browsers let a tab read what another has replaced already, so two tabs may ask for the same token. The
//! generation keeps them from using a wrong one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::TenantId;
use domain::vault::{RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write, database_name};
use gloo_storage::{LocalStorage, Storage};
use wasm_bindgen::JsValue;

use crate::js;

/// The records of one tenant in localStorage.
pub struct LocalStorageStore {
    prefix: String,
    storage: web_sys::Storage,
}

impl LocalStorageStore {
    /// Proves by a real write that localStorage can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it is blocked, [`StoreError::QuotaExceeded`] when it is full.
    pub fn open(tenant: &TenantId) -> Result<Self, StoreError> {
        let window = web_sys::window().ok_or_else(|| StoreError::Unavailable("no window".to_owned()))?;
        let there = window.local_storage().map_err(|error| trouble(&error))?;
        there.ok_or_else(|| StoreError::Unavailable("localStorage is switched off".to_owned()))?;
        let store = Self { prefix: database_name(tenant) + ".", storage: LocalStorage::raw() };
        store.write("probe", "1")?;
        store.storage.remove_item(&store.item("probe")).map_err(|error| trouble(&error))?;
        Ok(store)
    }

    /// Moves a record that can't be opened out of the way, if it still stands.
    ///
    /// # Errors
    ///
    /// As for every write.
    pub fn set_aside(&self, key: &RecordKey, record: &SealedRecord) -> Result<(), StoreError> {
        let name = record_name(key);
        if let Some(text) = self.read(&name)?.filter(|text| from_text(text) == *record) {
            self.erase(&name)?;
            self.write(&["set_aside.", &name].concat(), &text)?;
        }
        Ok(())
    }

    /// The ids of a store whose records were moved out of the way.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub fn set_aside_ids(&self, store: StoreName) -> Result<Vec<String>, StoreError> {
        self.ids_after(&["set_aside.", store.name(), "/"].concat())
    }

    /// Takes the epoch of the place that was used before.
    ///
    /// # Errors
    ///
    /// As for every write.
    pub fn adopt_epoch(&self, epoch: u64) -> Result<(), StoreError> {
        self.write("epoch", &epoch.to_string())
    }

    /// Removes what an earlier session left: its key is gone, so nobody can open it any more.
    ///
    /// # Errors
    ///
    /// As for every write.
    pub fn forget_records(&self) -> Result<(), StoreError> {
        for store in StoreName::ALL {
            for id in self.ids(store)? {
                self.erase(&record_name(&RecordKey { store, id }))?;
            }
        }
        Ok(())
    }

    fn item(&self, name: &str) -> String {
        [&self.prefix, name].concat()
    }

    fn read(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.storage.get_item(&self.item(name)).map_err(|error| trouble(&error))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), StoreError> {
        self.storage.set_item(&self.item(name), text).map_err(|error| trouble(&error))
    }

    fn erase(&self, name: &str) -> Result<(), StoreError> {
        self.storage.remove_item(&self.item(name)).map_err(|error| trouble(&error))
    }

    fn record(&self, name: &str) -> Result<Option<SealedRecord>, StoreError> {
        Ok(self.read(name)?.map(|text| from_text(&text)))
    }

    /// The ids of one store, in order.
    fn ids(&self, store: StoreName) -> Result<Vec<String>, StoreError> {
        self.ids_after(&[store.name(), "/"].concat())
    }

    /// What comes after `start` in the names that begin so, in order.
    fn ids_after(&self, start: &str) -> Result<Vec<String>, StoreError> {
        let start = self.item(start);
        let count = self.storage.length().map_err(|error| trouble(&error))?;
        let names = (0..count).filter_map(|index| self.storage.key(index).ok().flatten());
        let mut ids: Vec<String> = names.filter_map(|name| name.strip_prefix(&start).map(str::to_owned)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    fn current_epoch(&self) -> Result<u64, StoreError> {
        Ok(self.read("epoch")?.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    fn move_epoch(&self) -> Result<u64, StoreError> {
        let next = self.current_epoch()? + 1;
        self.write("epoch", &next.to_string())?;
        Ok(next)
    }

    fn perform(&self, write: &Write) -> Result<(), StoreError> {
        let name = record_name(write.key());
        match write {
            Write::Put { record, .. } => self.write(&name, &to_text(record)),
            Write::Remove { .. } => self.erase(&name),
        }
    }

    /// Puts back what stood before the writes that did happen.
    fn undo(&self, before: &[(String, Option<String>)]) {
        for (name, text) in before {
            // Making room again comes before writing, and the text fitted a moment ago.
            let _ = self.erase(name);
            if let Some(text) = text {
                let _ = self.write(name, text);
            }
        }
    }
}

impl RecordStore for LocalStorageStore {
    async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        self.record(&record_name(key))
    }

    async fn list(&self, store: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let mut records = Vec::new();
        for id in self.ids(store)? {
            let key = RecordKey { store, id };
            if let Some(record) = self.record(&record_name(&key))? {
                records.push((key.id, record));
            }
        }
        Ok(records)
    }

    async fn apply(&self, epoch: u64, writes: &[Write]) -> Result<(), StoreError> {
        let current = self.current_epoch()?;
        if current != epoch {
            return Err(StoreError::SignedOut { current });
        }
        let mut before = Vec::new();
        for write in writes {
            let name = record_name(write.key());
            write.check(self.record(&name)?.map_or(0, |record| record.generation))?;
            let text = self.read(&name)?;
            before.push((name, text));
        }
        let done = writes.iter().try_for_each(|write| self.perform(write));
        done.inspect_err(|_| self.undo(&before))
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        self.current_epoch()
    }

    async fn advance_epoch(&self) -> Result<u64, StoreError> {
        self.move_epoch()
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.forget_records()?;
        self.move_epoch().map(drop)
    }
}

fn record_name(key: &RecordKey) -> String {
    [key.store.name(), "/", &key.id].concat()
}

/// `generation.nonce.ciphertext`, the last two in base64.
fn to_text(record: &SealedRecord) -> String {
    let generation = record.generation.to_string();
    [generation.as_str(), &STANDARD.encode(&record.nonce), &STANDARD.encode(&record.ciphertext)].join(".")
}

/// Whatever else is found there becomes a record that can't be opened, and is so set aside.
fn from_text(text: &str) -> SealedRecord {
    let mut parts = text.splitn(3, '.');
    let generation = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    let mut bytes = || parts.next().and_then(|part| STANDARD.decode(part).ok()).unwrap_or_default();
    SealedRecord { generation, nonce: bytes(), ciphertext: bytes() }
}

fn trouble(error: &JsValue) -> StoreError {
    match js::error_name(error).as_str() {
        "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED" => StoreError::QuotaExceeded,
        name => StoreError::Unavailable(name.to_owned()),
    }
}
