use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Flaw;
use super::dice::Dice;
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
    pub kind: Kind,
    pub epoch: u64,
    /// How often the vault was locked.
    pub locked: u64,
    pub records: BTreeMap<ConnectionId, Record>,
    pub locks: BTreeMap<ConnectionId, Lock>,
}

/// What a browser can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Web Locks and IndexedDB.
    Whole,
    /// No Web Locks: a lease by best effort, so that now and then two tabs hold it.
    Leases,
    /// Nor IndexedDB: a record in localStorage may be read as it stood a moment ago (measured: 15 to 32 % of reads in another
    /// tab under a lock).
    StaleReads,
}

impl Kind {
    pub fn drawn(dice: &mut Dice) -> Self {
        dice.pick(&[
            Self::Whole,
            Self::Whole,
            Self::Whole,
            Self::Whole,
            Self::Whole,
            Self::Whole,
            Self::Leases,
            Self::StaleReads,
        ])
    }
}

pub(super) struct Record {
    pub connection: Connection,
    pub token: Option<TokenFacts>,
    pub intent: Option<Intent>,
    /// As it stood before the last write, and when that was.
    before: Option<(Option<TokenFacts>, Option<Intent>, i64)>,
}

impl Record {
    fn changes(&mut self, now: i64) {
        self.before = Some((self.token.clone(), self.intent.clone(), now));
    }
}

#[derive(Default)]
pub(super) struct Lock {
    pub holders: Vec<TabNumber>,
    pub queue: VecDeque<TabNumber>,
    /// Holders that give it back once what they wrote under it is written.
    pub leaving: BTreeSet<TabNumber>,
    /// Numbers of the latest grant and wait of each tab, so that a bound ends only what it was set for.
    pub bounds: BTreeMap<TabNumber, u64>,
    /// The mark of whoever holds the lock: the number of the grant, once it runs.
    pub mark: Option<u64>,
    /// Until when each tab may hold it, in true milliseconds.
    pub until: BTreeMap<TabNumber, i64>,
    /// The mark each waiting tab saw when a holder's whole time was left of its wait.
    pub seen: BTreeMap<TabNumber, u64>,
}

/// How long another tab may still read what stood in localStorage before a write, in milliseconds.
const STALE: i64 = 100;

impl Browser {
    pub fn new(connections: u64, kind: Kind) -> Self {
        let record = |number| Record { connection: connection(number), token: None, intent: None, before: None };
        let records: BTreeMap<_, _> =
            (0..connections).map(record).map(|held| (held.connection.id.clone(), held)).collect();
        let locks = records.keys().map(|id| (id.clone(), Lock::default())).collect();
        Self { kind, epoch: 0, locked: 0, records, locks }
    }

    pub fn held(&self, id: &ConnectionId) -> Option<Held> {
        let Record { connection, token, intent, .. } = self.records.get(id)?;
        let (connection, token, intent) = (connection.clone(), token.clone(), intent.clone());
        Some(Held { connection, token, has_credential: true, intent })
    }

    /// As [`Browser::held`], by a tab other than the one that wrote last: possibly stale.
    pub fn read(&self, id: &ConnectionId, now: i64, dice: &mut Dice) -> Option<Held> {
        let held = self.held(id)?;
        let before = self.records.get(id).and_then(|record| record.before.as_ref());
        match before.filter(|(_, _, at)| self.kind == Kind::StaleReads && now < at + STALE) {
            Some((token, intent, _)) if dice.chance(30) => {
                Some(Held { token: token.clone(), intent: intent.clone(), ..held })
            }
            _ => Some(held),
        }
    }

    pub fn generation(&self, id: &ConnectionId) -> u64 {
        self.records.get(id).and_then(|record| record.token.as_ref()).map_or(0, |token| token.generation)
    }

