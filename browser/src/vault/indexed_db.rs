//! Records in IndexedDB: the first rung, and the only place tabs can trust.
//!
//! `rexie` makes the stores. Reads and writes go through a connection of our own, because only there can a transaction be
//! asked for `durability: "strict"`, so that it ends when the records are on disk, and be undone when the page is left.
//! Generation and epoch are read and the records written in one transaction, so that an old writer loses.

use std::cell::RefCell;
use std::rc::Rc;

use domain::id::TenantId;
use domain::vault::{RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write, database_name};
use wasm_bindgen::JsValue;

use super::place::{Fence, KeyWrite};
use crate::js;

mod connection;
mod keyring;
pub mod leaving;
mod record;
mod transaction;

use connection::Connection;
pub use connection::{GivenUp, open_existing};
pub use keyring::{Marks, Rekey};
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
/// How an operation is waited for.
#[derive(Clone, Copy)]
struct Patience {
    /// How long it may take, in milliseconds: a database another tab blocks must not hang this one.
    millis: u32,
    /// How often it is begun when no answer comes.
    times: u32,
}

/// Waiting twice as long helps nobody.
const USUAL: Patience = Patience { millis: 10_000, times: 1 };
/// A page that was just left may still hold the database, and a request that the browser lost is never answered: it is opened
/// anew before a simpler place is used.
const OPENING: Patience = Patience { millis: 4_000, times: 3 };

/// What one write more may take in a transaction of many, in milliseconds: a file of ten thousand tokens is no database that
/// does not answer.
const MILLIS_A_WRITE: u32 = 5;

fn for_writes(count: usize) -> Patience {
    let more = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(MILLIS_A_WRITE);
    Patience { millis: USUAL.millis.saturating_add(more), ..USUAL }
}

/// The records of one tenant in IndexedDB.
pub struct IndexedDbStore {
    name: String,
    connection: RefCell<Option<Rc<Connection>>>,
    given_up: GivenUp,
}

impl IndexedDbStore {
    /// Opens the tenant's database and proves by a real write that it can be used.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it can't be opened, [`StoreError::QuotaExceeded`] when nothing can be written.
    pub async fn open(tenant: &TenantId) -> Result<Self, StoreError> {
        let store = Self { name: database_name(tenant), connection: RefCell::default(), given_up: GivenUp::default() };
        let proof = async |_| store.once(async |strict| strict.put(META, PROBE, &JsValue::TRUE)).await;
        store.tried_with(OPENING, proof).await?;
        Ok(store)
    }

