//! The check of the whole log: every event is looked at, in order.

use std::fmt;

use super::chain::{ChainKey, ChainState, Code, from_hex, hex};
use crate::store::{Database, StoreError, StoredChain, StoredEvent};

/// How many events are read at once.
const AT_ONCE: u64 = 1_000;

/// Something that is not as the server wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is no log at all, or nothing says how far it reaches.
    NoLog,
    /// What says how far the log reaches was changed.
    EndsChanged,
    /// An event is not what was written at its place: it was changed, or moved there from another place.
    Changed {
        /// Its place.
        seq: u64,
    },
    /// Events are missing between others, or at the beginning.
    Removed {
        /// The first missing place.
        first: u64,
        /// The last missing place.
        last: u64,
    },
    /// The newest events are missing.
    Cut {
        /// The newest event that is there.
        last: u64,
        /// The newest event there was.
        expected: u64,
    },
    /// An event stands after the end, or where the log's beginning has moved past.
    Beyond {
        /// Its place.
        seq: u64,
    },
    /// Events were written under a key none of the secrets given makes.
    OtherKey {
        /// The first of them in a row.
        first: u64,
        /// The last of them in a row.
        last: u64,
    },
    /// The event somebody noted is another one now, or gone.
    NotAsNoted {
        /// Its place.
        seq: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLog => formatter.write_str(
                "There is no log: no server has written one here, or what says how far it reaches was removed.",
            ),
            Self::EndsChanged => formatter.write_str("What says where the log begins and ends was changed."),
            Self::Changed { seq } => {
                write!(
                    formatter,
                    "Event {seq} is not what was written there: it was changed, or moved from another place."
                )
            }
            Self::Removed { first, last } if first == last => write!(formatter, "Event {first} was removed."),
            Self::Removed { first, last } => write!(formatter, "Events {first} to {last} were removed."),
            Self::Cut { last, expected } => {
                write!(formatter, "The end was cut off: the last event is {last}, and there were {expected}.")
            }
            Self::Beyond { seq } => write!(formatter, "Event {seq} stands outside of where the log begins and ends."),
            Self::OtherKey { first, last } => write!(
                formatter,
                "Events {first} to {last} were written with another secret and can't be checked. Name its file with --secret-file."
            ),
            Self::NotAsNoted { seq } => write!(formatter, "Event {seq} is not the one that was noted."),
        }
    }
}

/// An event's place and code, as noted elsewhere: `<place>:<64 hexadecimal digits>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// The place.
    pub seq: u64,
    /// The code.
    pub code: Code,
}

impl std::str::FromStr for Noted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.trim().split_once(':');
        let read = parts.and_then(|(seq, code)| Some(Self { seq: seq.parse().ok()?, code: from_hex(code)? }));
        read.ok_or_else(|| "it must be a place and a code, such as 1234:9f86d0… with 64 hexadecimal digits".to_owned())
    }
}

/// What the check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many events were found to be as they were written.
    pub sound: u64,
    /// The place of the oldest event that should be there.
    pub first: u64,
    /// The newest event, as one would note it.
    pub head: String,
    /// What is not as it should be; empty when all is.
    pub findings: Vec<Finding>,
}

/// Checks the log of a database, with the keys it may have been written under.
///
/// # Errors
///
/// [`StoreError`] when the database can't be read.
pub async fn verify(database: &Database, keys: Vec<ChainKey>, noted: Option<Noted>) -> Result<Verdict, StoreError> {
    let mut check = Check::new(keys, database.stored_chain().await?, noted);
    let mut after = None;
    loop {
        let events = database.stored_events(after, AT_ONCE).await?;
        let Some(last) = events.last() else { return Ok(check.finish()) };
        after = Some(last.seq);
        for event in events {
            check.take(&event);
        }
    }
}

