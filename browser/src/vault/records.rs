//! From values to sealed records, written in one transaction.

use std::rc::Rc;

use domain::storage::Ticket;
use domain::vault::{RecordKey, StoreError, StoreName, Write};
use futures::future::try_join_all;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Vault;
use super::later::Setting;
use super::place::{Fence, KeyWrite};
use super::reading::since;
use super::sealing::{CryptoError, Sealer};
use super::syncing;
use crate::clock;

/// How often a change is planned anew because another tab wrote in between.
const TRIES: u32 = 5;

/// One record's change, before it is sealed.
pub struct Change {
    key: RecordKey,
    /// The new value as JSON; `None` removes the record.
    value: Option<Rc<Zeroizing<Vec<u8>>>>,
    /// The only generation it may replace; `None` for whichever stands.
    only_over: Option<u64>,
}

/// A value as JSON.
pub fn json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    // The vault's own types have only text keys and finite numbers, which JSON can always express.
    Zeroizing::new(serde_json::to_vec(value).expect("the vault's types are JSON"))
}

impl Change {
    /// Writes a value.
    pub fn put(store: StoreName, id: &str, value: &impl Serialize) -> Self {
        Self { key: Vault::key_of(store, id), value: Some(Rc::new(json(value))), only_over: None }
    }

    /// Writes a setting.
    pub fn setting(id: &str, json: &Setting) -> Self {
        Self { key: Vault::key_of(StoreName::Settings, id), value: Some(Rc::clone(json)), only_over: None }
    }

    /// Removes a record.
    pub fn remove(store: StoreName, id: &str) -> Self {
        Self { key: Vault::key_of(store, id), value: None, only_over: None }
    }

    /// Which record it changes.
    pub fn key(&self) -> &RecordKey {
        &self.key
    }

    /// Whether it writes a value.
    pub fn is_put(&self) -> bool {
        self.value.is_some()
    }

    /// Only if this generation stands.
    pub fn only_over(mut self, generation: u64) -> Self {
        self.only_over = Some(generation);
        self
    }
}

impl From<CryptoError> for StoreError {
    fn from(error: CryptoError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl Vault {
    /// Makes all changes, and those of the key store, in one transaction, at once.
    pub(super) async fn change(&self, epoch: u64, changes: &[Change], keys: &[KeyWrite]) -> Result<(), StoreError> {
        self.changed(epoch, changes, keys).await.map(drop)
    }

    /// As [`Vault::change`]; gives the ids with the generations they have now.
    pub(super) async fn changed(
        &self,
        epoch: u64,
        changes: &[Change],
        keys: &[KeyWrite],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let begun = clock::micros();
        let outcome = self.make(epoch, changes, keys).await;
        self.meter.borrow_mut().written(since(begun));
        if outcome.is_ok() && changes.iter().any(|change| syncing::is_synced(&change.key)) {
            self.changed_what_is_synced();
        }
        outcome
    }

    /// As [`Vault::changed`], uncounted.
    pub(super) async fn make(
        &self,
        epoch: u64,
        changes: &[Change],
        keys: &[KeyWrite],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        self.check_newer(changes)?;
        let free = changes.iter().all(|change| change.only_over.is_none());
        let ticket = self.cache.borrow().begin();
        let mut outcome = Ok(());
        for attempt in 0..TRIES {
            let sealer = self.sealer()?;
            let writes = self.sealed(&sealer, changes, attempt > 0).await?;
            outcome = self.ladder.apply(Fence { epoch, key: sealer.generation() }, &writes, keys).await;
            match &outcome {
                Ok(()) => return Ok(self.remember_written(ticket, changes, &writes)),
                // Another tab wrote in between: what replaces whichever generation stands is sealed anew for the next.
                Err(StoreError::Superseded { .. }) if free => {}
                // This tab has the new key already: what was sealed under the old one is sealed anew.
                Err(StoreError::KeyMoved { .. }) if self.has_newer_key(&sealer) => {}
                Err(StoreError::KeyMoved { .. }) => {
                    self.key_moved();
                    break;
                }
                Err(_) => break,
            }
        }
        // Whether any of it was written is not known.
        let mut cache = self.cache.borrow_mut();
        changes.iter().for_each(|change| cache.invalidate(&change.key));
        outcome.map(|()| Vec::new())
    }

    /// Brings the cache up to date with what was written, unless news came meanwhile.
    fn remember_written(&self, ticket: Ticket, changes: &[Change], writes: &[Write]) -> Vec<(String, u64)> {
        let (mut cache, now) = (self.cache.borrow_mut(), clock::now());
        let mut written = Vec::new();
        for (change, write) in changes.iter().zip(writes) {
            let (Write::Put { key, record, .. }, Some(value)) = (write, &change.value) else { continue };
            written.push((key.id.clone(), record.generation));
            // Nobody reads what waits to be told but who tells it, once.
            if key.store == StoreName::Reports {
                continue;
            }
            let opened = Rc::new(Some(Zeroizing::clone(value)));
            let kept = key.store != StoreName::Intents && cache.fill(ticket, key, record.generation, opened, now);
            if !kept {
                cache.heard(key, record.generation);
            }
        }
        let removed = |change: &&Change| change.value.is_none() && change.key.store != StoreName::Reports;
        for change in changes.iter().filter(removed) {
            cache.removed(&change.key);
        }
        written
    }

    /// Seals each change for the generation after the one there: first as this tab last saw it, which mostly stands, then
    /// `looking` for it. The transaction checks it in any case.
    async fn sealed(&self, sealer: &Sealer, changes: &[Change], looking: bool) -> Result<Vec<Write>, StoreError> {
        let sealing = changes.iter().map(async |Change { key, value, only_over }| {
            let replaces = match only_over {
                Some(generation) => *generation,
                None if !looking => self.ladder.seen_generation(key),
                None => self.ladder.get(key).await?.map_or(0, |record| record.generation),
            };
            Ok(match value {
                Some(value) => {
                    let record = sealer.seal(key, replaces + 1, value).await?;
                    Write::Put { key: key.clone(), replaces, record }
                }
                None => Write::Remove { key: key.clone(), replaces },
            })
        });
        try_join_all(sealing).await
    }
}
