//! Contract 1, scenario 2: Memory Cache.

use std::cell::Cell;
use std::rc::Rc;

use domain::storage::{Cache, Ticket};
use domain::time::Span;
use domain::vault::{RecordKey, StoreName};
use proptest::prelude::*;

use crate::at;

const LIFE: i64 = 300_000;

fn key(id: usize) -> RecordKey {
    RecordKey { store: StoreName::Tokens, id: id.to_string() }
}

fn fill<V>(cache: &mut Cache<V>, id: usize, generation: u64, value: V, now: i64) -> bool {
    cache.fill(cache.begin(), &key(id), generation, value, at(now))
}

#[test]
fn a_value_is_given_out_for_five_minutes_and_no_longer() {
    let mut cache = Cache::default();
    assert!(fill(&mut cache, 1, 1, "one", 0));
    assert_eq!(cache.get(&key(1), at(LIFE - 1)), Some(&"one"));
    assert_eq!(cache.get(&key(1), at(LIFE)), None);
    assert!(cache.is_empty());
}

#[test]
fn a_hundred_values_are_held_and_the_least_recently_used_goes_first() {
    let mut cache = Cache::default();
    (0..100).for_each(|id| assert!(fill(&mut cache, id, 1, id, 0)));
    assert_eq!(cache.get(&key(0), at(1)), Some(&0), "a read moves a value to the front");
    assert!(fill(&mut cache, 100, 1, 100, 2));
    assert_eq!(cache.get(&key(1), at(3)), None, "the oldest unread one leaves");
    assert_eq!(cache.get(&key(0), at(3)), Some(&0));
    assert_eq!(cache.len(), 100);
}

#[test]
fn a_read_that_began_before_the_news_brings_nothing_to_keep() {
    let mut cache = Cache::default();
    let before = cache.begin();
    cache.heard(&key(1), 2);
    assert!(!cache.fill(before, &key(1), 1, "old", at(0)));
    assert!(!fill(&mut cache, 1, 1, "stale", 0), "a later read may be stale too");
    assert_eq!(cache.get(&key(1), at(0)), None);
    assert!(fill(&mut cache, 1, 2, "new", 0));
    assert_eq!(cache.get(&key(1), at(0)), Some(&"new"));
}

#[test]
fn a_read_that_began_before_the_news_and_brings_what_they_were_of_is_kept() {
    let mut cache = Cache::default();
    let before = cache.begin();
    cache.heard(&key(1), 2);
    cache.heard(&key(2), 7);
    assert!(cache.fill(before, &key(1), 2, "new", at(0)));
    assert_eq!(cache.get(&key(1), at(0)), Some(&"new"));
}

#[test]
fn news_without_a_generation_drop_the_value_and_what_is_being_read() {
    let mut cache = Cache::default();
    fill(&mut cache, 1, 1, "one", 0);
    let before = cache.begin();
    cache.invalidate(&key(1));
    assert_eq!(cache.get(&key(1), at(0)), None);
    assert!(!cache.fill(before, &key(1), 1, "one", at(0)));
    assert!(fill(&mut cache, 1, 1, "one", 0));
}

#[test]
fn a_store_is_dropped_without_the_others_and_a_clearing_drops_all() {
    let mut cache = Cache::default();
    let secret = RecordKey { store: StoreName::Credentials, id: "1".to_owned() };
    fill(&mut cache, 1, 1, "token", 0);
    cache.fill(cache.begin(), &secret, 1, "secret", at(0));
    cache.invalidate_store(StoreName::Credentials);
    assert_eq!(cache.get(&secret, at(0)), None);
    assert_eq!(cache.get(&key(1), at(0)), Some(&"token"));
    let before = cache.begin();
    cache.clear();
    assert!(cache.is_empty());
    assert!(!cache.fill(before, &key(1), 9, "late", at(0)), "a read from before the clearing was kept");
}

#[test]
fn a_removed_record_counts_its_generations_anew() {
    let mut cache = Cache::default();
    fill(&mut cache, 1, 7, "seventh", 0);
    cache.removed(&key(1));
    assert!(fill(&mut cache, 1, 1, "first", 0));
}

#[test]
fn a_value_from_the_future_is_not_trusted() {
    let mut cache = Cache::default();
    fill(&mut cache, 1, 1, "one", 1_000);
    assert_eq!(cache.get(&key(1), at(999)), None, "the clock was set back");
}

