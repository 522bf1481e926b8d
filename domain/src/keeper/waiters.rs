use std::collections::VecDeque;

use super::serving::Living;
use super::turn::Turn;
use super::{Callers, Effect, Failure, WaiterId};
use crate::api::{Code, Problem};
use crate::time::{Span, Timestamp};

/// At most this many callers wait for one connection.
const MOST: usize = 1_000;
/// The longest a caller waits, whatever happens to the renewal.
const LONGEST: Span = Span::from_seconds(120);

/// The callers that wait for one connection's token, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiters {
    queue: VecDeque<Waiter>,
    /// When callers were last let go with an error that is being mended.
    let_down_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct Waiter {
    id: WaiterId,
    /// Only a token of a later generation helps: this one was refused.
    after: u64,
    since: Timestamp,
}

impl Waiters {
    /// Lets a caller wait for a token later than generation `after`; too many are turned away at once.
    pub fn join(&mut self, id: WaiterId, after: u64, turn: &mut Turn) {
        if self.queue.iter().any(|waiter| waiter.id == id) {
            return;
        }
        if self.queue.len() >= MOST {
            let detail = "A thousand callers wait for this token already. Wait for them, then try again.";
            let problem = Problem::new(Code::TooManyRequests).with_detail(detail);
            let failure = Failure { problem, at: turn.now, remedy: super::Remedy::Person };
            return release(id, Err(Box::new(failure)), turn);
        }
        self.queue.push_back(Waiter { id, after, since: turn.now });
    }

    /// A caller went away.
    pub fn cancel(&mut self, id: WaiterId) {
        self.queue.retain(|waiter| waiter.id != id);
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Lets all go who can use generation `generation`.
    pub fn release(&mut self, generation: u64, turn: &mut Turn) {
        self.queue.retain(|waiter| {
            let helped = generation > waiter.after;
            if helped {
                release(waiter.id, Ok(generation), turn);
            }
            !helped
        });
    }

    /// Lets those go, with a token that still lives, whom the next one has kept for as long as it is worth.
    pub fn release_patient(&mut self, living: Living, turn: &mut Turn) {
        self.queue.retain(|waiter| {
            let helped = living.generation > waiter.after && living.waited_for(waiter.since) <= turn.now;
            if helped {
                release(waiter.id, Ok(living.generation), turn);
            }
            !helped
        });
    }

    /// When the next of them is.
    pub fn next_patient(&self, living: Living) -> Option<Timestamp> {
        let helped = self.queue.iter().filter(|waiter| living.generation > waiter.after);
        helped.map(|waiter| living.waited_for(waiter.since)).min()
    }

    /// Lets all go with the one error.
    pub fn fail(&mut self, failure: &Failure, turn: &mut Turn) {
        if !self.queue.is_empty() && !failure.is_final() {
            self.let_down_at = Some(turn.now);
        }
        for waiter in self.queue.drain(..) {
            release(waiter.id, Err(Box::new(failure.clone())), turn);
        }
    }

    /// Lets those go who waited longest possible.
    pub fn expire(&mut self, turn: &mut Turn) {
        let overdue = |waiter: &Waiter| waiter.since + LONGEST <= turn.now;
        if self.queue.iter().any(overdue) {
            let (late, rest) = self.queue.drain(..).partition(overdue);
            self.queue = rest;
            Self { queue: late, let_down_at: None }.fail(&took_too_long(turn.now), turn);
        }
    }

    /// A new token is there: what went wrong before is over.
    pub fn recovered(&mut self) {
        self.let_down_at = None;
    }

    /// How they fare, for a person.
    pub fn callers(&self) -> Callers {
        let waiting_since = self.queue.iter().map(|waiter| waiter.since).min();
        Callers { waiting_since, let_down_at: self.let_down_at }
    }

    /// When the first has waited longest possible.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.queue.iter().map(|waiter| waiter.since + LONGEST).min()
    }

    /// Moves the waiting times with a clock that went back.
    pub fn clock_went_back(&mut self, by: Span) {
        self.queue.iter_mut().for_each(|waiter| waiter.since = waiter.since - by);
    }
}

/// Lets one caller go.
pub(super) fn release(waiter: WaiterId, outcome: Result<u64, Box<Failure>>, turn: &mut Turn) {
    turn.want(Effect::Release { waiter, outcome });
}

fn took_too_long(now: Timestamp) -> Failure {
    let detail = "No token came within two minutes. Another tab may be stuck: close it, then try again.";
    let problem = Problem::new(Code::Unavailable).with_detail(detail);
    Failure { problem, at: now, remedy: super::Remedy::Person }
}
