//! One tab's attempt at a token: lock, intent, request, commit.

use super::entry::{Entry, Hurry};
use super::outcome::{Outcome, backoff};
use super::received;
use super::surroundings::Surroundings;
use super::turn::Turn;
use super::{Effect, Failure, Held, Intent, News, Remedy};
use crate::api::token::TokenAnswer;
use crate::api::{Code, Problem};
use crate::connection::Connection;
use crate::id::IntentId;
use crate::time::{Span, Timestamp};
use crate::token::TokenFacts;

mod failing;

/// Our server remembers an answer for a minute; what is left covers the way there.
const REPEATABLE: Span = Span::from_seconds(50);
/// A request that is repeated last of all is over by then, whoever waited for it: our server asks for 25 s at most.
const OVER: Span = Span::from_seconds(80);
/// An intent from further ahead was begun before this browser's clock was set back.
const FUTURE: Span = Span::from_seconds(5);
/// How soon a request that still runs is repeated, and a lost race looked at again.
const SOON: Span = Span::from_seconds(1);
/// The longest pause before a request that runs for long is repeated.
const LATER: Span = Span::from_seconds(5);
/// When a request that met no network is tried again, should the browser never say that it is back.
const NETWORK_PATIENCE: Span = Span::from_seconds(300);

/// How far an attempt has come. From `WritingIntent` on the lock is held.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// None is under way.
    Idle,
    /// Waiting for the lock.
    Locking { since: Timestamp },
    /// The intent is being written.
    WritingIntent { intent: Intent, connection: Box<Connection> },
    /// Our server was asked at `asked_at`; it can't have received a token before `earliest`.
    Asking { intent: Intent, asked_at: Timestamp, earliest: Timestamp },
    /// The token is being written.
    Committing { intent: Intent, facts: Box<TokenFacts> },
    /// Refused; the newest generation is read again before that is believed.
    Rereading { intent: Intent, failure: Box<Failure> },
    /// How the attempt failed is being written for the other tabs.
    Marking { intent: IntentId, started_at: Timestamp },
}

impl Step {
    /// When the attempt began, by this tab's wait or by its intent.
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Idle => None,
            Self::Locking { since } => Some(*since),
            Self::WritingIntent { intent, .. }
            | Self::Asking { intent, .. }
            | Self::Committing { intent, .. }
            | Self::Rereading { intent, .. } => Some(intent.started_at),
            Self::Marking { started_at, .. } => Some(*started_at),
        }
    }

    /// Whether the lock is held.
    pub fn holds_lock(&self) -> bool {
        !matches!(self, Self::Idle | Self::Locking { .. })
    }

    /// The generation a request under way will bring.
    pub fn coming(&self) -> Option<u64> {
        match self {
            Self::Asking { intent, .. } | Self::Committing { intent, .. } => Some(intent.generation),
            _ => None,
        }
    }
}

impl Entry {
    /// The lock is ours, and this is the newest record.
    pub fn locked(&mut self, held: Held, surroundings: &Surroundings, turn: &mut Turn) {
        let (connection, pending) = (Box::new(held.connection.clone()), held.intent.clone());
        let generation = held.token.as_ref().map_or(0, |token| token.generation);
        if generation < self.generation() {
            // localStorage may show what stood there a moment ago; what is still gone after that is lost.
            let since = *self.fell_back.get_or_insert(turn.now);
            if turn.now < since + SOON {
                self.not_before = self.not_before.max(Some(turn.now + SOON));
                return self.unlock(turn);
            }
            // Under the lock the vault is right: the record was lost, and counting begins anew.
            self.token.clone_from(&held.token);
            self.demand = Some(generation);
        }
        self.fell_back = None;
        self.adopt(held, turn);
        self.looked_for_callers = true;
        self.serve(turn);
        if let Some(ended) = pending.as_ref().filter(|intent| intent.generation <= generation) {
            turn.want(Effect::EndIntent(self.connection.id.clone(), ended.id.clone()));
        }
        let may = self.has_credential && !self.gone && self.connection.removed_at.is_none();
        if !may || !self.wants(turn.now) || self.is_held_back(turn.now) {
            return self.unlock(turn);
        }
        let unknown = pending.filter(|intent| is_unknown(intent, generation + 1, surroundings.epoch, turn.now));
        match unknown {
            // A repeat costs no token: the budget is not for it.
            Some(intent) if turn.now < intent.started_at + REPEATABLE => {
                let earliest = intent.started_at;
                self.ask(intent, *connection, earliest, turn);
            }
            // A new request beside one that may still run could cost a second token.
            Some(intent) => self.wait_until_over(intent.started_at + OVER, turn),
            None if self.is_over_budget(turn.now) => self.unlock(turn),
            None => self.write_intent(generation + 1, connection, surroundings, turn),
        }
    }

