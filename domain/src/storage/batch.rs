use std::collections::BTreeMap;

use crate::time::{Span, Timestamp};

/// The times of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRules {
    /// How long nothing new must come before the batch is written.
    pub debounce: Span,
    /// The longest a value waits, however many come after it.
    pub longest: Span,
    /// The pause after the first failure; it doubles with each.
    pub first_pause: Span,
    /// The longest pause.
    pub longest_pause: Span,
}

impl Default for BatchRules {
    fn default() -> Self {
        Self {
            debounce: Span::from_millis(100),
            longest: Span::from_seconds(1),
            first_pause: Span::from_seconds(1),
            longest_pause: Span::from_seconds(60),
        }
    }
}

/// Writes that wait to become one transaction: the newest value of each key, and those who asked for it (`W`).
///
/// Who asked is answered only when a value at least as new as theirs is durable. One flush runs at a time.
#[derive(Debug)]
pub struct Batch<K, V, W> {
    rules: BatchRules,
    waiting: BTreeMap<K, Wish<V, W>>,
    /// When the oldest value that waits came, and the newest.
    since: Option<(Timestamp, Timestamp)>,
    flight: Option<Flight<K, V, W>>,
    failures: u32,
    not_before: Option<Timestamp>,
    hurried: bool,
}

#[derive(Debug)]
struct Wish<V, W> {
    value: V,
    asked_by: Vec<W>,
}

#[derive(Debug)]
struct Flight<K, V, W> {
    wishes: BTreeMap<K, Wish<V, W>>,
    since: (Timestamp, Timestamp),
}

impl<K, V, W> Default for Batch<K, V, W> {
    fn default() -> Self {
        Self::new(BatchRules::default())
    }
}

impl<K, V, W> Batch<K, V, W> {
    /// An empty batch.
    pub fn new(rules: BatchRules) -> Self {
        let (waiting, since, flight, not_before) = (BTreeMap::new(), None, None, None);
        Self { rules, waiting, since, flight, failures: 0, not_before, hurried: false }
    }

    /// Whether nothing waits and nothing is being written.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.flight.is_none()
    }

    /// When the next flush is to begin; `None` while nothing waits or one runs.
    ///
    /// Times of a clock that was set back since are taken for now, so that nothing waits for a time long past.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        let (first, last) = self.since.filter(|_| self.flight.is_none())?;
        if self.hurried {
            return Some(now);
        }
        let quiet = (last.min(now) + self.rules.debounce).min(first.min(now) + self.rules.longest);
        let allowed = self.not_before.map(|at| at.min(now + self.rules.longest_pause));
        Some(allowed.map_or(quiet, |at| at.max(quiet)))
    }

    /// The page is about to be hidden or closed: what waits is due at once, even during a pause.
    pub fn hurry(&mut self) {
        self.hurried = self.since.is_some();
    }
}

impl<K: Ord + Clone, V: Clone, W> Batch<K, V, W> {
    /// Takes a value over any that waits for the same key.
    pub fn put(&mut self, key: K, value: V, asked_by: W, now: Timestamp) {
        let first = self.since.map_or(now, |(first, _)| first);
        self.since = Some((first, now));
        match self.waiting.get_mut(&key) {
            Some(wish) => {
                wish.value = value;
                wish.asked_by.push(asked_by);
            }
            None => drop(self.waiting.insert(key, Wish { value, asked_by: vec![asked_by] })),
        }
    }

    /// The newest value that waits or is being written: what a reader should see.
    pub fn newest(&self, key: &K) -> Option<&V> {
        let flying = || self.flight.as_ref().and_then(|flight| flight.wishes.get(key));
        self.waiting.get(key).or_else(flying).map(|wish| &wish.value)
    }

    /// Begins a flush if one is due: all of it is one transaction, and ends with [`Batch::done`], [`Batch::failed`] or
    /// [`Batch::abandon`].
    pub fn begin(&mut self, now: Timestamp) -> Option<Vec<(K, V)>> {
        self.due(now).filter(|due| *due <= now)?;
        let since = self.since.take()?;
        self.hurried = false;
        let wishes = std::mem::take(&mut self.waiting);
        let values = wishes.iter().map(|(key, wish)| (key.clone(), wish.value.clone())).collect();
        self.flight = Some(Flight { wishes, since });
        Some(values)
    }

    /// The flush is durable; gives those to be told.
    pub fn done(&mut self) -> Vec<W> {
        (self.failures, self.not_before) = (0, None);
        let flight = self.flight.take();
        flight.into_iter().flat_map(|flight| flight.wishes.into_values()).flat_map(|wish| wish.asked_by).collect()
    }

    /// The flush failed: what it held waits again, except where a newer value came meanwhile, and the next one is due after
    /// a pause that doubles with each failure, of which a random half is taken off.
    pub fn failed(&mut self, now: Timestamp, random: u64) {
        let Some(Flight { wishes, since: (first, last) }) = self.flight.take() else { return };
        for (key, mut old) in wishes {
            match self.waiting.get_mut(&key) {
                Some(newer) => {
                    old.asked_by.append(&mut newer.asked_by);
                    newer.asked_by = old.asked_by;
                }
                None => drop(self.waiting.insert(key, old)),
            }
        }
        self.since = Some((first, self.since.map_or(last, |(_, newer)| newer)));
        let full = self.rules.first_pause.scaled(1 << self.failures.min(20), 1).min(self.rules.longest_pause);
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + (full - full.scaled(random % 500, 1_000)));
    }

    /// Nothing of it may be written any more (a sign-out): gives all who asked, to be told so.
    pub fn abandon(&mut self) -> Vec<W> {
        let mut asked_by = self.done();
        asked_by.extend(std::mem::take(&mut self.waiting).into_values().flat_map(|wish| wish.asked_by));
        (self.since, self.hurried) = (None, false);
        asked_by
    }
}
