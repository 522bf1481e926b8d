//! Records that open and yet say what this build can't read: a newer Tokenkeep wrote them.
//!
//! They are not damaged. They stay where they are, with all that belongs to them; this build goes on without them, writes
//! nothing over them, and says so once. Among the settings the last writer wins, as a person who sets something means it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use domain::vault::{RecordKey, StoreError, StoreName};

use super::Vault;
use super::records::Change;

/// What this tab found of them.
#[derive(Default)]
pub struct Newer {
    /// With the generation each was found in.
    records: RefCell<BTreeMap<RecordKey, u64>>,
    untold: Cell<usize>,
}

impl Newer {
    /// One was found.
    pub fn found(&self, key: &RecordKey, generation: u64) {
        if self.records.borrow_mut().insert(key.clone(), generation).is_none() {
            self.untold.set(self.untold.get() + 1);
        }
    }

    /// The record could be read.
    pub fn was_read(&self, key: &RecordKey) {
        self.records.borrow_mut().remove(key);
    }

    fn stands(&self, key: &RecordKey, generation: u64) -> bool {
        self.records.borrow().get(key) == Some(&generation)
    }
}

impl Vault {
    /// How many records were found, since this was last asked, that a newer Tokenkeep wrote.
    pub fn newer_untold(&self) -> usize {
        self.newer.untold.take()
    }

    /// Refuses to write over what only a newer build can read.
    pub(super) fn check_newer(&self, changes: &[Change]) -> Result<(), StoreError> {
        let is_over = |change: &&Change| {
            let key = change.key();
            let fenced = change.is_put() && key.store != StoreName::Settings;
            fenced && self.newer.stands(key, self.ladder.seen_generation(key))
        };
        changes.iter().find(is_over).map_or(Ok(()), |_| Err(StoreError::Newer))
    }
}

/// A setting of a newer build counts as none: the default holds.
pub fn or_none<T>(setting: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match setting {
        Err(StoreError::Newer) => Ok(None),
        setting => setting,
    }
}
