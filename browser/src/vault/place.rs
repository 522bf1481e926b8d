use domain::id::TenantId;
use domain::vault::{MemoryStore, RecordKey, RecordStore, SealedRecord, StorageLevel, StoreError, StoreName, Write};
use wasm_bindgen::JsValue;

use super::indexed_db::Marks;
use super::{IndexedDbStore, LocalStorageStore};

/// One rung of the ladder, in use.
pub enum Place {
    /// The first.
    IndexedDb(IndexedDbStore),
    /// The second.
    LocalStorage(LocalStorageStore),
    /// The last; it never fails.
    Memory(MemoryStore),
}

/// A change in the store of keys that can't be exported; `None` removes the entry.
#[derive(Clone, Debug)]
pub struct KeyWrite {
    /// The entry.
    pub id: String,
    /// What it becomes: an object that holds a `CryptoKey`.
    pub value: Option<JsValue>,
}

/// What must stand for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The sign-out epoch.
    pub epoch: u64,
    /// The generation of the key the records were sealed with; only IndexedDB keeps a key that can be replaced.
    pub key: u64,
}

/// Does the same with whichever place is in use.
macro_rules! on_each {
    ($place:expr, $store:ident => $call:expr) => {
        match $place {
            Place::IndexedDb($store) => $call,
            Place::LocalStorage($store) => $call,
            Place::Memory($store) => $call,
        }
    };
}

impl Place {
    /// The best rung that works, proved by a real write, and why those before it did not.
    pub async fn best(tenant: &TenantId) -> (Self, Vec<StoreError>) {
        match IndexedDbStore::open(tenant).await {
            Ok(store) => (Self::IndexedDb(store), Vec::new()),
            Err(error) => {
                let (place, mut errors) = Self::below_indexed_db(tenant);
                errors.insert(0, error);
                (place, errors)
            }
        }
    }

    /// The next rung below this one that works.
    pub fn next(&self, tenant: &TenantId) -> Self {
        match self {
            Self::IndexedDb(_) => Self::below_indexed_db(tenant).0,
            Self::LocalStorage(_) | Self::Memory(_) => Self::Memory(MemoryStore::default()),
        }
    }

    fn below_indexed_db(tenant: &TenantId) -> (Self, Vec<StoreError>) {
        match LocalStorageStore::open(tenant) {
            Ok(store) => (Self::LocalStorage(store), Vec::new()),
            Err(error) => (Self::Memory(MemoryStore::default()), vec![error]),
        }
    }

    /// Which rung it is.
    pub fn level(&self) -> StorageLevel {
        match self {
            Self::IndexedDb(_) => StorageLevel::IndexedDb,
            Self::LocalStorage(_) => StorageLevel::LocalStorage,
            Self::Memory(_) => StorageLevel::Memory,
        }
    }

    /// As [`RecordStore::get`].
    pub async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        on_each!(self, store => store.get(key).await)
    }

    /// As [`RecordStore::read`].
    pub async fn read(&self, keys: &[RecordKey]) -> Result<(Vec<Option<SealedRecord>>, u64), StoreError> {
        on_each!(self, store => store.read(keys).await)
    }

    /// As [`RecordStore::list`].
    pub async fn list(&self, name: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        on_each!(self, store => store.list(name).await)
    }

    /// As [`RecordStore::apply`]; the keys are changed in the same transaction, and only IndexedDB keeps any. `replayed` says
    /// that this was tried before and may have happened.
    pub async fn apply(
        &self,
        fence: Fence,
        writes: &[Write],
        keys: &[KeyWrite],
        replayed: bool,
    ) -> Result<(), StoreError> {
        match self {
            Self::IndexedDb(store) => store.apply_with_keys(fence, writes, keys, replayed).await,
            Self::LocalStorage(store) => store.apply(fence.epoch, writes).await,
            Self::Memory(store) => store.apply(fence.epoch, writes).await,
        }
    }

    /// As [`RecordStore::epoch`].
    pub async fn epoch(&self) -> Result<u64, StoreError> {
        on_each!(self, store => store.epoch().await)
    }

    /// As [`RecordStore::advance_epoch`].
    pub async fn advance_epoch(&self) -> Result<u64, StoreError> {
        on_each!(self, store => store.advance_epoch().await)
    }

    /// The entry of the key store, where there is one.
    pub async fn key(&self, id: &str) -> Result<Option<JsValue>, StoreError> {
        match self {
            Self::IndexedDb(store) => store.key(id).await,
            Self::LocalStorage(_) | Self::Memory(_) => Ok(None),
        }
    }

    /// Which key stands, and how often the vault was locked; `None` where no key is kept.
    pub async fn marks(&self) -> Result<Option<Marks>, StoreError> {
        match self {
            Self::IndexedDb(store) => store.marks().await.map(Some),
            Self::LocalStorage(_) | Self::Memory(_) => Ok(None),
        }
    }

    /// Moves a record that this key can't open out of the way, if it still stands.
    pub async fn set_aside(&self, key: &RecordKey, record: &SealedRecord, sealed_by: u64) -> Result<(), StoreError> {
        match self {
            Self::IndexedDb(store) => store.set_aside(key, record, sealed_by).await,
            Self::LocalStorage(store) => store.set_aside(key, record),
            Self::Memory(store) => {
                let write = Write::Remove { key: key.clone(), replaces: record.generation };
                store.apply(store.epoch().await?, &[write]).await
            }
        }
    }

    /// The ids of a store whose records were moved out of the way.
    pub async fn set_aside_ids(&self, name: StoreName) -> Result<Vec<String>, StoreError> {
        match self {
            Self::IndexedDb(store) => store.set_aside_ids(name).await,
            Self::LocalStorage(store) => store.set_aside_ids(name),
            Self::Memory(_) => Ok(Vec::new()),
        }
    }

    /// Takes over records and epoch of the rung before, over whatever an earlier session left here.
    pub async fn take_over(
        &self,
        epoch: u64,
        records: impl Iterator<Item = (RecordKey, SealedRecord)>,
    ) -> Result<(), StoreError> {
        if let Self::LocalStorage(store) = self {
            store.adopt_epoch(epoch)?;
        }
        while self.epoch().await? < epoch {
            self.advance_epoch().await?;
        }
        let mut writes = Vec::new();
        for (key, record) in records {
            let replaces = self.get(&key).await?.map_or(0, |record| record.generation);
            writes.push(Write::Put { key, replaces, record });
        }
        // The places below IndexedDB look at the epoch only.
        self.apply(Fence { epoch, key: 0 }, &writes, &[], false).await
    }
}
