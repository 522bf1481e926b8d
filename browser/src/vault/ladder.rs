use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::id::TenantId;
use domain::storage::{Meter, Permit};
use domain::vault::{RecordKey, SealedRecord, StorageLevel, StoreError, StoreName, Write};
use wasm_bindgen::JsValue;

use super::indexed_db::{GivenUp, Marks};
use super::place::{Fence, KeyWrite, Place};

mod away;
mod gates;

pub use away::Away;
use gates::Gates;

/// The place in use, and the way down when it fails: IndexedDB, localStorage, memory. Each rung is tried again where that
/// may help, and left alone for a while after it failed.
///
/// It keeps a copy of the sealed records it has seen, so that the next rung starts with them.
pub struct Ladder {
    tenant: TenantId,
    place: RefCell<Rc<Place>>,
    gates: Gates,
    meter: Rc<RefCell<Meter>>,
    seen: RefCell<BTreeMap<RecordKey, SealedRecord>>,
    away: RefCell<Away>,
    epoch: Cell<u64>,
    given_up: GivenUp,
    on_step: Box<dyn Fn(StorageLevel)>,
}

impl Ladder {
    /// Starts on this place; `on_step` is told of each later change of place.
    pub fn new(tenant: TenantId, place: Place, meter: Rc<RefCell<Meter>>, on_step: Box<dyn Fn(StorageLevel)>) -> Self {
        let gates = Gates::new(Rc::clone(&meter));
        let rungs = [StorageLevel::IndexedDb, StorageLevel::LocalStorage];
        rungs.into_iter().filter(|rung| *rung > place.level()).for_each(|rung| gates.shut(rung));
        Self {
            tenant,
            place: RefCell::new(Rc::new(place)),
            gates,
            meter,
            seen: RefCell::default(),
            away: RefCell::default(),
            epoch: Cell::new(0),
            given_up: GivenUp::default(),
            on_step,
        }
    }

    /// The place in use.
    pub fn place(&self) -> Rc<Place> {
        Rc::clone(&self.place.borrow())
    }

