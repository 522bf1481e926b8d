use std::collections::BTreeMap;

use crate::time::{Span, Timestamp};
use crate::vault::{RecordKey, StoreName};

/// Of how many records the newest generation heard of is remembered.
const MOST_HEARD: usize = 1_000;

/// Values read from the places for records, for a while: at most `bound`, the least recently used go first.
///
/// A value is bound to its record's generation: once a later one was heard of it is never given out again, even if the
/// read that brings it had begun before and ends after the news. A value that leaves is dropped at once, which wipes it
/// where its type does.
#[derive(Debug)]
pub struct Cache<V> {
    bound: usize,
    life: Span,
    entries: BTreeMap<RecordKey, Entry<V>>,
    /// The keys by when they were last used.
    order: BTreeMap<u64, RecordKey>,
    /// The newest generation heard of, with the turn it was heard in.
    heard: BTreeMap<RecordKey, (u64, u64)>,
    /// Counts uses and news.
    turn: u64,
    /// The turn of the last news that named no generation.
    news: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    generation: u64,
    filled_at: Timestamp,
    used: u64,
}

/// Shows when a read began, so that what came before its end is not forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

impl<V> Default for Cache<V> {
    /// A hundred values for five minutes.
    fn default() -> Self {
        Self::new(100, Span::from_seconds(300))
    }
}

impl<V> Cache<V> {
    /// A cache of at most `bound` values, each given out for `life` from when it was read.
    pub fn new(bound: usize, life: Span) -> Self {
        let (entries, order, heard) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { bound, life, entries, order, heard, turn: 0, news: 0 }
    }

    /// The value, if it is there and not too old; it counts as used now.
    pub fn get(&mut self, key: &RecordKey, now: Timestamp) -> Option<&V> {
        if self.entries.get(key).is_some_and(|entry| entry.is_old(self.life, now)) {
            self.take(key);
        }
        let used = self.next_turn();
        let entry = self.entries.get_mut(key)?;
        self.order.remove(&entry.used);
        self.order.insert(used, key.clone());
        entry.used = used;
        Some(&entry.value)
    }

    /// To be had before a read begins, and given to [`Cache::fill`] with what it brought.
    pub fn begin(&self) -> Ticket {
        Ticket(self.news)
    }

    /// Takes what a read brought; `generation` is 0 for a record that is not there. Gives whether it was kept: not when it
    /// was said since the read began that some record changed, nobody knows how, and not when a later generation was heard of.
    pub fn fill(&mut self, ticket: Ticket, key: &RecordKey, generation: u64, value: V, now: Timestamp) -> bool {
        let heard = self.heard.get(key).map_or(0, |(generation, _)| *generation);
        let known = self.entries.get(key).map_or(0, |entry| entry.generation);
        if self.bound == 0 || ticket.0 != self.news || generation < heard.max(known) {
            return false;
        }
        self.take(key);
        if self.entries.len() >= self.bound
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let used = self.next_turn();
        self.order.insert(used, key.clone());
        self.entries.insert(key.clone(), Entry { value, generation, filled_at: now, used });
        true
    }

    /// Another tab, or this one, has written that generation.
    pub fn heard(&mut self, key: &RecordKey, generation: u64) {
        let turn = self.next_turn();
        if self.entries.get(key).is_some_and(|entry| entry.generation < generation) {
            self.take(key);
        }
        let heard = self.heard.entry(key.clone()).or_insert((0, turn));
        *heard = (heard.0.max(generation), turn);
        if self.heard.len() > MOST_HEARD {
            // The oldest is long past: a read that begins now brings what was told of then.
            let oldest = self.heard.iter().min_by_key(|(_, (_, turn))| *turn).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.heard.remove(&key));
        }
    }

    /// The record may have changed, nobody knows how: it is read anew.
    pub fn invalidate(&mut self, key: &RecordKey) {
        self.news = self.next_turn();
        self.take(key);
    }

    /// The record was removed: its generations count anew.
    pub fn removed(&mut self, key: &RecordKey) {
        self.invalidate(key);
        self.heard.remove(key);
    }

    /// Any record of the store may have changed.
    pub fn invalidate_store(&mut self, store: StoreName) {
        self.news = self.next_turn();
        self.entries.retain(|key, _| key.store != store);
        self.order.retain(|_, key| key.store != store);
    }

    /// Forgets all values: at a lock, a sign-out, or when the place for records changed.
    pub fn clear(&mut self) {
        self.news = self.next_turn();
        self.entries.clear();
        self.order.clear();
        self.heard.clear();
    }

    /// Lets go what is too old to be given out.
    pub fn sweep(&mut self, now: Timestamp) {
        let life = self.life;
        self.entries.retain(|_, entry| !entry.is_old(life, now));
        let entries = &self.entries;
        self.order.retain(|_, key| entries.contains_key(key));
    }

    /// How many values are held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no value is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn take(&mut self, key: &RecordKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
        }
    }

    fn next_turn(&mut self) -> u64 {
        self.turn += 1;
        self.turn
    }
}

impl<V> Entry<V> {
    /// One from the future was filled before the clock was set back: how old it is can't be told.
    fn is_old(&self, life: Span, now: Timestamp) -> bool {
        now >= self.filled_at + life || now < self.filled_at
    }
}
