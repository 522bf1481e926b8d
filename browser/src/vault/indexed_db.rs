//! Records in IndexedDB: the first rung, and the only place tabs can trust.
//!
//! The schema and all reads go through `rexie`. A write goes through a connection of its own on the same database,
//! because only there can the transaction be asked for `durability: "strict"`: it ends when the records are on disk.
//! Generation and epoch are read and the records written in that one transaction, so that an old writer loses.

use std::cell::RefCell;
use std::rc::Rc;

use domain::id::TenantId;
use domain::vault::{RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write, database_name};
use wasm_bindgen::JsValue;

use super::place::KeyWrite;
use crate::js;

mod connection;
mod record;
mod transaction;

use connection::Connection;
use transaction::{Strict, Trouble};

/// Keys that can't be exported, by id.
const KEYS: &str = "keys";
/// The sign-out epoch.
const META: &str = "meta";
/// Records that could not be opened, under `store/id`.
const SET_ASIDE: &str = "set_aside";
const EPOCH: &str = "epoch";
const PROBE: &str = "probe";

/// How often an operation is begun, once more on a new connection after the old one turned out to be lost; whoever calls
/// tries again by its own rules.
const TRIES: u32 = 2;
/// How long one operation may take, in milliseconds: a database another tab blocks must not hang this one.
const PATIENCE: u32 = 10_000;

/// The records of one tenant in IndexedDB.
pub struct IndexedDbStore {
    name: String,
    connection: RefCell<Option<Rc<Connection>>>,
}

impl IndexedDbStore {
    /// Opens the tenant's database and proves by a real write that it can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it can't be opened, [`StoreError::QuotaExceeded`] when nothing can be written.
    pub async fn open(tenant: &TenantId) -> Result<Self, StoreError> {
        let store = Self { name: database_name(tenant), connection: RefCell::default() };
        store.written(async |strict| strict.put(META, PROBE, &JsValue::TRUE)).await?;
        Ok(store)
    }

