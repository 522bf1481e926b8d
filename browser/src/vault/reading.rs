//! Reading through the cache, and past it.
//!
//! What is cached are opened records: secrets, so they are few, wiped when they leave, and gone with a sign-out. Renewals
//! begun (intents) are never cached. What is read after a lock was granted, or because another tab has news, is read
//! from the place itself, and so brings the cache up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::keeper::News;
use domain::storage::{Cache, StorageMetrics, Ticket};
use domain::time::Span;
use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName};
use futures::future::join_all;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Vault;
use super::credentials::worker_file;
use super::sealing::Sealer;
use crate::{clock, js};

/// An opened record; `None` where there is none.
pub type Opened = Rc<Option<Zeroizing<Vec<u8>>>>;

impl Vault {
    /// The value of a record, from the cache where it is there. One that can't be opened is set aside, and counts as absent;
    /// one that a newer build wrote is [`StoreError::Newer`].
    pub(super) async fn value<T: DeserializeOwned>(&self, store: StoreName, id: &str) -> Result<Option<T>, StoreError> {
        let (key, begun) = (Self::key_of(store, id), clock::micros());
        let known = self.cache.borrow_mut().get(&key, clock::now()).cloned();
        if let Some(known) = known {
            self.meter.borrow_mut().hit(since(begun));
            return self.parsed(&key, None, &known).await;
        }
        let value = self.read(&key).await;
        self.meter.borrow_mut().miss(since(begun));
        value
    }

    /// The value of a record as the place has it now.
    pub(super) async fn fresh<T: DeserializeOwned>(&self, store: StoreName, id: &str) -> Result<Option<T>, StoreError> {
        let begun = clock::micros();
        let value = self.read(&Self::key_of(store, id)).await;
        self.meter.borrow_mut().fresh(since(begun));
        value
    }

    async fn read<T: DeserializeOwned>(&self, key: &RecordKey) -> Result<Option<T>, StoreError> {
        let ticket = self.cache.borrow().begin();
        let record = self.ladder.get(key).await?;
        self.taken(ticket, key, record).await
    }

    /// The value of a record that was read since `ticket`; the cache is brought up to date with it.
    pub(super) async fn taken<T: DeserializeOwned>(
        &self,
        ticket: Ticket,
        key: &RecordKey,
        record: Option<SealedRecord>,
    ) -> Result<Option<T>, StoreError> {
        let opened: Opened = match &record {
            Some(record) => Rc::new(self.opened_by(&self.sealer()?, key, record).await?),
            None => Rc::new(None),
        };
        let value = self.parsed(key, record.as_ref(), &opened).await?;
        if key.store != StoreName::Intents && record.is_some() == value.is_some() {
            let generation = record.map_or(0, |record| record.generation);
            self.cache.borrow_mut().fill(ticket, key, generation, opened, clock::now());
        }
        Ok(value)
    }

    /// All values of a store with their ids. [`StoreError::Newer`] when one of them was written by a newer build.
    pub(super) async fn values<T: DeserializeOwned>(&self, store: StoreName) -> Result<Vec<(String, T)>, StoreError> {
        let (values, newer) = self.readable(store).await?;
        if newer.is_empty() { Ok(values.into_iter().collect()) } else { Err(StoreError::Newer) }
    }

    /// The values of a store that this build can read, by id, and the ids of those that it can't.
    pub(super) async fn readable<T: DeserializeOwned>(
        &self,
        store: StoreName,
    ) -> Result<(BTreeMap<String, T>, BTreeSet<String>), StoreError> {
        let records = self.ladder.list(store).await?;
        let (values, newer) = self.opened(store, records).await?;
        Ok((values.into_iter().map(|(id, _, value)| (id, value)).collect(), newer))
    }

    /// What these records of a store hold, with their ids and generations, and the ids of those a newer build wrote.
    #[allow(clippy::type_complexity, reason = "two lists, each of what it says")]
    pub(super) async fn opened<T: DeserializeOwned>(
        &self,
        store: StoreName,
        records: Vec<(String, SealedRecord)>,
    ) -> Result<(Vec<(String, u64, T)>, BTreeSet<String>), StoreError> {
        let sealer = self.sealer()?;
        // All are given to the browser before the first is waited for: it opens them on threads of its own.
        let opening = records.into_iter().map(|(id, record)| {
            let (key, sealer) = (Self::key_of(store, &id), Rc::clone(&sealer));
            async move {
                let opened = self.opened_by(&sealer, &key, &record).await;
                (id, key, record, opened)
            }
        });
        let (mut values, mut newer) = (Vec::new(), BTreeSet::new());
        for (id, key, record, opened) in join_all(opening).await {
            let opened = Rc::new(opened?);
            match self.parsed(&key, Some(&record), &opened).await {
                Ok(value) => values.extend(value.map(|value| (id, record.generation, value))),
                Err(StoreError::Newer) => drop(newer.insert(id)),
                Err(error) => return Err(error),
            }
        }
        Ok((values, newer))
    }