    fn wait_until_over(&mut self, over: Timestamp, turn: &mut Turn) {
        if std::mem::replace(&mut self.hurry, Hurry::No) == Hurry::Person {
            // The wish stands, whatever was marked before it.
            self.failure = None;
        }
        self.not_before = Some(over);
        self.unlock(turn);
    }

    /// The lock could not be had.
    pub fn not_locked(&mut self, turn: &mut Turn) {
        if matches!(self.step, Step::Locking { .. }) {
            self.step = Step::Idle;
            self.attempts = self.attempts.saturating_add(1);
            self.not_before = Some(turn.now + backoff(self.attempts, self.rules.retries, None, turn.draw()));
            self.hurry = Hurry::No;
        }
    }

    /// The lock's time is over: whoever has it now goes on from what it found. Of an attempt that asked nobody a person's wish
    /// is left.
    pub fn lock_lost(&mut self, turn: &mut Turn) {
        match self.step {
            Step::WritingIntent { .. } | Step::Asking { .. } => {
                self.look_again(turn);
                if self.failure.as_ref().is_some_and(Failure::is_final) {
                    self.hurry = Hurry::Person;
                }
            }
            // What this attempt met is older than what stands in the record, whenever its answer was read.
            Step::Marking { .. } => {
                self.failure = None;
                self.look_again(turn);
            }
            _ => {}
        }
    }

    fn is_over_budget(&mut self, now: Timestamp) -> bool {
        let Some(at) = self.budget.full_until(now) else { return false };
        let detail = "A dozen tokens were asked for within a minute. The next try waits for the minute to end.";
        let problem = Problem::new(Code::TooManyRequests).with_detail(detail);
        self.failure = Some(Failure { problem, at: now, remedy: Remedy::Retry { at, attempt: self.attempts + 2 } });
        self.not_before = Some(at);
        self.hurry = Hurry::No;
        true
    }

    fn write_intent(
        &mut self,
        generation: u64,
        connection: Box<Connection>,
        surroundings: &Surroundings,
        turn: &mut Turn,
    ) {
        self.budget.spend(turn.now);
        let intent = Intent {
            id: IntentId::from_random(turn.random),
            generation,
            epoch: surroundings.epoch,
            tab: surroundings.tab.clone(),
            started_at: turn.now,
            attempt: self.attempts,
            failure: None,
            shared: self.shared(surroundings, turn.now),
        };
        // The hurry was for this attempt: should it fail, the next one waits.
        self.hurry = Hurry::No;
        turn.want(Effect::WriteIntent(self.connection.id.clone(), intent.clone()));
        self.step = Step::WritingIntent { intent, connection };
    }

    /// An intent is durable: the request may leave, or the mark is set.
    pub fn intent_written(&mut self, id: &IntentId, turn: &mut Turn) {
        match std::mem::replace(&mut self.step, Step::Idle) {
            Step::WritingIntent { intent, connection } if intent.id == *id => {
                self.ask(intent, *connection, turn.now, turn);
            }
            Step::Marking { intent, .. } if intent == *id => self.marked(turn),
            other => self.step = other,
        }
    }

