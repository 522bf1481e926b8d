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

/// How many of those who left are remembered, to know what of them comes late.
const LEFT: usize = 50;

/// The other tabs, as far as this one has heard of them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    tabs: BTreeMap<TabId, Other>,
    called_at: Option<Timestamp>,
    left: VecDeque<Left>,
}

/// A tab that left: what it said before may still come, on a slower way.
#[derive(Clone, Debug)]
struct Left {
    tab: TabId,
    /// Its highest number: with a higher one it is back.
    last: u64,
    numbers: VecDeque<u64>,
}

/// Another tab.
#[derive(Clone, Debug)]
pub struct Other {
    /// What it last said of itself, or what can be guessed.
    pub hello: Hello,
    /// Since when it is known.
    pub met_at: Timestamp,
    /// When it was last heard.
    pub heard_at: Timestamp,
    /// Since when it owes an answer to the roll.
    pub silent_since: Option<Timestamp>,
    /// Until when it has to say that it is there, its line to the worker being closed.
    doubted_until: Option<Timestamp>,
    hello_number: u64,
    /// Whether it was heard by the worker, and so has the same one: there may be two, where one was restarted or belongs to
    /// another part of the browser.
    by_worker: bool,
    /// The number of what was heard of it by the worker last.
    worker_number: u64,
    numbers: VecDeque<u64>,
}

impl Known {
    /// Notes that a tab was heard; gives whether the message is new.
    pub fn heard(&mut self, from: &TabId, number: u64, way: Way, now: Timestamp) -> bool {
        if !self.tabs.contains_key(from)
            && let Some(left) = self.left.iter_mut().find(|left| left.tab == *from && number <= left.last)
        {
            return is_new(&mut left.numbers, number);
        }
        let Some(other) = self.met(from, way, now) else { return true };
        (other.heard_at, other.silent_since, other.doubted_until) = (now, None, None);
        if way == Way::Worker {
            // What it said before it gave the worker up may come by it later.
            other.by_worker |= number > other.hello_number;
            other.worker_number = other.worker_number.max(number);
        }
        is_new(&mut other.numbers, number)
    }

    /// The worker says of a tab that it is there, and what it said of itself.
    pub fn is_there(&mut self, tab: &TabId, number: u64, hello: Hello, now: Timestamp) {
        if self.met(tab, Way::Worker, now).is_some() {
            self.heard(tab, number, Way::Worker, now);
            self.said(tab, number, hello);
        }
    }

    /// One that is known, or is from now on: with the numbers it had before it left, if it is back. `None` beyond the most.
    fn met(&mut self, tab: &TabId, way: Way, now: Timestamp) -> Option<&mut Other> {
        if !self.tabs.contains_key(tab) {
            if self.tabs.len() >= MOST {
                return None;
            }
            let mut other = Other::guessed(way, now);
            if let Some(place) = self.left.iter().position(|left| left.tab == *tab) {
                other.numbers = self.left.remove(place).map(|left| left.numbers).unwrap_or_default();
            }
            self.tabs.insert(tab.clone(), other);
        }
        self.tabs.get_mut(tab)
    }

    /// Takes what a tab says of itself, unless it said something later.
    pub fn said(&mut self, from: &TabId, number: u64, hello: Hello) {
        let Some(other) = self.tabs.get_mut(from) else { return };
        let is_newest = number > other.hello_number;
        // It gave the worker up, and the one it has come back to meanwhile may be another than this tab's.
        other.by_worker &= hello.ways.has(Way::Worker) || (!is_newest && number < other.worker_number);
        if is_newest {
            (other.hello, other.hello_number) = (hello, number);
        }
    }

    /// A tab says that it leaves; it may be back already, and this come late.
    pub fn says_bye(&mut self, tab: &TabId, number: u64) {
        let is_back = |other: &Other| other.numbers.iter().any(|later| *later > number);
        if !self.tabs.get(tab).is_some_and(is_back) {
            self.left(tab);
        }
    }

    /// A tab has left.
    pub fn left(&mut self, tab: &TabId) {
        let Some(Other { numbers, .. }) = self.tabs.remove(tab) else { return };
        self.left.retain(|left| left.tab != *tab);
        if self.left.len() == LEFT {
            self.left.pop_front();
        }
        let last = numbers.iter().copied().max().unwrap_or(0);
        self.left.push_back(Left { tab: tab.clone(), last, numbers });
    }

