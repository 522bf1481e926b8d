use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::id::TenantId;
use domain::vault::{RecordKey, SealedRecord, StorageLevel, StoreError, StoreName, Write};
use wasm_bindgen::JsValue;

use super::place::{KeyWrite, Place};

/// The place in use, and the way down when it fails: IndexedDB, localStorage, memory.
///
/// It keeps a copy of the sealed records it has seen, so that the next rung starts with them.
pub struct Ladder {
    tenant: TenantId,
    place: RefCell<Rc<Place>>,
    seen: RefCell<BTreeMap<RecordKey, SealedRecord>>,
    epoch: Cell<u64>,
    on_step: Box<dyn Fn(StorageLevel)>,
}

impl Ladder {
    /// Starts on this place; `on_step` is told of each step down from it.
    pub fn new(tenant: TenantId, place: Place, on_step: Box<dyn Fn(StorageLevel)>) -> Self {
        Self { tenant, place: RefCell::new(Rc::new(place)), seen: RefCell::default(), epoch: Cell::new(0), on_step }
    }

    /// The place in use.
    pub fn place(&self) -> Rc<Place> {
        Rc::clone(&self.place.borrow())
    }

    /// The record, if there is one.
    pub async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        let record = self.tried(async |place| place.get(key).await).await?;
        self.note(key, record.clone());
        Ok(record)
    }

    /// All records of a store.
    pub async fn list(&self, name: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let records = self.tried(async |place| place.list(name).await).await?;
        for (id, record) in &records {
            self.note(&RecordKey { store: name, id: id.clone() }, Some(record.clone()));
        }
        Ok(records)
    }

    /// All of `writes` and `keys` in one fenced transaction.
    pub async fn apply(&self, epoch: u64, writes: &[Write], keys: &[KeyWrite]) -> Result<(), StoreError> {
        self.tried(async |place| place.apply(epoch, writes, keys).await).await?;
        for write in writes {
            match write {
                Write::Put { key, record, .. } => self.note(key, Some(record.clone())),
                Write::Remove { key, .. } => self.note(key, None),
            }
        }
        Ok(())
    }

    /// The sign-out epoch.
    pub async fn epoch(&self) -> Result<u64, StoreError> {
        let epoch = self.tried(async |place| place.epoch().await).await?;
        self.epoch.set(epoch);
        Ok(epoch)
    }

    /// Moves the epoch on; gives the new one.
    pub async fn advance_epoch(&self) -> Result<u64, StoreError> {
        let epoch = self.tried(async |place| place.advance_epoch().await).await?;
        self.epoch.set(epoch);
        Ok(epoch)
    }

    /// The entry of the key store, where there is one.
    pub async fn key(&self, id: &str) -> Result<Option<JsValue>, StoreError> {
        self.tried(async |place| place.key(id).await).await
    }

    /// Moves a record that can't be opened out of the way, if it still stands.
    pub async fn set_aside(&self, key: &RecordKey, record: &SealedRecord) -> Result<(), StoreError> {
        self.tried(async |place| place.set_aside(key, record).await).await?;
        self.note(key, None);
        Ok(())
    }

    fn note(&self, key: &RecordKey, record: Option<SealedRecord>) {
        let mut seen = self.seen.borrow_mut();
        match record {
            Some(record) => seen.insert(key.clone(), record),
            None => seen.remove(key),
        };
    }

    /// Does it on the place in use; where that fails for good, on the next rung that works.
    async fn tried<T>(&self, step: impl AsyncFn(&Place) -> Result<T, StoreError>) -> Result<T, StoreError> {
        loop {
            let place = self.place();
            let error = match step(&place).await {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let failed = matches!(error, StoreError::Unavailable(_) | StoreError::QuotaExceeded);
            if !failed || place.level() == StorageLevel::Memory {
                return Err(error);
            }
            self.step_down(&place).await;
        }
    }

    /// Moves to the next rung below `failed` that takes the records over; memory always does.
    async fn step_down(&self, failed: &Rc<Place>) {
        let mut next = failed.next(&self.tenant);
        while next.level() != StorageLevel::Memory && self.hand_over(&next).await.is_err() {
            next = next.next(&self.tenant);
        }
        // Another operation may have found out first, and stepped down while this one waited.
        if !Rc::ptr_eq(failed, &self.place()) {
            return;
        }
        let level = next.level();
        if level == StorageLevel::Memory {
            let _ = self.hand_over(&next).await;
        }
        self.place.replace(Rc::new(next));
        (self.on_step)(level);
    }

    async fn hand_over(&self, next: &Place) -> Result<(), StoreError> {
        let records: Vec<_> = self.seen.borrow().iter().map(|(key, record)| (key.clone(), record.clone())).collect();
        next.take_over(self.epoch.get(), records.into_iter()).await
    }
}
