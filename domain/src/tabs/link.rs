//! The link to the shared worker: opened, watched, lost, opened again.

use std::collections::VecDeque;

use super::report::Why;
use crate::time::{Span, Timestamp};

/// How long the worker has to load and to welcome.
const WELCOME: Span = Span::from_seconds(3);
/// How long it has to confirm a message: it takes a millisecond.
const CONFIRMATION: Span = Span::from_millis(1_500);
/// How often it is asked whether it is there while nothing else is said.
const BEAT: Span = Span::from_seconds(60);
/// A link that was good for so long is opened anew at once when it is lost.
const STEADY: Span = Span::from_seconds(60);
/// The first pause before another try, and the longest.
const PAUSE: Span = Span::from_seconds(60);
const LONGEST_PAUSE: Span = Span::from_seconds(32 * 60);

#[derive(Clone, Debug, Default)]
pub struct Link {
    state: State,
    /// How often it was lost without having been steady.
    tries: u32,
    unconfirmed: VecDeque<Unconfirmed>,
    /// Whether the page was found to have stood still since the last confirmation: then the worker gets its time again, once.
    forgiven: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Closed,
    Opening {
        until: Timestamp,
    },
    Open {
        since: Timestamp,
        beat_at: Timestamp,
    },
    Lost {
        retry_at: Timestamp,
    },
}

#[derive(Clone, Debug)]
struct Unconfirmed {
    number: u64,
    at: Timestamp,
    /// The text, if others are to hear it.
    text: Option<String>,
}

impl Link {
    pub fn open(&mut self, now: Timestamp) {
        self.state = State::Opening { until: now + WELCOME };
    }

    pub fn welcomed(&mut self, now: Timestamp) {
        if self.is_opening() {
            self.state = State::Open { since: now, beat_at: now + BEAT };
        }
    }

    pub const fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    pub const fn is_opening(&self) -> bool {
        matches!(self.state, State::Opening { .. })
    }

    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Something was given to the worker; `text` is what others are to hear.
    pub fn posted(&mut self, number: u64, text: Option<String>, now: Timestamp) {
        if let State::Open { beat_at, .. } = &mut self.state {
            *beat_at = now + BEAT;
            self.unconfirmed.push_back(Unconfirmed { number, at: now, text });
        }
    }

    /// The worker confirms this message, and with it all before.
    pub fn confirmed(&mut self, number: u64, now: Timestamp) {
        while self.unconfirmed.front().is_some_and(|waiting| waiting.number <= number) {
            self.unconfirmed.pop_front();
        }
        self.forgiven = false;
        if let State::Open { since, .. } = self.state
            && now.since(since) >= STEADY
        {
            self.tries = 0;
        }
    }

    /// Whether the worker has let its time pass.
    pub fn failed(&self, now: Timestamp) -> Option<Why> {
        match self.state {
            State::Opening { until } if now >= until => Some(Why::NoWelcome),
            State::Open { .. } if self.due().is_some_and(|due| now >= due) => Some(Why::NoAnswer),
            _ => None,
        }
    }

    /// Whether it is time for a beat.
    pub fn wants_beat(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Open { beat_at, .. } if now >= beat_at) && self.unconfirmed.is_empty()
    }

    /// Whether it is time to try again.
    pub fn wants_open(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Lost { retry_at } if now >= retry_at)
    }

    /// The link is no more; gives what others may not have heard.
    pub fn lost(&mut self, now: Timestamp) -> Vec<String> {
        let was_steady = matches!(self.state, State::Open { since, .. } if now.since(since) >= STEADY);
        let pause = if was_steady || (self.is_open() && self.tries == 0) { Span::ZERO } else { self.pause() };
        self.tries = if was_steady { 0 } else { self.tries.saturating_add(1) };
        self.state = State::Lost { retry_at: now + pause };
        self.forgiven = false;
        std::mem::take(&mut self.unconfirmed).into_iter().filter_map(|waiting| waiting.text).collect()
    }

    /// What others may not have heard yet.
    pub fn unconfirmed(&self) -> Vec<String> {
        self.unconfirmed.iter().filter_map(|waiting| waiting.text.clone()).collect()
    }

    /// Given up: by the page's wish, or because there is nothing to open.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// The page stood still, or its clock was set: every bound begins anew, once between two confirmations.
    pub fn forgive(&mut self, now: Timestamp) {
        if !std::mem::replace(&mut self.forgiven, true) {
            self.begin_anew(now);
        }
    }

    /// All bounds are measured from now on.
    pub fn begin_anew(&mut self, now: Timestamp) {
        self.unconfirmed.iter_mut().for_each(|waiting| waiting.at = now);
        match &mut self.state {
            State::Opening { until } => *until = now + WELCOME,
            State::Open { since, beat_at } => (*since, *beat_at) = ((*since).min(now), (*beat_at).min(now + BEAT)),
            State::Lost { retry_at } => *retry_at = (*retry_at).min(now + LONGEST_PAUSE),
            State::Closed => {}
        }
    }

    /// When to look at it again.
    pub fn next(&self) -> Option<Timestamp> {
        match self.state {
            State::Opening { until } => Some(until),
            State::Open { beat_at, .. } => Some(self.due().unwrap_or(beat_at)),
            State::Lost { retry_at } => Some(retry_at),
            State::Closed => None,
        }
    }

    fn due(&self) -> Option<Timestamp> {
        self.unconfirmed.front().map(|waiting| waiting.at + CONFIRMATION)
    }

    fn pause(&self) -> Span {
        PAUSE.scaled(1 << self.tries.min(5), 1).min(LONGEST_PAUSE)
    }
}
