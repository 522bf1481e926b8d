//! The lookup as a state machine: what to ask for next, and what an answer changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Call, Entry, Kind, LeftOut, List, Outcome, Pace, Ticket, kept};
use crate::api::{Code, Problem};
use crate::management::Page;
use crate::management::users::{Attribute, Identifier, Trouble, User};
use crate::time::{Span, Timestamp};

mod taking;

/// How many calls are under way at once.
const AT_ONCE: usize = 4;

/// How many entries are looked at to fill one call.
const VIEW: usize = 400;

/// After how long the network is tried again, should nobody say that it is back.
const OFFLINE: Span = Span::from_seconds(15);

/// After how many failed tries in a row a person is asked.
const TRIES: u32 = 6;

/// A lookup of many users.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub(super) id: String,
    /// The environment it asks.
    pub environment: String,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// What of the list is not in it.
    pub left_out: LeftOut,
    pub(super) entries: Vec<Entry>,
    pub(super) phase: Phase,
    counts: Counts,
    /// All entries before this one have ended.
    from: usize,
    busy: BTreeSet<usize>,
    in_flight: BTreeMap<Ticket, Call>,
    tickets: u64,
    /// Calls for several entries, by form: whether one was answered, and how many were refused.
    shared: BTreeMap<bool, (bool, u32)>,
    pace: Pace,
    failures: u32,
    /// The parts that changed since they were last kept.
    pub(super) changed: BTreeSet<usize>,
}

/// Where a lookup stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Asking.
    Running,
    /// Not asking for now.
    Paused(Pause),
    /// A person ended it; what was not asked stays so.
    Stopped,
    /// Every entry has an outcome.
    Done,
}

/// Why a lookup does not ask for now.
#[derive(Clone, Debug, PartialEq)]
pub enum Pause {
    /// A person wanted it.
    Person,
    /// The page was loaded anew.
    Reloaded,
    /// Too many calls; it goes on by itself.
    Throttled {
        /// When.
        until: Timestamp,
    },
    /// No network; it goes on by itself when that is back.
    Offline {
        /// When it is tried again in any case.
        until: Timestamp,
    },
    /// The provider is away; it is tried again by itself.
    Away {
        /// When.
        until: Timestamp,
        /// What happened.
        problem: Box<Problem>,
    },
    /// Every call is refused until a person does something.
    Barred(Box<Problem>),
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Make this call, and bring back its answer.
    Ask(Call),
    /// Come again then.
    At(Timestamp),
    /// Come again with an answer.
    Answer,
    /// Nothing, until a person does something.
    Rest,
}

/// How many entries came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Kind::ALL.len()]);

impl Counts {
    /// How many are of this kind.
    pub fn of(self, kind: Kind) -> usize {
        self.0[kind as usize]
    }

    /// How many there are.
    pub fn all(self) -> usize {
        self.0.iter().sum()
    }

    /// How many have an outcome.
    pub fn ended(self) -> usize {
        self.all() - self.of(Kind::Waiting)
    }
}

impl Job {
    /// A lookup of this list, which asks at once. `id` tells its records from those of others.
    pub fn new(id: String, environment: String, list: List, now: Timestamp) -> Self {
        let entries: Vec<Entry> = list.entries.into_iter().map(Entry::new).collect();
        Self::of(id, environment, entries, (list.left_out, now))
    }

    pub(super) fn of(
        id: String,
        environment: String,
        entries: Vec<Entry>,
        (left_out, begun_at): (LeftOut, Timestamp),
    ) -> Self {
        let mut counts = Counts::default();
        for entry in &entries {
            counts.0[entry.outcome.kind() as usize] += 1;
        }
        let changed = (0..kept::chunk_count(entries.len())).collect();
        Self {
            id,
            environment,
            begun_at,
            left_out,
            entries,
            phase: Phase::Running,
            counts,
            from: 0,
            busy: BTreeSet::new(),
            in_flight: BTreeMap::new(),
            tickets: 0,
            shared: BTreeMap::new(),
            pace: Pace::default(),
            failures: 0,
            changed,
        }
    }

    /// What tells its records and answers from those of others.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The entries, in the order of the list.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many came to what.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Where it stands.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// How fast it goes.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Says what to do next; to be asked again until it says no more to [`Next::Ask`].
    pub fn next(&mut self, now: Timestamp) -> Next {
        match &self.phase {
            Phase::Paused(Pause::Throttled { until } | Pause::Offline { until } | Pause::Away { until, .. }) => {
                if now < *until {
                    return Next::At(*until);
                }
                self.phase = Phase::Running;
            }
            Phase::Running => {}
            Phase::Paused(_) | Phase::Stopped | Phase::Done => return Next::Rest,
        }
        // After a failure, one call finds out whether it is over.
        let most = if self.failures > 0 { 1 } else { AT_ONCE };
        if self.in_flight.len() >= most {
            return Next::Answer;
        }
        let waiting = self.waiting();
        if waiting.is_empty() && self.in_flight.is_empty() {
            self.phase = Phase::Done;
            return Next::Rest;
        }
        if let Some(at) = self.pace.wait(now) {
            return if waiting.is_empty() { Next::Answer } else { Next::At(at) };
        }
        self.ask(&waiting, now)
    }

