use std::collections::{BTreeMap, VecDeque};

use super::Flaw;
use crate::connection::Connection;
use crate::id::{ConnectionId, IntentId, ProviderId};
use crate::keeper::{Event, Held, Intent};
use crate::provider::{ClientAuthentication, Place};
use crate::settings::WorkerTokenSettings;
use crate::time::{Span, Timestamp};
use crate::token::TokenFacts;
use crate::vault::{StorageLevel, StoreError};

/// A tab's number.
pub(super) type TabNumber = u64;

/// What all tabs share: the vault's records, under the rules of [`crate::vault::RecordStore`], and the locks.
pub(super) struct Browser {
    pub epoch: u64,
    pub records: BTreeMap<ConnectionId, Record>,
    pub locks: BTreeMap<ConnectionId, Lock>,
}

pub(super) struct Record {
    pub connection: Connection,
    pub token: Option<TokenFacts>,
    pub intent: Option<Intent>,
}

#[derive(Default)]
pub(super) struct Lock {
    pub holders: Vec<TabNumber>,
    pub queue: VecDeque<TabNumber>,
}

impl Browser {
    pub fn new(connections: u64) -> Self {
        let record = |number| Record { connection: connection(number), token: None, intent: None };
        let records: BTreeMap<_, _> =
            (0..connections).map(record).map(|held| (held.connection.id.clone(), held)).collect();
        let locks = records.keys().map(|id| (id.clone(), Lock::default())).collect();
        Self { epoch: 0, records, locks }
    }

    pub fn held(&self, id: &ConnectionId) -> Option<Held> {
        let Record { connection, token, intent } = self.records.get(id)?;
        let (connection, token, intent) = (connection.clone(), token.clone(), intent.clone());
        Some(Held { connection, token, has_credential: true, intent })
    }

    pub fn generation(&self, id: &ConnectionId) -> u64 {
        self.records.get(id).and_then(|record| record.token.as_ref()).map_or(0, |token| token.generation)
    }

    pub fn write_intent(&mut self, id: &ConnectionId, intent: Intent, flaw: Flaw) -> Result<(), StoreError> {
        if intent.epoch != self.epoch && flaw != Flaw::Fences {
            return Err(StoreError::SignedOut { current: self.epoch });
        }
        if let Some(record) = self.records.get_mut(id) {
            record.intent = Some(intent);
        }
        Ok(())
    }

    pub fn commit(&mut self, id: &ConnectionId, token: TokenFacts, epoch: u64, flaw: Flaw) -> Result<(), StoreError> {
        let current = self.generation(id);
        if epoch != self.epoch && flaw != Flaw::Fences {
            return Err(StoreError::SignedOut { current: self.epoch });
        }
        if token.generation != current + 1 && flaw != Flaw::Fences {
            return Err(StoreError::Superseded { current });
        }
        if let Some(record) = self.records.get_mut(id) {
            record.token = Some(token);
            record.intent = None;
        }
        Ok(())
    }

    pub fn end_intent(&mut self, id: &ConnectionId, intent: &IntentId) {
        if let Some(record) = self.records.get_mut(id) {
            record.intent = record.intent.take().filter(|there| there.id != *intent);
        }
    }

    /// What a tab that opens now finds.
    pub fn opened(&self) -> Event {
        let held = self.records.keys().filter_map(|id| self.held(id)).collect();
        let (storage, epoch) = (StorageLevel::IndexedDb, self.epoch);
        // Tokens of a few minutes are renewed late in their lives, so that many tabs hold the same token for long.
        let settings = WorkerTokenSettings { renewal_threshold: Span::from_seconds(15), ..Default::default() };
        Event::Opened { storage, epoch, held, current: None, settings: Some(settings), set_aside: Vec::new() }
    }

    /// Queues a tab for a lock; gives who is granted it now.
    pub fn lock(&mut self, id: &ConnectionId, tab: TabNumber, flaw: Flaw) -> Option<TabNumber> {
        let lock = self.locks.entry(id.clone()).or_default();
        lock.queue.push_back(tab);
        lock.grant(flaw)
    }

    /// Takes a lock, or the wish for it, from a tab; gives who is granted it now.
    pub fn unlock(&mut self, id: &ConnectionId, tab: TabNumber, flaw: Flaw) -> Option<TabNumber> {
        let lock = self.locks.entry(id.clone()).or_default();
        lock.holders.retain(|holder| *holder != tab);
        lock.queue.retain(|waiting| *waiting != tab);
        lock.grant(flaw)
    }
}

impl Lock {
    fn grant(&mut self, flaw: Flaw) -> Option<TabNumber> {
        let exclusive = !matches!(flaw, Flaw::Locks | Flaw::Fences);
        if exclusive && !self.holders.is_empty() {
            return None;
        }
        let next = self.queue.pop_front()?;
        self.holders.push(next);
        Some(next)
    }
}

fn connection(number: u64) -> Connection {
    Connection {
        id: ConnectionId::new(format!("c{number}")),
        name: format!("Connection {number}"),
        provider: ProviderId::new("simulated"),
        place: Place::default(),
        client_id: "client".to_owned(),
        scopes: Vec::new(),
        authentication: ClientAuthentication::ClientSecretBasic,
        keep_credential: true,
        created_at: Timestamp::from_seconds(0),
        removed_at: None,
    }
}