    /// This tab leaves: nobody is known when it is back, and what they told before is not taken again.
    pub fn all_left(&mut self) {
        let tabs: Vec<TabId> = self.tabs.keys().cloned().collect();
        tabs.iter().for_each(|tab| self.left(tab));
        self.called_at = None;
    }

    /// A tab's line to the worker is closed: with its page, or because it gave the worker up. Gives whether it may still be
    /// there, and is to be asked.
    pub fn closed(&mut self, tab: &TabId, now: Timestamp) -> bool {
        let Some(other) = self.tabs.get_mut(tab) else { return false };
        other.by_worker = false;
        let may_be_there = !other.ways().is_empty();
        if may_be_there {
            other.doubted_until = Some(now + ANSWER);
        } else {
            self.left(tab);
        }
        may_be_there
    }

    /// This tab's worker is no more, so no tab can be reached by it.
    pub fn lost_worker(&mut self) {
        self.tabs.values_mut().for_each(|other| other.by_worker = false);
    }

    /// All are asked whether they are there, those included who have been silent for long.
    pub fn called(&mut self, now: Timestamp) {
        drop(self.tidy(now));
        self.called_at.get_or_insert(now);
    }

    /// When those who did not answer are known as silent.
    pub fn next(&self) -> Option<Timestamp> {
        let doubts = self.tabs.values().filter_map(|other| other.doubted_until);
        self.called_at.map(|at| at + ANSWER).into_iter().chain(doubts).min()
    }

    /// Notes who did not answer in time, and forgets who did not when asked once more. Gives who has been silent for long and is to
    /// be asked: an answer may have been lost, and the clock set ahead.
    pub fn tidy(&mut self, now: Timestamp) -> Vec<TabId> {
        if let Some(called) = self.called_at.filter(|called| now >= *called + ANSWER || now < *called) {
            for other in self.tabs.values_mut().filter(|other| other.heard_at < called) {
                other.silent_since.get_or_insert(called);
            }
            self.called_at = None;
        }
        let is_over = |other: &Other| other.doubted_until.is_some_and(|until| now >= until || until > now + ANSWER);
        let gone: Vec<TabId> =
            self.tabs.iter().filter(|(_, other)| is_over(other)).map(|(tab, _)| tab.clone()).collect();
        gone.iter().for_each(|tab| self.left(tab));
        let is_silent = |other: &Other| other.silent_since.is_some_and(|since| now.since(since) >= SILENT);
        let silent = self.tabs.iter_mut().filter(|(_, other)| other.doubted_until.is_none() && is_silent(other));
        let ask = |(tab, other): (&TabId, &mut Other)| {
            other.doubted_until = Some(now + ANSWER);
            tab.clone()
        };
        silent.map(ask).collect()
    }

    /// The ways of each of them.
    pub fn ways(&self) -> impl Iterator<Item = Ways> {
        self.tabs.values().map(Other::ways)
    }

    /// The ways of one of them.
    pub fn ways_of(&self, tab: &TabId) -> Ways {
        self.tabs.get(tab).map_or(Ways::NONE, Other::ways)
    }

    /// Since when one of them is known.
    pub fn met_at(&self, tab: &TabId) -> Option<Timestamp> {
        self.tabs.get(tab).map(|other| other.met_at)
    }

    /// This browser's clock was set back to now: nobody is known since a time to come.
    pub fn clock_went_back(&mut self, now: Timestamp) {
        self.tabs.values_mut().for_each(|other| other.met_at = other.met_at.min(now));
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
        let (silent_since, doubted_until, numbers) = (None, None, VecDeque::new());
        Self {
            hello,
            met_at: now,
            heard_at: now,
            silent_since,
            doubted_until,
            hello_number: 0,
            by_worker: false,
            worker_number: 0,
            numbers,
        }
    }

    /// The ways on which it hears what this tab tells.
    pub fn ways(&self) -> Ways {
        if self.by_worker { self.hello.ways } else { self.hello.ways.without(Way::Worker) }
    }
}

fn is_new(numbers: &mut VecDeque<u64>, number: u64) -> bool {
    if numbers.contains(&number) {
        return false;
    }
    if numbers.len() == NUMBERS {
        numbers.pop_front();
    }
    numbers.push_back(number);
    true
}
