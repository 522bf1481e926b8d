//! Writing what a round brought, and putting a version that lost in its place again.

use std::collections::BTreeMap;

use domain::id::ConnectionId;
use domain::storage::Ticket;
use domain::sync::{Conflict, ItemKey, Keeping, LocalWrite, SyncState, SyncTrouble};
use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName};
use serde::de::DeserializeOwned;

use super::super::place::KeyWrite;
use super::super::records::{Change, json};
use super::super::{UsableCredential, Vault};
use super::{STATE, SyncMemory, Touched, put, records_of};

/// Changes that are written together.
#[derive(Default)]
pub(super) struct Together {
    pub(super) changes: Vec<Change>,
    pub(super) keys: Vec<KeyWrite>,
    pub(super) in_memory: Vec<(ConnectionId, Option<UsableCredential>)>,
    pub(super) touched: Touched,
}

/// Records as one moment had them.
pub(super) struct Moment {
    ticket: Ticket,
    records: BTreeMap<RecordKey, Option<SealedRecord>>,
}

impl Moment {
    fn generation(&self, key: &RecordKey) -> u64 {
        self.records.get(key).and_then(Option::as_ref).map_or(0, |record| record.generation)
    }
}

impl Vault {
    /// Writes what a round brought and what it remembers, all or nothing.
    ///
    /// # Errors
    ///
    /// [`SyncTrouble::Changed`] when something was changed here since it was read; else as the place gives it.
    pub async fn keep_synced(&self, known: &mut SyncMemory, keeping: &Keeping) -> Result<Touched, SyncTrouble> {
        let mut after = known.clone();
        let parts = after.learn(&keeping.known);
        after.memory.cursor = keeping.cursor;
        after.state.cursor = keeping.cursor;
        let marks = std::mem::take(&mut after.marks);
        after.lost.clear();
        let own = parts.iter().chain(&marks).map(String::as_str).chain([STATE]);
        let mut keys: Vec<RecordKey> = own.map(|id| Self::key_of(StoreName::Sync, id)).collect();
        keys.extend(keeping.writes.iter().flat_map(|write| records_of(&write.key)));
        keys.extend(keeping.conflicts.iter().flat_map(|(key, _)| records_of(key)));
        let moment = self.moment(keys).await?;
        self.check_state(&moment, &known.state).await?;
        let mut together = Together::default();
        self.plan_writes(&moment, &keeping.writes, &mut together).await?;
        for (key, conflict) in &keeping.conflicts {
            together.touched.conflicts = true;
            together.changes.push(Change::put(StoreName::SyncConflicts, &key.id, conflict));
        }
        together.changes.extend(after.parts(&parts).iter().map(|(part, known)| put(part, known)));
        together.changes.extend(marks.iter().map(|mark| Change::remove(StoreName::Sync, mark)));
        together.changes.push(put(STATE, &after.state));
        let touched = self.write_together(&moment, together, false).await?;
        *known = after;
        Ok(touched)
    }

    /// Another tab may have begun, ended or gone on with it.
    async fn check_state(&self, moment: &Moment, stood: &SyncState) -> Result<(), SyncTrouble> {
        let state = self.at::<SyncState>(moment, StoreName::Sync, STATE).await?;
        match state {
            Some(state) if (&state.copy, state.cursor) == (&stood.copy, stood.cursor) => Ok(()),
            _ => Err(SyncTrouble::Changed),
        }
    }

    async fn plan_writes(
        &self,
        moment: &Moment,
        writes: &[LocalWrite],
        together: &mut Together,
    ) -> Result<(), SyncTrouble> {
        for write in writes {
            let here = self.content(moment, &write.key).await?;
            if here.as_ref().map(|here| here.as_slice()) != write.before.as_ref().map(|before| before.as_slice()) {
                return Err(SyncTrouble::Changed);
            }
            self.plan_write(moment, write, together).await?;
        }
        Ok(())
    }

    /// Puts a version that lost in the place of what stands, and forgets that it lost; or only forgets it.
    ///
    /// # Errors
    ///
    /// [`SyncTrouble::NoConflict`] when it is not there any more; else as the place gives it.
    pub async fn settle_conflict(&self, key: &ItemKey, take: bool) -> Result<Touched, SyncTrouble> {
        let conflict: Option<Conflict> = self.fresh(StoreName::SyncConflicts, &key.id).await?;
        let conflict = conflict.ok_or(SyncTrouble::NoConflict)?;
        let mut keys = records_of(key);
        keys.extend(records_of(&conflict.of));
        let moment = self.moment(keys).await?;
        let mut together = Together::default();
        if take {
            let write = LocalWrite { key: conflict.of, before: None, value: Some(json(&conflict.value)) };
            self.plan_write(&moment, &write, &mut together).await?;
        }
        together.touched.conflicts = true;
        together.changes.push(Change::remove(StoreName::SyncConflicts, &key.id));
        self.write_together(&moment, together, true).await
    }

    async fn write_together(&self, moment: &Moment, together: Together, is_news: bool) -> Result<Touched, SyncTrouble> {
        let Together { changes, keys, in_memory, touched } = together;
        let fenced = changes.into_iter().map(|change| {
            let generation = moment.generation(change.key());
            change.only_over(generation)
        });
        let changes: Vec<Change> = fenced.collect();
        let written = match is_news {
            true => self.changed(self.epoch.get(), &changes, &keys).await,
            // What came from other devices is no news for them.
            false => self.make(self.epoch.get(), &changes, &keys).await,
        };
        written.map_err(|error| match error {
            StoreError::Superseded { .. } => SyncTrouble::Changed,
            error => error.into(),
        })?;
        in_memory.into_iter().for_each(|(id, credential)| self.remember(&id, credential));
        Ok(touched)
    }

    pub(super) async fn moment(&self, keys: Vec<RecordKey>) -> Result<Moment, StoreError> {
        let ticket = self.cache.borrow().begin();
        let (records, _) = self.ladder.read(&keys).await?;
        Ok(Moment { ticket, records: keys.into_iter().zip(records).collect() })
    }

    pub(super) async fn at<T: DeserializeOwned>(
        &self,
        moment: &Moment,
        store: StoreName,
        id: &str,
    ) -> Result<Option<T>, StoreError> {
        let key = Self::key_of(store, id);
        let record = moment.records.get(&key).cloned().flatten();
        self.taken(moment.ticket, &key, record).await
    }
}