/// The check while events come, in order of their places.
struct Check {
    keys: Vec<ChainKey>,
    chain: Option<StoredChain>,
    noted: Option<Noted>,
    /// The place that comes next.
    next: u64,
    /// The code of the event before; `None` when that event is missing.
    previous: Option<Code>,
    /// The last event's place and code, as they stand there.
    last: (u64, Option<Code>),
    sound: u64,
    findings: Vec<Finding>,
}

impl Check {
    fn new(keys: Vec<ChainKey>, chain: Option<StoredChain>, noted: Option<Noted>) -> Self {
        let state = chain.as_ref().map_or(ChainState::EMPTY, |chain| chain.state);
        let mut check = Self {
            keys,
            chain,
            noted,
            next: state.base_seq + 1,
            previous: Some(state.base),
            last: (state.base_seq, Some(state.base)),
            sound: 0,
            findings: Vec::new(),
        };
        check.look_at_the_ends(&state);
        check
    }

    fn look_at_the_ends(&mut self, state: &ChainState) {
        let Some(chain) = &self.chain else { return self.findings.push(Finding::NoLog) };
        match self.key(&chain.key_name) {
            Some(key) if key.state(state) == chain.code => {}
            Some(_) => self.findings.push(Finding::EndsChanged),
            None => self.findings.push(Finding::OtherKey { first: state.head_seq, last: state.head_seq }),
        }
        if self.noted.is_some_and(|noted| noted.seq == state.base_seq && noted.code != state.base) {
            self.findings.push(Finding::NotAsNoted { seq: state.base_seq });
        }
    }

    fn key(&self, name: &str) -> Option<&ChainKey> {
        self.keys.iter().find(|key| key.name() == name)
    }

    fn take(&mut self, stored: &StoredEvent) {
        let seq = stored.seq;
        if seq < self.next || self.chain.as_ref().is_some_and(|chain| seq > chain.state.head_seq) {
            self.findings.push(Finding::Beyond { seq });
            return;
        }
        if seq > self.next {
            self.findings.push(Finding::Removed { first: self.next, last: seq - 1 });
            self.previous = None;
        }
        self.look_at(stored);
        if self.noted.is_some_and(|noted| noted.seq == seq && stored.code != Some(noted.code)) {
            self.findings.push(Finding::NotAsNoted { seq });
        }
        self.next = seq + 1;
        self.previous = stored.code;
        self.last = (seq, stored.code);
    }

    fn look_at(&mut self, stored: &StoredEvent) {
        let seq = stored.seq;
        let Some(key) = self.key(&stored.key_name) else { return self.note_other_key(seq) };
        match (&stored.event, self.previous) {
            // The event before is missing: nothing can be said of this one but by what follows it.
            (Some(_), None) => {}
            (Some(event), Some(previous)) if Some(key.event(event, &previous)) == stored.code => self.sound += 1,
            _ => self.findings.push(Finding::Changed { seq }),
        }
    }

    fn note_other_key(&mut self, seq: u64) {
        match self.findings.last_mut() {
            Some(Finding::OtherKey { last, .. }) if *last + 1 == seq => *last = seq,
            _ => self.findings.push(Finding::OtherKey { first: seq, last: seq }),
        }
    }

    fn finish(mut self) -> Verdict {
        let state = self.chain.as_ref().map_or(ChainState::EMPTY, |chain| chain.state);
        let (last, code) = self.last;
        if last < state.head_seq {
            self.findings.push(Finding::Cut { last, expected: state.head_seq });
        } else if last == state.head_seq && code != Some(state.head) {
            self.findings.push(Finding::EndsChanged);
        }
        if let Some(noted) = self.noted.filter(|noted| noted.seq > last) {
            self.findings.push(Finding::Cut { last, expected: noted.seq });
        }
        self.findings.dedup();
        let head = format!("{}:{}", state.head_seq, hex(&state.head));
        Verdict { sound: self.sound, first: state.base_seq + 1, head, findings: self.findings }
    }
}
