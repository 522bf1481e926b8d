//! What is held of one connection, read in one go.

use domain::connection::Connection;
use domain::id::{ConnectionId, IntentId};
use domain::keeper::{Held, Intent};
use domain::token::StoredToken;
use domain::vault::{RecordKey, SealedRecord, StoreError, StoreName};
use futures::try_join;

use super::credentials::worker_file;
use super::reading::since;
use super::{KeptCredential, Vault};
use crate::clock;

impl Vault {
    /// What is held of one connection, as the place has it now; `None` when it is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn held(&self, id: &ConnectionId) -> Result<Option<Held>, StoreError> {
        Ok(self.held_in_epoch(id).await?.0)
    }

    /// As [`Vault::held`], with the sign-out epoch that stands, both as one moment has them.
    ///
    /// # Errors
    ///
    /// As [`Vault::held`].
    pub async fn held_in_epoch(&self, id: &ConnectionId) -> Result<(Option<Held>, u64), StoreError> {
        let of = |store| Self::key_of(store, id.as_str());
        let credential = Self::key_of(StoreName::Credentials, &worker_file(id));
        let keys = [of(StoreName::Connections), of(StoreName::Tokens), of(StoreName::Intents), credential];
        let (begun, ticket) = (clock::micros(), self.cache.borrow().begin());
        let (records, epoch) = self.ladder.read(&keys).await?;
        let Ok([connection, token, intent, credential]) = <[Option<SealedRecord>; 4]>::try_from(records) else {
            return Err(StoreError::Unavailable("it gave other records than were asked for".to_owned()));
        };
        let intent_generation = intent.as_ref().map_or(0, |record| record.generation);
        let (connection, token, intent, credential) = try_join!(
            self.taken::<Connection>(ticket, &keys[0], connection),
            self.taken::<StoredToken>(ticket, &keys[1], token),
            self.taken::<Intent>(ticket, &keys[2], intent),
            self.taken::<KeptCredential>(ticket, &keys[3], credential),
        )?;
        keys.iter().for_each(|_| self.meter.borrow_mut().fresh(since(begun)));
        self.note_intent(id, intent.as_ref().map(|intent| &intent.id), intent_generation);
        let Some(connection) = connection else { return Ok((None, epoch)) };
        let in_memory = self.in_memory.borrow().contains_key(id);
        let has_credential = in_memory || self.opened_credential(id, credential).await?.is_some();
        let token = token.map(|token| token.facts);
        Ok((Some(Held { connection, token, has_credential, intent }), epoch))
    }

    /// Notes which intent stands as which generation of its record, as far as this tab saw.
    pub(super) fn note_intent(&self, id: &ConnectionId, intent: Option<&IntentId>, generation: u64) {
        let mut intents = self.intents.borrow_mut();
        match intent {
            Some(intent) => intents.insert(id.clone(), (intent.clone(), generation)),
            None => intents.remove(id),
        };
    }

    /// The generation of the record that holds this intent, as far as this tab saw.
    pub(super) fn intent_generation(&self, id: &ConnectionId, intent: &IntentId) -> Option<u64> {
        self.intents.borrow().get(id).filter(|(noted, _)| noted == intent).map(|(_, generation)| *generation)
    }

    /// The record's key, for those read and written here.
    pub(super) fn key_of(store: StoreName, id: &str) -> RecordKey {
        RecordKey { store, id: id.to_owned() }
    }
}