    fn ask(&mut self, intent: Intent, connection: Connection, earliest: Timestamp, turn: &mut Turn) {
        self.hurry = Hurry::No;
        turn.want(Effect::Ask { connection, intent: intent.clone() });
        self.step = Step::Asking { intent, asked_at: turn.now, earliest };
    }

    /// Our server answered, or could not be reached.
    pub fn answered(
        &mut self,
        id: &IntentId,
        answer: Result<TokenAnswer, Problem>,
        surroundings: &mut Surroundings,
        turn: &mut Turn,
    ) {
        let Step::Asking { intent, asked_at, earliest } = &self.step else { return };
        if intent.id != *id {
            return;
        }
        let (mut intent, asked_at, earliest) = (intent.clone(), *asked_at, *earliest);
        intent.shared = self.shared(surroundings, turn.now);
        match answer {
            Ok(answer) if !answer.access_token.is_empty() => {
                surroundings.recent.note(turn.now.since(asked_at));
                let token = received::token(answer, &intent, earliest, surroundings, turn.now, turn.draw());
                let facts = Box::new(token.facts.clone());
                let (connection, epoch) = (self.connection.id.clone(), intent.epoch);
                turn.want(Effect::Commit { connection, token, epoch, intent: intent.id.clone() });
                self.step = Step::Committing { intent, facts };
            }
            Ok(_) => self.refused(Problem::new(Code::UnreadableAnswer), intent, surroundings, turn),
            Err(problem) => self.refused(problem, intent, surroundings, turn),
        }
    }

    /// Asks the vault for what it holds now.
    pub fn read(&mut self, turn: &mut Turn) {
        self.reads = self.reads.saturating_add(1);
        self.looked_at = turn.now;
        turn.want(Effect::Read(self.connection.id.clone()));
    }

    /// The token is durable.
    pub fn committed(&mut self, generation: u64, turn: &mut Turn) {
        let Step::Committing { facts, .. } = &self.step else { return };
        if facts.generation != generation {
            return;
        }
        let facts = (**facts).clone();
        // Who waits for the lock should hear it before it is granted.
        turn.want(Effect::Tell(News::Token { connection: self.connection.id.clone(), generation }));
        self.unlock(turn);
        self.renewed(facts, turn);
    }

    /// Another writer was first: gives way, and looks at what it wrote.
    fn look_again(&mut self, turn: &mut Turn) {
        self.unlock(turn);
        self.read(turn);
        self.not_before = Some(turn.now + SOON);
        self.hurry = Hurry::No;
    }

    /// Ends the attempt.
    pub fn unlock(&mut self, turn: &mut Turn) {
        self.step = Step::Idle;
        turn.want(Effect::Unlock(self.connection.id.clone()));
    }
}

/// Whether a request under this intent may still bring a token, and nobody knows.
fn is_unknown(intent: &Intent, generation: u64, epoch: u64, now: Timestamp) -> bool {
    let unknown = |failure: &Failure| Outcome::of(failure.problem.code) == Outcome::Unknown;
    let outcome_unknown = intent.failure.as_ref().is_none_or(unknown);
    let recent = now < intent.started_at + OVER && intent.started_at <= now + FUTURE;
    intent.generation == generation && intent.epoch == epoch && outcome_unknown && recent
}

fn is_young(intent: &Intent, now: Timestamp) -> bool {
    now < intent.started_at + REPEATABLE && intent.started_at <= now + FUTURE
}

/// Whether an opening page finds a renewal begun, not ended, and young enough to be resumed.
pub(super) fn is_left_behind(intent: &Intent, generation: u64, now: Timestamp) -> bool {
    intent.generation == generation && intent.failure.is_none() && is_young(intent, now)
}