    /// The record opened with the key in use; `None` when it is damaged. A key that was replaced while it was read says
    /// nothing about the record.
    async fn opened_by(
        &self,
        sealer: &Rc<Sealer>,
        key: &RecordKey,
        record: &SealedRecord,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        if let Ok(opened) = sealer.open(key, record).await {
            return Ok(Some(opened));
        }
        self.check_key(sealer).await?;
        Ok(None)
    }

    /// The opened record as a value; a `record` that did not open is set aside.
    pub(super) async fn parsed<T: DeserializeOwned>(
        &self,
        key: &RecordKey,
        record: Option<&SealedRecord>,
        opened: &Opened,
    ) -> Result<Option<T>, StoreError> {
        let Some(json) = opened.as_ref().as_ref() else {
            if let Some(record) = record {
                self.lay_aside(key, record).await?;
            }
            return Ok(None);
        };
        let value = js::from_json(json);
        match (&value, record) {
            // It opened, so a Tokenkeep sealed it as it is.
            (None, Some(record)) => self.newer.found(key, record.generation),
            (None, None) => {}
            (Some(_), _) => self.newer.was_read(key),
        }
        value.map_or(Err(StoreError::Newer), |value| Ok(Some(value)))
    }

    async fn lay_aside(&self, key: &RecordKey, record: &SealedRecord) -> Result<(), StoreError> {
        self.ladder.set_aside(key, record, self.sealer()?.generation()).await?;
        self.cache.borrow_mut().invalidate(key);
        self.set_aside.borrow_mut().push([key.store.name(), "/", &key.id].concat());
        self.note_lost(key).await
    }

    /// Another tab has news: what they outdate is given out no more, whatever is being read now.
    pub fn hear(&self, news: &News) {
        let mut cache = self.cache.borrow_mut();
        match news {
            News::Token { connection, generation } => {
                cache.heard(&Self::key_of(StoreName::Tokens, connection.as_str()), *generation);
            }
            News::Connection { connection } => {
                for store in [StoreName::Connections, StoreName::Tokens] {
                    cache.invalidate(&Self::key_of(store, connection.as_str()));
                }
                cache.invalidate(&Self::key_of(StoreName::Credentials, &worker_file(connection)));
            }
            News::Written { store, id, generation } => cache.heard(&Self::key_of(*store, id), *generation),
            News::Settings => cache.invalidate_store(StoreName::Settings),
            News::Sites { tokens } if tokens.is_empty() => {
                cache.invalidate_store(StoreName::Sites);
                cache.invalidate_store(StoreName::SiteTokens);
            }
            News::Sites { tokens } => {
                for (id, store) in tokens.iter().flat_map(|id| [(id, StoreName::Sites), (id, StoreName::SiteTokens)]) {
                    cache.invalidate(&Self::key_of(store, id.as_str()));
                }
            }
            News::Failed { .. } => {}
            News::SignedOut { .. } | News::VaultLocked { .. } | News::VaultKey { .. } | News::VaultCleared { .. } => {
                cache.clear()
            }
        }
    }

    /// News may have been missed: everything is read anew.
    pub fn distrust(&self) {
        self.cache.borrow_mut().clear();
    }

    /// Caches nothing from now on: no news can be heard, so nobody would say when a value is outdated.
    pub fn cache_nothing(&self) {
        self.cache.replace(Cache::new(0, Span::ZERO));
    }

    /// Wipes what is too old to be given out.
    pub fn sweep(&self) {
        self.cache.borrow_mut().sweep(clock::now());
    }

    /// What storage did since this vault was opened.
    pub fn metrics(&self) -> StorageMetrics {
        self.meter.borrow().metrics()
    }
}

pub(super) fn since(begun: u64) -> u64 {
    clock::micros().saturating_sub(begun)
}