    fn ask(&mut self, waiting: &[usize], now: Timestamp) -> Next {
        let ticket = Ticket(self.tickets);
        let Some(call) = Call::next(ticket, &self.entries, waiting, |form| self.may_share(form)) else {
            return Next::Answer;
        };
        self.tickets += 1;
        self.busy.extend(&call.entries);
        self.in_flight.insert(ticket, call.clone());
        self.pace.begins(now, self.counts.ended());
        Next::Ask(call)
    }

    /// The first entries nobody asks for at the moment.
    fn waiting(&mut self) -> Vec<usize> {
        let is_waiting = |entry: &Entry| entry.outcome == Outcome::Waiting;
        self.from += self.entries[self.from..].iter().take_while(|entry| !is_waiting(entry)).count();
        let left = self.entries[self.from..].iter().enumerate().map(|(at, entry)| (at + self.from, entry));
        left.filter(|(at, entry)| is_waiting(entry) && !self.busy.contains(at)).map(|(at, _)| at).take(VIEW).collect()
    }

    /// A person wants a pause.
    pub fn pause(&mut self) {
        if matches!(self.phase, Phase::Running | Phase::Paused(_)) {
            self.phase = Phase::Paused(Pause::Person);
            self.pace.pauses();
        }
    }

    /// A person wants it to go on. What was refused as everything was is asked for again.
    pub fn go_on(&mut self) {
        if matches!(self.phase, Phase::Paused(_) | Phase::Stopped) {
            self.again(|outcome| matches!(outcome, Outcome::Refused { barred: true, .. }));
        }
    }

    /// A person wants it to end here.
    pub fn stop(&mut self) {
        if self.phase != Phase::Done {
            self.phase = Phase::Stopped;
            self.pace.pauses();
        }
    }

    /// A person wants all that was refused to be asked for again.
    pub fn retry_refused(&mut self) {
        self.again(|outcome| matches!(outcome, Outcome::Refused { .. }));
    }

    fn again(&mut self, which: impl Fn(&Outcome) -> bool) {
        for at in 0..self.entries.len() {
            if which(&self.entries[at].outcome) {
                self.settle(at, Outcome::Waiting);
                self.entries[at].forget();
            }
        }
        self.from = 0;
        self.failures = 0;
        self.phase = Phase::Running;
        self.pace.pauses();
    }

    /// The network went, or came back.
    pub fn network(&mut self, is_online: bool, now: Timestamp) {
        match (is_online, &self.phase) {
            (false, Phase::Running) => self.pause_for(Pause::Offline { until: now + OFFLINE }),
            (true, Phase::Paused(Pause::Offline { .. })) => self.phase = Phase::Running,
            _ => {}
        }
    }

    /// Pauses by itself, unless a person has paused or stopped it, or something graver has.
    fn pause_for(&mut self, pause: Pause) {
        let weight = |pause: &Pause| match pause {
            Pause::Away { .. } => (0, Timestamp::default()),
            Pause::Throttled { until } => (1, *until),
            Pause::Offline { until } => (2, *until),
            Pause::Barred(_) => (3, Timestamp::default()),
            Pause::Person | Pause::Reloaded => (4, Timestamp::default()),
        };
        let stands = match &self.phase {
            Phase::Running => false,
            Phase::Paused(current) => weight(current) >= weight(&pause),
            Phase::Stopped | Phase::Done => true,
        };
        if !stands {
            self.phase = Phase::Paused(pause);
            self.pace.pauses();
        }
    }

    fn settle(&mut self, at: usize, outcome: Outcome) {
        let entry = &mut self.entries[at];
        self.counts.0[entry.outcome.kind() as usize] -= 1;
        self.counts.0[outcome.kind() as usize] += 1;
        entry.outcome = outcome;
        self.changed.insert(kept::chunk_of(at));
    }

    /// Whether entries of this form may be asked for together: not once two such calls were refused and none was answered.
    fn may_share(&self, form: Identifier) -> bool {
        let (answered, refused) = self.shared.get(&(form == Identifier::Uuid)).copied().unwrap_or_default();
        answered || refused < 2
    }
}

#[cfg(test)]
mod tests;