    /// The record, if there is one.
    pub async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        let record = self.tried(async |place, _| place.get(key).await).await?;
        self.note(key, record.clone());
        Ok(record)
    }

    /// These records and the sign-out epoch, as one moment has them.
    pub async fn read(&self, keys: &[RecordKey]) -> Result<(Vec<Option<SealedRecord>>, u64), StoreError> {
        let (records, epoch) = self.tried(async |place, _| place.read(keys).await).await?;
        keys.iter().zip(&records).for_each(|(key, record)| self.note(key, record.clone()));
        self.epoch.set(epoch);
        Ok((records, epoch))
    }

    /// The generation of a record as this tab last saw it: 0 for one it never saw, or saw gone.
    pub fn seen_generation(&self, key: &RecordKey) -> u64 {
        self.seen.borrow().get(key).map_or(0, |record| record.generation)
    }

    /// All records of a store.
    pub async fn list(&self, name: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let records = self.tried(async |place, _| place.list(name).await).await?;
        for (id, record) in &records {
            self.note(&RecordKey { store: name, id: id.clone() }, Some(record.clone()));
        }
        Ok(records)
    }

    /// All of `writes` and `keys` in one fenced transaction.
    pub async fn apply(&self, fence: Fence, writes: &[Write], keys: &[KeyWrite]) -> Result<(), StoreError> {
        self.meter.borrow_mut().transaction();
        self.tried(async |place, replayed| {
            place.apply(fence, writes, keys, replayed).await?;
            if place.level() != StorageLevel::IndexedDb {
                self.away.borrow_mut().note(writes, keys);
            }
            Ok(())
        })
        .await?;
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
        let epoch = self.tried(async |place, _| place.epoch().await).await?;
        self.epoch.set(epoch);
        Ok(epoch)
    }

    /// Moves the epoch on; gives the new one.
    pub async fn advance_epoch(&self) -> Result<u64, StoreError> {
        let epoch = self.tried(async |place, _| place.advance_epoch().await).await?;
        self.epoch.set(epoch);
        Ok(epoch)
    }

    /// The entry of the key store, where there is one.
    pub async fn key(&self, id: &str) -> Result<Option<JsValue>, StoreError> {
        self.tried(async |place, _| place.key(id).await).await
    }

    /// Which key stands, and how often the vault was locked; `None` where no key is kept.
    pub async fn marks(&self) -> Result<Option<Marks>, StoreError> {
        self.tried(async |place, _| place.marks().await).await
    }

    /// All records were sealed anew in the place in use: these.
    pub fn resealed(&self, records: BTreeMap<RecordKey, SealedRecord>) {
        self.seen.replace(records);
    }

    /// Moves a record that this key can't open out of the way, if it still stands.
    pub async fn set_aside(&self, key: &RecordKey, record: &SealedRecord, sealed_by: u64) -> Result<(), StoreError> {
        self.tried(async |place, _| place.set_aside(key, record, sealed_by).await).await?;
        self.note(key, None);
        Ok(())
    }

    /// The ids of a store whose records were moved out of the way.
    pub async fn set_aside_ids(&self, name: StoreName) -> Result<Vec<String>, StoreError> {
        self.tried(async |place, _| place.set_aside_ids(name).await).await
    }

    /// Does nothing more, on any rung: whatever is asked or on its way fails, as after a sign-out with the epoch `current`.
    pub fn give_up(&self, current: u64) {
        self.given_up.give_up(current);
        if let Place::IndexedDb(store) = &*self.place() {
            store.give_up(current);
        }
    }

    /// Leave to look whether IndexedDB is back; `None` while it is in use, and most of the time while it is not.
    pub fn may_return(&self) -> Option<Permit> {
        if self.given_up.check().is_err() || self.place().level() == StorageLevel::IndexedDb {
            return None;
        }
        self.gates.admit(StorageLevel::IndexedDb).ok()
    }

    /// IndexedDB is still not to be used.
    pub fn stays(&self, permit: Permit) {
        self.gates.failed(StorageLevel::IndexedDb, permit);
    }

    /// What was changed since IndexedDB failed.
    pub fn away(&self) -> Away {
        self.away.borrow().clone()
    }

    /// Uses this place from now on, if nothing was changed since `away` was taken; `records` is all it holds.
    pub fn return_to(
        &self,
        place: Place,
        away: &Away,
        records: BTreeMap<RecordKey, SealedRecord>,
        permit: Permit,
    ) -> Result<(), Place> {
        if self.away.borrow().count != away.count {
            return Err(place);
        }
        let level = place.level();
        self.gates.succeeded(level, permit);
        self.seen.replace(records);
        self.away.replace(Away::default());
        self.place.replace(Rc::new(place));
        (self.on_step)(level);
        Ok(())
    }

    fn note(&self, key: &RecordKey, record: Option<SealedRecord>) {
        let mut seen = self.seen.borrow_mut();
        match record {
            Some(record) => seen.insert(key.clone(), record),
            None => seen.remove(key),
        };
    }

    /// Does it on the place in use; where that fails for good, on the next rung that works. `step` is told whether the place
    /// was asked for the same before.
    async fn tried<T>(&self, step: impl AsyncFn(&Place, bool) -> Result<T, StoreError>) -> Result<T, StoreError> {
        loop {
            self.given_up.check()?;
            let place = self.place();
            let error = match self.gates.through(place.level(), async |replayed| step(&place, replayed).await).await {
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
        self.gates.shut(failed.level());
        let mut next = failed.next(&self.tenant);
        while next.level() != StorageLevel::Memory && self.hand_over(&next).await.is_err() {
            next = next.next(&self.tenant);
        }
        // Another operation may have found out first, and stepped down while this one waited.
        if !Rc::ptr_eq(failed, &self.place()) || self.given_up.check().is_err() {
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
