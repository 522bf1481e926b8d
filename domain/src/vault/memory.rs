use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write};

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
    fn generation(&self, key: &RecordKey) -> u64 {
        self.records.get(key).map_or(0, |record| record.generation)
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Put { key, record, .. } => self.records.insert(key.clone(), record.clone()),
            Write::Remove { key, .. } => self.records.remove(key),
        };
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

    async fn apply(&self, epoch: u64, writes: &[Write]) -> Result<(), StoreError> {
        let mut state = self.state.borrow_mut();
        if epoch != state.epoch {
            return Err(StoreError::SignedOut { current: state.epoch });
        }
        writes.iter().try_for_each(|write| write.check(state.generation(write.key())))?;
        writes.iter().for_each(|write| state.apply(write));
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