    pub fn write_intent(&mut self, id: &ConnectionId, intent: Intent, now: i64, flaw: Flaw) -> Result<(), StoreError> {
        if intent.epoch != self.epoch && flaw != Flaw::Fences {
            return Err(StoreError::SignedOut { current: self.epoch });
        }
        if let Some(record) = self.records.get_mut(id).filter(|_| flaw != Flaw::Intents) {
            record.changes(now);
            record.intent = Some(intent);
        }
        Ok(())
    }

    pub fn commit(
        &mut self,
        id: &ConnectionId,
        token: TokenFacts,
        epoch: u64,
        now: i64,
        flaw: Flaw,
    ) -> Result<(), StoreError> {
        let current = self.generation(id);
        if epoch != self.epoch && flaw != Flaw::Fences {
            return Err(StoreError::SignedOut { current: self.epoch });
        }
        if token.generation != current + 1 && flaw != Flaw::Fences {
            return Err(StoreError::Superseded { current });
        }
        if let Some(record) = self.records.get_mut(id) {
            record.changes(now);
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
    pub fn lock(&mut self, id: &ConnectionId, tab: TabNumber, flaw: Flaw, dice: &mut Dice) -> Option<TabNumber> {
        let careless = self.is_careless(flaw, dice);
        let lock = self.locks.entry(id.clone()).or_default();
        lock.queue.push_back(tab);
        lock.grant(careless)
    }

    /// Takes a lock, or the wish for it, from a tab; gives who is granted it now.
    pub fn unlock(&mut self, id: &ConnectionId, tab: TabNumber, flaw: Flaw, dice: &mut Dice) -> Option<TabNumber> {
        let careless = self.is_careless(flaw, dice);
        let lock = self.locks.entry(id.clone()).or_default();
        lock.queue.retain(|waiting| *waiting != tab);
        lock.let_go(tab);
        lock.grant(careless)
    }

    /// A holder will give a lock back once what it wrote is written; it wishes for it no more, unless it says so anew.
    pub fn leave_later(&mut self, id: &ConnectionId, tab: TabNumber) {
        let lock = self.locks.entry(id.clone()).or_default();
        lock.leaving.insert(tab);
        lock.queue.retain(|waiting| *waiting != tab);
    }

    /// It is written; gives who is granted the lock now.
    pub fn leave(&mut self, id: &ConnectionId, tab: TabNumber, flaw: Flaw, dice: &mut Dice) -> Option<TabNumber> {
        let careless = self.is_careless(flaw, dice);
        let lock = self.locks.entry(id.clone()).or_default();
        if !lock.leaving.contains(&tab) {
            return None;
        }
        lock.let_go(tab);
        lock.grant(careless)
    }

    /// Whether a tab may still act under the lock, as it can know itself: the browser tells it when a lock was taken away.
    pub fn holds(&self, id: &ConnectionId, tab: TabNumber, now: i64) -> bool {
        let Some(lock) = self.locks.get(id) else { return false };
        let is_told = self.kind == Kind::Whole && !lock.holders.contains(&tab);
        !is_told && lock.until.get(&tab).is_some_and(|until| now < *until)
    }

    /// Whether a lock is given to a second tab.
    fn is_careless(&self, flaw: Flaw, dice: &mut Dice) -> bool {
        matches!(flaw, Flaw::Locks | Flaw::Fences) || (self.kind != Kind::Whole && dice.chance(5))
    }
}

impl Lock {
    /// What others know the holder by: its mark, or itself where it stands still since before it could set one.
    pub fn sign(&self) -> Option<u64> {
        self.mark.or_else(|| self.holders.first().map(|holder| u64::MAX - holder))
    }

    fn let_go(&mut self, tab: TabNumber) {
        if self.holders.contains(&tab) {
            self.mark = None;
        }
        self.leaving.remove(&tab);
        self.holders.retain(|holder| *holder != tab);
    }

    fn grant(&mut self, careless: bool) -> Option<TabNumber> {
        if !careless && !self.holders.is_empty() {
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