/// A value that tells when it is gone.
struct Secret(Rc<Cell<usize>>);

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn whatever_leaves_the_cache_is_dropped_at_once() {
    let gone = Rc::new(Cell::new(0));
    let mut cache = Cache::new(2, Span::from_seconds(300));
    for id in 0..3 {
        fill(&mut cache, id, 1, Secret(Rc::clone(&gone)), 0);
    }
    assert_eq!(gone.get(), 1, "evicted");
    fill(&mut cache, 2, 2, Secret(Rc::clone(&gone)), 0);
    assert_eq!(gone.get(), 2, "replaced");
    cache.heard(&key(2), 3);
    assert_eq!(gone.get(), 3, "superseded");
    cache.sweep(at(LIFE));
    assert_eq!(gone.get(), 4, "too old");
    assert!(!fill(&mut cache, 2, 1, Secret(Rc::clone(&gone)), 0));
    assert_eq!(gone.get(), 5, "not taken");
}

#[derive(Clone, Debug)]
enum Step {
    Begin,
    Get(usize),
    Fill(usize, u64),
    Heard(usize, u64),
    Invalidate(usize),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => Just(Step::Begin),
        5 => (0..8_usize).prop_map(Step::Get),
        5 => (0..8_usize, 0..6_u64).prop_map(|(id, generation)| Step::Fill(id, generation)),
        2 => (0..8_usize, 0..6_u64).prop_map(|(id, generation)| Step::Heard(id, generation)),
        1 => (0..8_usize).prop_map(Step::Invalidate),
        1 => (0..200_000_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..200)
}

/// What a cache is, said in the plainest way: a list, the most recently used last.
#[derive(Default)]
struct Plain {
    entries: Vec<(usize, u64, i64)>,
    heard: [u64; 8],
    news: usize,
}

impl Plain {
    const BOUND: usize = 4;

    fn get(&mut self, id: usize, now: i64) -> Option<u64> {
        let index = self.entries.iter().position(|entry| entry.0 == id)?;
        let entry = self.entries.remove(index);
        let is_young = now < entry.2 + LIFE;
        is_young.then(|| self.entries.push(entry))?;
        Some(entry.1)
    }

    fn fill(&mut self, began: usize, id: usize, generation: u64, now: i64) {
        let known = self.entries.iter().find(|entry| entry.0 == id).map_or(0, |entry| entry.1);
        if began != self.news || generation < self.heard[id].max(known) {
            return;
        }
        self.entries.retain(|entry| entry.0 != id);
        if self.entries.len() == Self::BOUND {
            self.entries.remove(0);
        }
        self.entries.push((id, generation, now));
    }

    fn news(&mut self, id: usize, generation: u64) {
        self.heard[id] = self.heard[id].max(generation);
        self.news += usize::from(generation == 0);
        self.entries.retain(|entry| entry.0 != id || (generation > 0 && entry.1 >= generation));
    }
}

proptest! {
    #[test]
    fn the_cache_is_a_bounded_list_by_last_use_that_never_gives_out_what_was_superseded(steps in steps()) {
        let mut cache: Cache<u64> = Cache::new(Plain::BOUND, Span::from_seconds(300));
        let mut plain = Plain::default();
        let (mut ticket, mut began, mut now): (Ticket, usize, i64) = (cache.begin(), 0, 0);
        for step in steps {
            match step {
                Step::Begin => (ticket, began) = (cache.begin(), plain.news),
                Step::Get(id) => {
                    let got = cache.get(&key(id), at(now)).copied();
                    prop_assert_eq!(got, plain.get(id, now));
                    prop_assert!(got.is_none_or(|generation| generation >= plain.heard[id]));
                }
                Step::Fill(id, generation) => {
                    cache.fill(ticket, &key(id), generation, generation, at(now));
                    plain.fill(began, id, generation, now);
                }
                Step::Heard(id, generation) => {
                    cache.heard(&key(id), generation + 1);
                    plain.news(id, generation + 1);
                }
                Step::Invalidate(id) => {
                    cache.invalidate(&key(id));
                    plain.news(id, 0);
                }
                Step::Wait(millis) => now += millis,
            }
            prop_assert!(cache.len() <= Plain::BOUND);
            prop_assert_eq!(cache.len(), plain.entries.len());
        }
    }
}
