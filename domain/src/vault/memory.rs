use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Expected, RecordKey, RecordStore, SealedRecord, StoreError, StoreName};

/// The last rung: records that live as long as the page.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<RecordKey, SealedRecord>,
    epoch: u64,
}

impl State {
    fn check(&self, key: &RecordKey, expected: Expected) -> Result<(), StoreError> {
        if expected.epoch != self.epoch {
            return Err(StoreError::SignedOut { current: self.epoch });
        }
        let current = self.records.get(key).map_or(0, |record| record.generation);
        if expected.generation != current {
            return Err(StoreError::Superseded { current });
        }
        Ok(())
    }
}

impl RecordStore for MemoryStore {
    async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError> {
        Ok(self.state.borrow().records.get(key).cloned())
    }

    async fn list(&self, store: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError> {
        let state = self.state.borrow();
        let records = state.records.iter().filter(|(key, _)| key.store == store);
        Ok(records.map(|(key, record)| (key.id.clone(), record.clone())).collect())
    }

    async fn put(&self, key: &RecordKey, expected: Expected, record: SealedRecord) -> Result<(), StoreError> {
        let mut state = self.state.borrow_mut();
        state.check(key, expected)?;
        state.records.insert(key.clone(), record);
        Ok(())
    }

    async fn remove(&self, key: &RecordKey, expected: Expected) -> Result<(), StoreError> {
        let mut state = self.state.borrow_mut();
        if expected.epoch == state.epoch && !state.records.contains_key(key) {
            return Ok(());
        }
        state.check(key, expected)?;
        state.records.remove(key);
        Ok(())
    }

    async fn epoch(&self) -> Result<u64, StoreError> {
        Ok(self.state.borrow().epoch)
    }

    async fn advance_epoch(&self) -> Result<u64, StoreError> {
        let mut state = self.state.borrow_mut();
        state.epoch += 1;
        Ok(state.epoch)
    }

    async fn clear(&self) -> Result<(), StoreError> {
        let mut state = self.state.borrow_mut();
        state.records.clear();
        state.epoch += 1;
        Ok(())
    }
}
