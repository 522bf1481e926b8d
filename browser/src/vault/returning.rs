//! Back to IndexedDB when it works again, with all that was changed meanwhile.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::vault::{RecordKey, RecordStore, SealedRecord, StoreError, StoreName, Write};
use wasm_bindgen::JsValue;

use super::Vault;
use super::indexed_db::{IndexedDbStore, Marks};
use super::kept_key::KeptKey;
use super::ladder::Away;
use super::opening::new_generation;
use super::place::{Fence, KeyWrite, Place};
use super::sealing::Sealer;

/// The key of the place that is back.
struct There {
    sealer: Rc<Sealer>,
    kept: KeptKey,
    marks: Marks,
}

/// How often what was changed is collected anew because somebody wrote in between.
const TRIES: u32 = 4;

impl Vault {
    /// Looks, at most every half minute, whether IndexedDB is back while another rung is in use. If so, everything that was
    /// changed meanwhile is written there and it is used again. Gives the records written, `None` when nothing came of it.
    pub async fn come_back(&self) -> Option<Vec<RecordKey>> {
        let permit = self.ladder.may_return()?;
        let Ok(store) = IndexedDbStore::open(&self.tenant).await else {
            self.ladder.stays(permit);
            return None;
        };
        let mut place = Place::IndexedDb(store);
        for _ in 0..TRIES {
            let away = self.ladder.away();
            let Ok((there, records)) = self.written_back(&place, &away).await else { break };
            match self.ladder.return_to(place, &away, records, permit) {
                Ok(()) => {
                    self.used_indexed_db.set(true);
                    self.key.kept.replace(Some(there.kept));
                    self.key.marks.set(there.marks);
                    self.sealer.replace(Some(there.sealer));
                    self.cache.borrow_mut().clear();
                    return Some(away.records.into_keys().collect());
                }
                Err(same) => place = same,
            }
        }
        self.ladder.stays(permit);
        None
    }

    /// Writes what was changed; gives the sealer of that place, and all it holds afterwards.
    async fn written_back(
        &self,
        place: &Place,
        away: &Away,
    ) -> Result<(There, BTreeMap<RecordKey, SealedRecord>), StoreError> {
        let Place::IndexedDb(store) = place else { return Err(StoreError::Unavailable("no database".to_owned())) };
        let there = self.key_there(store).await?;
        let epoch = self.epoch_there(store).await?;
        let mut outcome = Err(StoreError::Superseded { current: 0 });
        for _ in 0..TRIES {
            let mut writes = Vec::new();
            for (key, base) in &away.records {
                writes.extend(self.owed(store, &there.sealer, key, *base).await?);
            }
            let keys = away.keys.iter().map(|(id, value)| KeyWrite { id: id.clone(), value: value.clone() });
            let fence = Fence { epoch, key: there.marks.key };
            outcome = store.apply_with_keys(fence, &writes, &keys.collect::<Vec<_>>(), false).await;
            if !matches!(outcome, Err(StoreError::Superseded { .. })) {
                break;
            }
        }
        outcome?;
        if epoch != self.epoch.get() {
            // All is written there, but this tab counts sign-outs otherwise: it must be loaded anew to use it.
            return Err(StoreError::SignedOut { current: epoch });
        }
        let mut records = BTreeMap::new();
        for name in StoreName::ALL {
            records.extend(store.list(name).await?.into_iter().map(|(id, it)| (RecordKey { store: name, id }, it)));
        }
        Ok((there, records))
    }

    /// What seals there: the key that is kept, or this tab's where none is. One that only a person can bring back must be the
    /// one this tab has; else the page has to be loaded anew.
    async fn key_there(&self, store: &IndexedDbStore) -> Result<There, StoreError> {
        let here = self.sealer()?;
        let candidate: JsValue = here.key().clone().into();
        let generation = if here.generation() == 0 { new_generation() } else { here.generation() };
        let (entry, marks) = store.key_or_insert(&candidate, generation).await?;
        let kept = KeptKey::read(&entry)?.ok_or_else(|| StoreError::Unavailable("it keeps no key".to_owned()))?;
        let sealer = match &kept {
            KeptKey::Itself(key) => {
                let sealer = Sealer::new(self.subtle.clone(), key.clone(), self.tenant.clone());
                Rc::new(sealer.of_generation(marks.key))
            }
            KeptKey::Material { .. } if marks.key == here.generation() => here,
            KeptKey::Material { .. } => return Err(StoreError::KeyMoved { current: marks.key }),
        };
        Ok(There { sealer, kept, marks })
    }

    /// The epoch to write under. A sign-out in this tab is made up for; after one in another, what this tab changed since is
    /// not written. A vault that never used IndexedDB does not know its epoch: it writes under the one that stands.
    async fn epoch_there(&self, store: &IndexedDbStore) -> Result<u64, StoreError> {
        let (mut there, here) = (store.epoch().await?, self.ladder.epoch().await?);
        if !self.used_indexed_db.get() {
            return Ok(there);
        }
        if there > here {
            return Err(StoreError::SignedOut { current: there });
        }
        while there < here {
            there = store.advance_epoch().await?;
        }
        Ok(there)
    }

    /// The write IndexedDB is owed for one record, if any. Where another tab wrote there meanwhile, the later generation of
    /// a token wins, a renewal begun there stands, and what is gone stays gone; of other records this tab's is the newer.
    async fn owed(
        &self,
        store: &IndexedDbStore,
        sealer: &Sealer,
        key: &RecordKey,
        base: u64,
    ) -> Result<Option<Write>, StoreError> {
        let there = store.get(key).await?.map_or(0, |record| record.generation);
        let Some(record) = self.ladder.get(key).await? else {
            let remove = Write::Remove { key: key.clone(), replaces: there };
            return Ok((there == base && there > 0).then_some(remove));
        };
        let lost = match key.store {
            StoreName::Tokens => record.generation <= there,
            StoreName::Intents => there != base,
            _ => false,
        };
        let gone_there = base > 0 && there == 0;
        let Ok(json) = self.sealer()?.open(key, &record).await else { return Ok(None) };
        if lost || gone_there {
            return Ok(None);
        }
        let generation = record.generation.max(there + 1);
        let record = sealer.seal(key, generation, &json).await.map_err(StoreError::from)?;
        Ok(Some(Write::Put { key: key.clone(), replaces: there, record }))
    }
}
