//! The vault's key as IndexedDB keeps it, and how it is replaced: by a key that can't be exported, or by what brings one back.
//!
//! Each key has a generation, drawn at random, so that a database that was cleared and made anew has another one too. Every
//! write says which key its records were sealed with, and loses when another stands.

use std::collections::BTreeMap;

use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName};
use wasm_bindgen::JsValue;

use super::transaction::{Strict, Trouble};
use super::{EPOCH, IndexedDbStore, KEYS, META, SET_ASIDE, for_writes, place_of, record};
use crate::vault::place::KeyWrite;

/// The entry of the vault's key in the key store.
const SEALING_KEY: &str = "sealing";
/// The generation of that key; absent, and so 0, in vaults from before keys could be replaced.
pub(super) const KEY_GENERATION: &str = "key";
/// How often the vault was locked.
const LOCKS: &str = "locks";

/// What a tab compares with what it knows: whether it still has the key that stands, and whether it should be locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The generation of the key.
    pub key: u64,
    /// How often the vault was locked.
    pub locks: u64,
}

/// A key that replaces another, with all records sealed anew.
pub struct Rekey {
    /// The sign-out epoch.
    pub epoch: u64,
    /// The generation of the key that stands.
    pub from: u64,
    /// The generation of the new one.
    pub to: u64,
    /// What is kept of the new one.
    pub entry: JsValue,
    /// All records as they were read.
    pub before: BTreeMap<RecordKey, SealedRecord>,
    /// The same, sealed with the new key.
    pub after: BTreeMap<RecordKey, SealedRecord>,
    /// What else changes in the key store.
    pub keys: Vec<KeyWrite>,
}

impl IndexedDbStore {
    /// What is kept of the vault's key, with the marks; `candidate` under `generation` once it is stored, where there is none
    /// yet: of two tabs that come with one each at the same time, both get the first one's.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn key_or_insert(&self, candidate: &JsValue, generation: u64) -> Result<(JsValue, Marks), StoreError> {
        self.written(async |strict| {
            let known = strict.get(KEYS, SEALING_KEY).await?;
            if known.is_undefined() {
                strict.put(KEYS, SEALING_KEY, candidate)?;
                strict.put(META, KEY_GENERATION, &record::from_number(generation))?;
                return Ok((candidate.clone(), marks(strict).await?));
            }
            Ok((known, marks(strict).await?))
        })
        .await
    }

    /// What is kept of the key as it stands, with the marks; `undefined` where there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn sealing_key(&self) -> Result<(JsValue, Marks), StoreError> {
        let wanted = [(KEYS, SEALING_KEY), (META, KEY_GENERATION), (META, LOCKS)].map(|(it, id)| (it, id.to_owned()));
        let values = self.reading(async |connection| connection.get_all(&wanted).await).await?;
        let [entry, key, locks] = values.try_into().unwrap_or([JsValue::UNDEFINED; 3]);
        Ok((entry, Marks { key: record::number(&key), locks: record::number(&locks) }))
    }

    /// The marks as they stand.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn marks(&self) -> Result<Marks, StoreError> {
        Ok(self.sealing_key().await?.1)
    }

    /// Notes that the vault is locked; gives how often it was.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn note_lock(&self) -> Result<u64, StoreError> {
        self.written(async |strict| {
            let next = record::number(&strict.get(META, LOCKS).await?) + 1;
            strict.put(META, LOCKS, &record::from_number(next))?;
            Ok(next)
        })
        .await
    }

    /// All entries of the key store.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn keys(&self) -> Result<Vec<(String, JsValue)>, StoreError> {
        let entries = self.reading(async |connection| connection.entries(KEYS, "").await).await?;
        Ok(entries.into_iter().map(|(id, value)| (id.as_string().unwrap_or_default(), value)).collect())
    }

    /// Replaces what is kept of the key, without another key: a passkey was added or removed. `is_known` says whether what
    /// stands is what the caller knows.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyMoved`] when another tab replaced either; else as every write.
    pub async fn replace_entry(&self, is_known: impl Fn(&JsValue) -> bool, entry: &JsValue) -> Result<(), StoreError> {
        self.written(async |strict| {
            if !is_known(&strict.get(KEYS, SEALING_KEY).await?) {
                return Err(StoreError::KeyMoved { current: strict.key_generation().await? }.into());
            }
            strict.put(KEYS, SEALING_KEY, entry)
        })
        .await
    }

    /// Replaces the key and every record in one transaction, or nothing at all. What was set aside goes: with the old key
    /// nobody could ever open it again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when a record was written since they were read, [`StoreError::KeyMoved`] when another tab
    /// replaced the key, [`StoreError::SignedOut`] after a sign-out; else as every write.
    pub async fn rekey(&self, rekey: &Rekey) -> Result<(), StoreError> {
        let step = async |strict: &Strict| {
            let current = strict.key_generation().await?;
            if current == rekey.to {
                // A connection lost after the commit and before its news: generations are drawn, so this was ours.
                return Ok(());
            }
            if current != rekey.from {
                return Err(StoreError::KeyMoved { current }.into());
            }
            let epoch = record::number(&strict.get(META, EPOCH).await?);
            if epoch != rekey.epoch {
                return Err(StoreError::SignedOut { current: epoch }.into());
            }
            if all(strict).await? != rekey.before {
                return Err(StoreError::Superseded { current: 0 }.into());
            }
            write(strict, rekey)
        };
        self.tried_with(for_writes(rekey.before.len()), async |_| self.once(&step).await).await
    }
}

fn write(strict: &Strict, rekey: &Rekey) -> Result<(), Trouble> {
    for (key, sealed) in &rekey.after {
        let (store, entry) = place_of(key);
        strict.put(store, &entry, &record::to_js(sealed))?;
    }
    for key in rekey.before.keys().filter(|key| !rekey.after.contains_key(key)) {
        let (store, entry) = place_of(key);
        strict.delete(store, &entry)?;
    }
    for key in &rekey.keys {
        match &key.value {
            Some(value) => strict.put(KEYS, &key.id, value)?,
            None => strict.delete(KEYS, &key.id)?,
        }
    }
    strict.clear(SET_ASIDE)?;
    strict.put(KEYS, SEALING_KEY, &rekey.entry)?;
    strict.put(META, KEY_GENERATION, &record::from_number(rekey.to))
}

/// Every record of every store.
async fn all(strict: &Strict) -> Result<BTreeMap<RecordKey, SealedRecord>, Trouble> {
    let mut records = BTreeMap::new();
    for place in StoreName::OBJECT_STORES {
        for (entry, value) in strict.entries(place.name()).await? {
            let entry = entry.as_string().unwrap_or_default();
            let here = StoreName::ALL.into_iter().filter(|store| store.object_store() == place);
            let key = here.filter_map(|store| Some(RecordKey { store, id: store.id_of(&entry)?.to_owned() })).next();
            records.extend(key.map(|key| (key, record::from_js(&value))));
        }
    }
    Ok(records)
}

async fn marks(strict: &Strict) -> Result<Marks, Trouble> {
    let locks = record::number(&strict.get(META, LOCKS).await?);
    Ok(Marks { key: strict.key_generation().await?, locks })
}
