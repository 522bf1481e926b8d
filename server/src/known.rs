//! What was read of the store a moment ago: sessions, providers, tenants.
//!
//! Each is good for a second at most, and only while the store's epoch is the one it was read in: every write to one of them
//! moves the epoch on before it is answered, so what was ended or changed on this node holds at once. Another node's change
//! holds within the second.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::id::{ProviderId, TenantId, UserId};
use domain::provider::Provider;
use domain::tenant::Tenant;
use domain::time::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::digest::Digest;
use crate::store::{Person, SessionRecord, StoreError, Trace};

/// How long something is good without being read again.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// How many of a kind are kept; when there are more, all are forgotten.
const MOST: usize = 10_000;

/// Moves on with each write that may change what is known.
#[derive(Clone, Debug)]
pub struct Epoch(Arc<watch::Sender<u64>>);

impl Default for Epoch {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Epoch {
    /// The epoch now.
    pub fn now(&self) -> u64 {
        *self.0.borrow()
    }

    /// Moves on when this is dropped: at the end of a write, however it ended.
    #[must_use]
    pub fn moves_on(&self) -> MovesOn {
        MovesOn(self.clone())
    }

    /// Hears of each next epoch.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// Moves the epoch on when it is dropped.
#[derive(Debug)]
pub struct MovesOn(Epoch);

impl Drop for MovesOn {
    fn drop(&mut self) {
        self.0.0.send_modify(|epoch| *epoch += 1);
    }
}

/// What is known.
#[derive(Debug)]
pub struct Known {
    limits: Limits,
    sessions: Shelf<Digest, (SessionRecord, Arc<Person>)>,
    providers: Shelf<ProviderId, Provider>,
    tenants: Shelf<(UserId, TenantId), Tenant>,
}

impl Known {
    /// Nothing yet, of a store with this epoch.
    pub fn new(epoch: Epoch) -> Self {
        Self::lasting(epoch, GOOD_FOR)
    }

    /// The same, with another time for which something is good.
    pub fn lasting(epoch: Epoch, good_for: Duration) -> Self {
        let limits = Limits { epoch, good_for };
        Self { limits, sessions: Shelf::default(), providers: Shelf::default(), tenants: Shelf::default() }
    }

    /// The session with that cookie, and whose it is.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub async fn session(
        &self,
        digest: &Digest,
        read: impl Future<Output = Result<Option<(SessionRecord, Person)>, StoreError>>,
    ) -> Result<Option<Arc<(SessionRecord, Arc<Person>)>>, StoreError> {
        let shared = async { Ok(read.await?.map(|(record, person)| (record, Arc::new(person)))) };
        self.sessions.get(&self.limits, digest, shared).await
    }

    /// Whether a use of a session is to be written down now, which then is this caller's to do.
    pub fn begin_touch(&self, digest: &Digest, seen: Timestamp, trace: &Trace) -> bool {
        self.sessions.change(digest, |(record, _)| {
            let first = record.last.at == seen;
            if first {
                record.last = trace.clone();
            }
            first
        })
    }

    /// A provider.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub async fn provider(
        &self,
        id: &ProviderId,
        read: impl Future<Output = Result<Option<Provider>, StoreError>>,
    ) -> Result<Option<Arc<Provider>>, StoreError> {
        self.providers.get(&self.limits, id, read).await
    }

    /// A tenant of a person.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub async fn tenant(
        &self,
        (user, tenant): (&UserId, &TenantId),
        read: impl Future<Output = Result<Option<Tenant>, StoreError>>,
    ) -> Result<Option<Arc<Tenant>>, StoreError> {
        self.tenants.get(&self.limits, &(user.clone(), tenant.clone()), read).await
    }

    /// Forgets what is not good any more.
    pub fn sweep(&self) {
        self.sessions.sweep(&self.limits);
        self.providers.sweep(&self.limits);
        self.tenants.sweep(&self.limits);
    }

    /// Hears of each change.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.limits.epoch.listen()
    }
}

/// How far what was read is trusted.
#[derive(Debug)]
struct Limits {
    epoch: Epoch,
    good_for: Duration,
}

