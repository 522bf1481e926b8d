//! From values to sealed records, and back.

use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName, Write};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Vault;
use super::place::KeyWrite;
use super::sealing::CryptoError;
use crate::js;

/// How often a change is planned anew because another tab wrote in between.
const TRIES: u32 = 4;

/// One record's change, before it is sealed.
pub struct Change {
    key: RecordKey,
    /// The new value as JSON; `None` removes the record.
    value: Option<Zeroizing<Vec<u8>>>,
    /// The only generation it may replace; `None` for whichever stands.
    only_over: Option<u64>,
}

impl Change {
    /// Writes a value.
    pub fn put(store: StoreName, id: &str, value: &impl Serialize) -> Self {
        // The vault's own types have only text keys and finite numbers, which JSON can always express.
        let json = serde_json::to_vec(value).expect("the vault's types are JSON");
        Self { key: Vault::key_of(store, id), value: Some(Zeroizing::new(json)), only_over: None }
    }

    /// Removes a record.
    pub fn remove(store: StoreName, id: &str) -> Self {
        Self { key: Vault::key_of(store, id), value: None, only_over: None }
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
    /// The value of a record. One that can't be opened is set aside, and counts as absent.
    pub(super) async fn value<T: DeserializeOwned>(&self, store: StoreName, id: &str) -> Result<Option<T>, StoreError> {
        let key = Self::key_of(store, id);
        match self.ladder.get(&key).await? {
            Some(record) => self.opened(&key, &record).await,
            None => Ok(None),
        }
    }

    /// All values of a store with their ids.
    pub(super) async fn values<T: DeserializeOwned>(&self, store: StoreName) -> Result<Vec<(String, T)>, StoreError> {
        let mut values = Vec::new();
        for (id, record) in self.ladder.list(store).await? {
            if let Some(value) = self.opened(&Self::key_of(store, &id), &record).await? {
                values.push((id, value));
            }
        }
        Ok(values)
    }

    /// Makes all changes, and those of the key store, in one transaction.
    pub(super) async fn change(&self, epoch: u64, changes: &[Change], keys: &[KeyWrite]) -> Result<(), StoreError> {
        let free = changes.iter().all(|change| change.only_over.is_none());
        let mut outcome = Ok(());
        for _ in 0..TRIES {
            let writes = self.sealed(changes).await?;
            outcome = self.ladder.apply(epoch, &writes, keys).await;
            // Another tab wrote in between: what replaces whichever generation stands is sealed anew for the next.
            if !(free && matches!(outcome, Err(StoreError::Superseded { .. }))) {
                break;
            }
        }
        outcome
    }

    async fn sealed(&self, changes: &[Change]) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        for Change { key, value, only_over } in changes {
            let replaces = match only_over {
                Some(generation) => *generation,
                None => self.ladder.get(key).await?.map_or(0, |record| record.generation),
            };
            writes.push(match value {
                Some(value) => {
                    let record = self.sealer.seal(key, replaces + 1, value).await?;
                    Write::Put { key: key.clone(), replaces, record }
                }
                None => Write::Remove { key: key.clone(), replaces },
            });
        }
        Ok(writes)
    }

    async fn opened<T: DeserializeOwned>(
        &self,
        key: &RecordKey,
        record: &SealedRecord,
    ) -> Result<Option<T>, StoreError> {
        let opened = self.sealer.open(key, record).await.ok();
        let value = opened.and_then(|json| js::from_json(&json));
        if value.is_none() {
            self.ladder.set_aside(key, record).await?;
            self.set_aside.borrow_mut().push([key.store.name(), "/", &key.id].concat());
        }
        Ok(value)
    }
}