    /// Moves a record that this key can't open out of the way, if both still stand; what it holds stays in the database.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn set_aside(&self, key: &RecordKey, record: &SealedRecord, sealed_by: u64) -> Result<(), StoreError> {
        let (store, entry) = place_of(key);
        self.written(async |strict| {
            let value = strict.get(store, &entry).await?;
            if strict.key_generation().await? != sealed_by {
                return Ok(());
            }
            if !value.is_undefined() && record::from_js(&value) == *record {
                strict.put(SET_ASIDE, &[key.store.name(), "/", &key.id].concat(), &value)?;
                strict.delete(store, &entry)?;
            }
            Ok(())
        })
        .await
    }

    /// The ids of a store whose records were moved out of the way.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn set_aside_ids(&self, store: StoreName) -> Result<Vec<String>, StoreError> {
        let prefix = [store.name(), "/"].concat();
        let entries = self.reading(async |connection| connection.entries(SET_ASIDE, &prefix).await).await?;
        let id = |(entry, _): (JsValue, JsValue)| entry.as_string()?.strip_prefix(&prefix).map(str::to_owned);
        Ok(entries.into_iter().filter_map(id).collect())
    }

    /// The entry of the key store under `id`, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn key(&self, id: &str) -> Result<Option<JsValue>, StoreError> {
        let value = self.reading(async |connection| connection.get(KEYS, id).await).await?;
        Ok(Some(value).filter(|value| !value.is_undefined()))
    }

    /// As [`RecordStore::apply`], with changes of the key store in the same transaction. `replayed` says that this was tried
    /// before and may have happened.
    ///
    /// # Errors
    ///
    /// As [`RecordStore::apply`].
    pub async fn apply_with_keys(
        &self,
        fence: Fence,
        writes: &[Write],
        keys: &[KeyWrite],
        replayed: bool,
    ) -> Result<(), StoreError> {
        self.tried_with(for_writes(writes.len()), async |attempt| {
            self.once(async |strict| {
                // A connection lost after the commit and before its news: what is written is not written again.
                strict.apply(fence.epoch, Some(fence.key), writes, replayed || attempt > 0).await?;
                keys.iter().try_for_each(|key| match &key.value {
                    Some(value) => strict.put(KEYS, &key.id, value),
                    None => strict.delete(KEYS, &key.id),
                })
            })
            .await
        })
        .await
    }

    /// Removes everything, the keys too, and moves the sign-out epoch on, so that whoever has the vault open can write nothing
    /// more; in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::QuotaExceeded`].
    pub async fn empty(&self) -> Result<(), StoreError> {
        self.written(async |strict| {
            let next = strict.advance_epoch().await?;
            connection::store_names().try_for_each(|name| strict.clear(name))?;
            strict.put(META, EPOCH, &record::from_number(next))
        })
        .await
    }

    /// Drops the connection, as the browser does when it loses it.
    pub fn close(&self) {
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }

    /// Drops the connection for good, so that nothing on its way makes the database anew after somebody deleted it: it fails, as
    /// after a sign-out with the epoch `current`.
    pub fn give_up(&self, current: u64) {
        self.given_up.give_up(current);
        self.close();
    }

    /// The connection there is, or a new one where there is none or it was lost.
    async fn connection(&self) -> Result<Rc<Connection>, Trouble> {
        let known = self.connection.borrow().clone().filter(|connection| !connection.is_lost());
        if let Some(connection) = known {
            return Ok(connection);
        }
        let connection = Connection::open(&self.name, &self.given_up).await?;
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

    async fn tried<T>(&self, operation: impl AsyncFn(u32) -> Result<T, Trouble>) -> Result<T, StoreError> {
        self.tried_with(USUAL, operation).await
    }

    /// Begins the operation, which is told how often it was begun before; anew on a new connection when the old one turns out
    /// to be lost, and when the page was left meanwhile, which says nothing about the database.
    async fn tried_with<T>(
        &self,
        patience: Patience,
        operation: impl AsyncFn(u32) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let (mut begun, mut lost, mut silent) = (0, 0, 0);
        loop {
            leaving::here().await;
            let leavings = leaving::leavings();
            let outcome = js::within(patience.millis, operation(begun)).await;
            begun += 1;
            let reason = match outcome {
                Some(Ok(output)) => return Ok(output),
                Some(Err(Trouble::Refused(error))) => return Err(error),
                Some(Err(Trouble::Lost(name))) => {
                    lost += 1;
                    name
                }
                None => {
                    silent += 1;
                    "no answer in time".to_owned()
                }
            };
            self.close();
            if leaving::leavings() != leavings {
                (lost, silent) = (0, 0);
            } else if silent >= patience.times || lost >= TRIES {
                return Err(StoreError::Unavailable(reason));
            }
        }
    }
}

impl RecordStore for IndexedDbStore {
    async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        let (store, entry) = place_of(key);
        let value = self.reading(async |connection| connection.get(store, &entry).await).await?;
        Ok(recorded(&value))
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<(Vec<Option<SealedRecord>>, u64), StoreError> {
        let records = keys.iter().map(place_of);
        let wanted: Vec<_> = records.chain([(META, EPOCH.to_owned())]).collect();
        let mut values = self.reading(async |connection| connection.get_all(&wanted).await).await?;
        let epoch = values.pop().map_or(0, |value| record::number(&value));
        Ok((values.iter().map(recorded).collect(), epoch))
    }

    async fn list(&self, store: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let (name, prefix) = (store.object_store().name(), store.prefix());
        let entries = self.reading(async |connection| connection.entries(name, prefix).await).await?;
        let record = |(entry, value): (JsValue, JsValue)| {
            let entry = entry.as_string().unwrap_or_default();
            Some((store.id_of(&entry)?.to_owned(), record::from_js(&value)))
        };
        Ok(entries.into_iter().filter_map(record).collect())
    }

    async fn apply(&self, epoch: u64, writes: &[Write]) -> Result<(), StoreError> {
        self.tried(async |attempt| self.once(async |strict| strict.apply(epoch, None, writes, attempt > 0).await).await)
            .await
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        let value = self.reading(async |connection| connection.get(META, EPOCH).await).await?;
        Ok(record::number(&value))
    }

    async fn advance_epoch(&self) -> Result<u64, StoreError> {
        self.written(async |strict| strict.advance_epoch().await).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.written(async |strict| {
            let stores = StoreName::OBJECT_STORES.iter().map(|store| store.name());
            stores.chain([SET_ASIDE]).try_for_each(|it| strict.clear(it))?;
            strict.advance_epoch().await.map(drop)
        })
        .await
    }
}

fn recorded(value: &JsValue) -> Option<SealedRecord> {
    (!value.is_undefined()).then(|| record::from_js(value))
}

/// The object store of a record, and its key there.
fn place_of(key: &RecordKey) -> (&'static str, String) {
    (key.store.object_store().name(), key.store.entry(&key.id))
}