/// Things of one kind, shared with those who asked for them.
#[derive(Debug)]
struct Shelf<K, V>(RwLock<HashMap<K, Kept<V>>>);

#[derive(Debug)]
struct Kept<V> {
    value: Arc<V>,
    epoch: u64,
    read_at: Instant,
}

impl<V> Kept<V> {
    fn is_good(&self, epoch: u64, limits: &Limits) -> bool {
        self.epoch == epoch && self.read_at.elapsed() < limits.good_for
    }
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Shelf<K, V> {
    async fn get(
        &self,
        limits: &Limits,
        key: &K,
        read: impl Future<Output = Result<Option<V>, StoreError>>,
    ) -> Result<Option<Arc<V>>, StoreError> {
        // Before it is read: what changes in between moves the epoch on, and the older value is never taken for the newer.
        let (before, read_at) = (limits.epoch.now(), Instant::now());
        if let Some(value) = self.good(key, before, limits) {
            return Ok(Some(value));
        }
        let Some(value) = read.await?.map(Arc::new) else { return Ok(None) };
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key.clone(), Kept { value: Arc::clone(&value), epoch: before, read_at });
        Ok(Some(value))
    }

    fn good(&self, key: &K, epoch: u64, limits: &Limits) -> Option<Arc<V>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(key).filter(|kept| kept.is_good(epoch, limits)).map(|kept| Arc::clone(&kept.value))
    }

    fn sweep(&self, limits: &Limits) {
        let epoch = limits.epoch.now();
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, kept| kept.is_good(epoch, limits));
    }

    /// Changes what is kept; `true` where nothing is.
    fn change(&self, key: &K, change: impl FnOnce(&mut V) -> bool) -> bool {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(key).is_none_or(|kept| change(Arc::make_mut(&mut kept.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { epoch: Epoch::default(), good_for: Duration::from_secs(3_600) }
    }

    async fn get(shelf: &Shelf<u8, u8>, limits: &Limits, stored: u8) -> Option<u8> {
        shelf.get(limits, &0, async { Ok(Some(stored)) }).await.unwrap().as_deref().copied()
    }

    #[tokio::test]
    async fn what_is_known_is_not_read_again_until_something_was_written() {
        let (shelf, limits) = (Shelf::default(), limits());
        assert_eq!(get(&shelf, &limits, 1).await, Some(1));
        assert_eq!(get(&shelf, &limits, 2).await, Some(1));
        drop(limits.epoch.moves_on());
        assert_eq!(get(&shelf, &limits, 2).await, Some(2));
    }

    #[tokio::test]
    async fn what_is_known_is_read_again_when_its_time_is_over() {
        let (shelf, limits) = (Shelf::default(), Limits { good_for: Duration::ZERO, ..limits() });
        assert_eq!(get(&shelf, &limits, 1).await, Some(1));
        assert_eq!(get(&shelf, &limits, 2).await, Some(2));
        shelf.sweep(&limits);
        assert!(shelf.0.read().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_was_read_while_something_was_written_is_read_again() {
        let (shelf, limits) = (Shelf::default(), limits());
        let overtaken = shelf.get(&limits, &0, async {
            drop(limits.epoch.moves_on());
            Ok(Some(1))
        });
        assert_eq!(overtaken.await.unwrap().as_deref(), Some(&1));
        assert_eq!(get(&shelf, &limits, 2).await, Some(2));
    }

    #[tokio::test]
    async fn what_is_not_there_is_looked_for_each_time() {
        let (shelf, limits) = (Shelf::<u8, u8>::default(), limits());
        assert_eq!(shelf.get(&limits, &0, async { Ok(None) }).await.unwrap(), None);
        assert_eq!(get(&shelf, &limits, 1).await, Some(1));
    }

    #[test]
    fn a_write_is_heard_by_those_who_listen() {
        let epoch = Epoch::default();
        let mut ear = epoch.listen();
        drop(epoch.moves_on());
        assert!(ear.has_changed().unwrap());
        assert_eq!(*ear.borrow_and_update(), 1);
    }
}