    /// Moves a record that can't be opened out of the way, if it still stands; what it holds stays in the database.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn set_aside(&self, key: &RecordKey, record: &SealedRecord) -> Result<(), StoreError> {
        let store = key.store.name();
        self.written(async |strict| {
            let value = strict.get(store, &key.id).await?;
            if !value.is_undefined() && record::from_js(&value) == *record {
                strict.put(SET_ASIDE, &[store, "/", &key.id].concat(), &value)?;
                strict.delete(store, &key.id)?;
            }
            Ok(())
        })
        .await
    }

    /// The entry of the key store under `id`, or `candidate` once it is stored there: of two tabs that come with one
    /// each at the same time, both get the first one's.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn key_or_insert(&self, id: &str, candidate: &JsValue) -> Result<JsValue, StoreError> {
        self.written(async |strict| {
            let known = strict.get(KEYS, id).await?;
            if known.is_undefined() {
                strict.put(KEYS, id, candidate)?;
                return Ok(candidate.clone());
            }
            Ok(known)
        })
        .await
    }

    /// The entry of the key store under `id`, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn key(&self, id: &str) -> Result<Option<JsValue>, StoreError> {
        let value = self.reading(async |connection| Ok(connection.get(KEYS, id).await?)).await?;
        Ok(value.filter(|value| !value.is_undefined()))
    }

    /// As [`RecordStore::apply`], with changes of the key store in the same transaction. `replayed` says that this was tried
    /// before and may have happened.
    ///
    /// # Errors
    ///
    /// As [`RecordStore::apply`].
    pub async fn apply_with_keys(
        &self,
        epoch: u64,
        writes: &[Write],
        keys: &[KeyWrite],
        replayed: bool,
    ) -> Result<(), StoreError> {
        self.tried(async |attempt| {
            self.once(async |strict| {
                // A connection lost after the commit and before its news: what is written is not written again.
                strict.apply(epoch, writes, replayed || attempt > 0).await?;
                keys.iter().try_for_each(|key| match &key.value {
                    Some(value) => strict.put(KEYS, &key.id, value),
                    None => strict.delete(KEYS, &key.id),
                })
            })
            .await
        })
        .await
    }

    /// Drops the connection, as the browser does when it loses it.
    pub fn close(&self) {
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }

    /// The connection there is, or a new one where there is none or it was lost.
    async fn connection(&self) -> Result<Rc<Connection>, Trouble> {
        let known = self.connection.borrow().clone().filter(|connection| !connection.is_lost());
        if let Some(connection) = known {
            return Ok(connection);
        }
        let connection = Rc::new(Connection::open(&self.name).await?);
        self.connection.replace(Some(Rc::clone(&connection)));
        Ok(connection)
    }

    async fn reading<T>(&self, step: impl AsyncFn(&Connection) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.tried(async |_| step(&*self.connection().await?).await).await
    }

    async fn written<T>(&self, step: impl AsyncFn(&Strict) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.tried(async |_| self.once(&step).await).await
    }

    /// One strict transaction: what `step` asks for, and the browser's word that it is on disk.
    async fn once<T>(&self, step: impl AsyncFn(&Strict) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let strict = self.connection().await?.strict()?;
        match step(&strict).await {
            Ok(output) => strict.complete().await.map(|()| output),
            Err(trouble) => {
                strict.abort().await;
                Err(trouble)
            }
        }
    }

    /// Begins the operation anew on a new connection when the old one turns out to be lost. One that gets no answer in time
    /// is not begun again: waiting twice as long helps nobody.
    async fn tried<T>(&self, operation: impl AsyncFn(u32) -> Result<T, Trouble>) -> Result<T, StoreError> {
        let mut reason = "no answer in time".to_owned();
        for attempt in 0..TRIES {
            match js::within(PATIENCE, operation(attempt)).await {
                Some(Ok(output)) => return Ok(output),
                Some(Err(Trouble::Refused(error))) => return Err(error),
                Some(Err(Trouble::Lost(name))) => reason = name,
                None => {
                    self.close();
                    break;
                }
            }
            self.close();
        }
        Err(StoreError::Unavailable(reason))
    }
}

impl RecordStore for IndexedDbStore {
    async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        let value = self.reading(async |connection| connection.get(key.store.name(), &key.id).await).await?;
        Ok(recorded(value))
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<(Vec<Option<SealedRecord>>, u64), StoreError> {
        let records = keys.iter().map(|key| (key.store.name(), key.id.as_str()));
        let wanted: Vec<_> = records.chain([(META, EPOCH)]).collect();
        let mut values = self.reading(async |connection| connection.get_all(&wanted).await).await?;
        let epoch = values.pop().flatten().map_or(0, |value| record::number(&value));
        Ok((values.into_iter().map(recorded).collect(), epoch))
    }

    async fn list(&self, store: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let entries = self.reading(async |connection| connection.entries(store.name()).await).await?;
        Ok(entries.iter().map(|(id, value)| (id.as_string().unwrap_or_default(), record::from_js(value))).collect())
    }

    async fn apply(&self, epoch: u64, writes: &[Write]) -> Result<(), StoreError> {
        self.apply_with_keys(epoch, writes, &[], false).await
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        let value = self.reading(async |connection| connection.get(META, EPOCH).await).await?;
        Ok(record::number(&value.unwrap_or(JsValue::UNDEFINED)))
    }

    async fn advance_epoch(&self) -> Result<u64, StoreError> {
        self.written(async |strict| strict.advance_epoch().await).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.written(async |strict| {
            StoreName::ALL.iter().map(|store| store.name()).chain([SET_ASIDE]).try_for_each(|it| strict.clear(it))?;
            strict.advance_epoch().await.map(drop)
        })
        .await
    }
}

fn recorded(value: Option<JsValue>) -> Option<SealedRecord> {
    value.filter(|value| !value.is_undefined()).map(|value| record::from_js(&value))
}
