use std::collections::{BTreeMap, VecDeque};

use super::message::Hello;
use super::way::{Way, Ways};
use crate::id::TabId;
use crate::time::{Span, Timestamp};

/// More tabs than anybody has; of those beyond nothing is remembered.
const MOST: usize = 500;
/// How many numbers of one sender are remembered, to know what comes a second time.
const NUMBERS: usize = 128;
/// How long a tab has to answer the roll: a hidden one answers as fast as a seen one, a frozen one not at all.
const ANSWER: Span = Span::from_seconds(3);
/// How long one that does not answer stays known: a frozen page may come back.
const SILENT: Span = Span::from_seconds(15 * 60);

/// The other tabs, as far as this one has heard of them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    tabs: BTreeMap<TabId, Other>,
    called_at: Option<Timestamp>,
}

/// Another tab.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it last said of itself, or what can be guessed.
    pub hello: Hello,
    /// When it was last heard.
    pub heard_at: Timestamp,
    /// Since when it owes an answer to the roll.
    pub silent_since: Option<Timestamp>,
    hello_number: u64,
    /// Whether it was heard by the worker, and so has the same one: there may be two, where one was restarted or belongs to
    /// another part of the browser.
    by_worker: bool,
    numbers: VecDeque<u64>,
}

impl Known {
    /// Notes that a tab was heard; gives whether the message is new.
    pub fn heard(&mut self, from: &TabId, number: u64, way: Way, now: Timestamp) -> bool {
        if !self.tabs.contains_key(from) {
            if self.tabs.len() >= MOST {
                return true;
            }
            self.tabs.insert(from.clone(), Other::guessed(way, now));
        }
        let Some(other) = self.tabs.get_mut(from) else { return true };
        (other.heard_at, other.silent_since) = (now, None);
        other.by_worker |= way == Way::Worker;
        other.is_new(number)
    }

    /// Takes what a tab says of itself, unless it said something later.
    pub fn said(&mut self, from: &TabId, number: u64, hello: Hello) {
        if let Some(other) = self.tabs.get_mut(from).filter(|other| number > other.hello_number) {
            (other.hello, other.hello_number) = (hello, number);
        }
    }

    /// A tab has left.
    pub fn left(&mut self, tab: &TabId) {
        self.tabs.remove(tab);
    }

    /// This tab's worker is no more, so no tab can be reached by it.
    pub fn lost_worker(&mut self) {
        self.tabs.values_mut().for_each(|other| other.by_worker = false);
    }

    /// All are asked whether they are there.
    pub fn called(&mut self, now: Timestamp) {
        self.tidy(now);
        self.called_at.get_or_insert(now);
    }

    /// When those who did not answer are known as silent.
    pub fn next(&self) -> Option<Timestamp> {
        self.called_at.map(|at| at + ANSWER)
    }

    /// Notes who did not answer in time, and forgets who has been silent for long.
    pub fn tidy(&mut self, now: Timestamp) {
        if let Some(called) = self.called_at.filter(|called| now >= *called + ANSWER || now < *called) {
            for other in self.tabs.values_mut().filter(|other| other.heard_at < called) {
                other.silent_since.get_or_insert(called);
            }
            self.called_at = None;
        }
        self.tabs.retain(|_, other| other.silent_since.is_none_or(|since| now.since(since) < SILENT));
    }

    /// The ways of each of them.
    pub fn ways(&self) -> impl Iterator<Item = Ways> {
        self.tabs.values().map(Other::ways)
    }

    /// The ways of one of them.
    pub fn ways_of(&self, tab: &TabId) -> Ways {
        self.tabs.get(tab).map_or(Ways::NONE, Other::ways)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = (&TabId, &Other)> {
        self.tabs.iter()
    }
}

impl Other {
    /// Of a tab whose hello has not arrived it is only known which way it speaks.
    fn guessed(way: Way, now: Timestamp) -> Self {
        let ways = Ways::NONE.with(way);
        let hello = Hello { ways, asks: false, since: now, seen: false };
        Self { hello, heard_at: now, silent_since: None, hello_number: 0, by_worker: false, numbers: VecDeque::new() }
    }

    /// The ways on which it hears what this tab tells.
    pub fn ways(&self) -> Ways {
        if self.by_worker { self.hello.ways } else { self.hello.ways.without(Way::Worker) }
    }

    fn is_new(&mut self, number: u64) -> bool {
        if self.numbers.contains(&number) {
            return false;
        }
        if self.numbers.len() == NUMBERS {
            self.numbers.pop_front();
        }
        self.numbers.push_back(number);
        true
    }
}
