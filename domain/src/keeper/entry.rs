use std::collections::VecDeque;

use super::attempt::Step;
use super::budget::Budget;
use super::outcome::LONGEST_WAIT;
use super::serving::WORTH_WAITING;
use super::surroundings::Rules;
use super::turn::Turn;
use super::waiters::Waiters;
use super::{Effect, Failure, Held, Intent, NoticeKind, Remedy};
use crate::api::Code;
use crate::connection::Connection;
use crate::time::{Span, Timestamp, words};
use crate::token::{Stage, TokenFacts};

/// A clock may differ by this much between two readings without having been set.
pub(super) const CLOCK_TOLERANCE: Span = Span::from_seconds(5);
/// How often a connection that waits for a person looks for news that were lost.
const CHECK_EVERY: Span = Span::from_seconds(300);
/// How long the vault is given to answer a read; one that can't be read must not hold up an attempt or a caller.
const READ_PATIENCE: Span = Span::from_seconds(5);

/// One connection in the keeper's care.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub connection: Connection,
    /// The facts of the newest token this tab knows.
    pub token: Option<TokenFacts>,
    pub has_credential: bool,
    /// The last failure since the last success.
    pub failure: Option<Failure>,
    /// How far this tab's attempt has come.
    pub step: Step,
    pub waiters: Waiters,
    /// Writes of the connection that are not answered yet, oldest first.
    pub writes: VecDeque<Writing>,
    /// Reads that are not answered yet.
    pub reads: u32,
    /// When the vault was last read, or asked to be.
    pub looked_at: Timestamp,
    /// The vault was read since the callers there came.
    pub looked_for_callers: bool,
    /// The vault holds it no more; it stays here until the attempt has ended.
    pub gone: bool,
    /// This tab removed it.
    pub removed_here: bool,
    /// It was the current connection when this tab removed it.
    pub was_current: bool,
    /// Failures in a row.
    pub attempts: u32,
    /// Nothing is tried by itself before.
    pub not_before: Option<Timestamp>,
    /// A token of a later generation is wanted, though this one may be good.
    pub demand: Option<u64>,
    /// Why not to keep to a wait or a mark.
    pub hurry: Hurry,
    /// A person asked for the token that comes next, and is told of it.
    pub person_asked: bool,
    pub budget: Budget,
    /// Since when the record under the lock is older than what this tab knows.
    pub fell_back: Option<Timestamp>,
    /// What a person set.
    pub rules: Rules,
    /// How far this browser's clock went back since the token was received.
    pub behind: Span,
}

/// A write of a connection, by what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Saved by a person; then a token is obtained or not.
    Save { obtain: bool },
    /// Removed by a person.
    Remove,
    /// Brought back by a person.
    Restore,
}

/// Why an attempt goes ahead of a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hurry {
    /// It does not.
    #[default]
    No,
    /// The network came back then: a wait for it from before is over.
    Network(Timestamp),
    /// A person asked for it.
    Person,
}

impl Entry {
    pub fn new(connection: Connection, rules: Rules) -> Self {
        Self {
            connection,
            token: None,
            has_credential: false,
            failure: None,
            step: Step::Idle,
            waiters: Waiters::default(),
            writes: VecDeque::new(),
            reads: 0,
            looked_at: Timestamp::default(),
            looked_for_callers: false,
            gone: false,
            removed_here: false,
            was_current: false,
            attempts: 0,
            not_before: None,
            demand: None,
            hurry: Hurry::No,
            person_asked: false,
            budget: Budget::default(),
            fell_back: None,
            rules,
            behind: Span::ZERO,
        }
    }

    /// The generation of the newest token; 0 without one.
    pub fn generation(&self) -> u64 {
        self.token.as_ref().map_or(0, |token| token.generation)
    }

    /// Whether a new token is wanted.
    pub fn wants(&self, now: Timestamp) -> bool {
        let aged = self.rules.automatic && matches!(self.stage(now), Some(Stage::Due | Stage::Expired));
        aged || self.demand.is_some() || !self.waiters.is_empty()
    }

    /// What stands in the way of an attempt: why callers should not wait for one.
    pub fn obstacle(&self, now: Timestamp) -> Option<Failure> {
        if self.gone || self.connection.removed_at.is_some() {
            return Some(Failure::for_person(Code::NotFound, now));
        }
        if !self.has_credential {
            return Some(Failure::for_person(Code::NoCredential, now));
        }
        let failure = self.failure.clone().filter(|_| self.hurry == Hurry::No)?;
        let far = self.not_before.is_some_and(|at| at > now + WORTH_WAITING);
        (failure.is_final() || far).then_some(failure)
    }

    /// Whether a wait or a mark is to be kept to.
    pub fn is_held_back(&self, now: Timestamp) -> bool {
        let waits = self.not_before.is_some_and(|at| at > now);
        let marked = self.failure.as_ref().is_some_and(Failure::is_final);
        self.hurry == Hurry::No && (waits || marked)
    }

    /// Lets those go who can be helped, and begins what is due.
    pub fn tend(&mut self, turn: &mut Turn) {
        self.serve(turn);
        self.waiters.expire(turn);
        if self.read_deadline().is_some_and(|at| at <= turn.now) {
            self.reads = 0;
            self.looked_for_callers = true;
            self.reread(turn);
        }
        self.looked_for_callers &= !self.waiters.is_empty();
        if self.next_check().is_some_and(|at| at <= turn.now) {
            self.read(turn);
        }
        if !self.wants(turn.now) {
            if matches!(self.step, Step::Locking { .. }) {
                // Another tab was faster: whoever waits behind this one need not wait for it.
                self.unlock(turn);
            }
            return;
        }
        if self.step != Step::Idle {
            return;
        }
        if let Some(failure) = self.obstacle(turn.now) {
            self.tell_callers(&failure, turn);
            self.turn_down(&failure, turn);
        } else if !self.is_held_back(turn.now) {
            self.step = Step::Locking { since: turn.now };
            turn.want(Effect::Lock(self.connection.id.clone()));
        }
    }

    /// Lets callers go with why there is nothing to wait for. Another tab may have mended it unheard, for news can be lost:
    /// the vault is asked before callers are told.
    fn tell_callers(&mut self, failure: &Failure, turn: &mut Turn) {
        let lasts = self.gone || self.connection.removed_at.is_some();
        if self.waiters.is_empty() || lasts || std::mem::take(&mut self.looked_for_callers) {
            self.waiters.fail(failure, turn);
        } else if self.reads == 0 {
            self.read(turn);
        }
    }

    /// An answer to a read is there.
    pub fn was_read(&mut self) {
        self.reads = self.reads.saturating_sub(1);
        self.looked_for_callers = self.reads == 0 && !self.waiters.is_empty();
    }

    /// Until when the vault may take to answer.
    fn read_deadline(&self) -> Option<Timestamp> {
        (self.reads > 0).then_some(self.looked_at + READ_PATIENCE)
    }

    /// Whether a person must do something before anything is tried.
    fn is_stopped(&self) -> bool {
        let marked = self.failure.as_ref().is_some_and(Failure::is_final);
        !self.has_credential || (marked && self.hurry == Hurry::No)
    }

    /// When a connection that is stopped looks whether it was mended in another tab.
    fn next_check(&self) -> Option<Timestamp> {
        let rests = self.step == Step::Idle && self.reads == 0 && !self.gone && self.connection.removed_at.is_none();
        (rests && self.is_stopped()).then_some(self.looked_at + CHECK_EVERY)
    }

    /// A person asked, and it can't be begun at all.
    fn turn_down(&mut self, failure: &Failure, turn: &mut Turn) {
        let impossible = matches!(failure.problem.code, Code::NotFound | Code::NoCredential);
        if impossible && self.demand.take().is_some() && self.person_asked {
            self.person_asked = false;
            turn.say(NoticeKind::Problem, format!("{}: {}", self.connection.name, failure.problem.detail));
        }
    }

    /// Takes over what the vault holds, as far as it is newer.
    pub fn adopt(&mut self, held: Held, turn: &mut Turn) {
        self.looked_at = turn.now;
        self.gone = false;
        if self.writes.is_empty() {
            self.connection = held.connection;
            self.has_credential = held.has_credential;
        }
        self.adopt_token(held.token, turn);
        if let Some(intent) = &held.intent {
            self.learn(&intent.shared, intent.generation > self.generation(), turn);
        }
        if let Some(intent) = held.intent.filter(|intent| intent.generation > self.generation()) {
            self.heed(intent, turn.now);
        }
    }

    /// Takes over the token the vault holds, if it is newer.
    pub fn adopt_token(&mut self, token: Option<TokenFacts>, turn: &mut Turn) {
        if token.as_ref().map_or(0, |token| token.generation) >= self.generation() {
            self.fell_back = None;
        }
        if let Some(token) = &token {
            self.learn(&token.shared, token.generation > self.generation(), turn);
        }
        if let Some(token) = token.filter(|token| token.generation > self.generation()) {
            if token.shared.asked.is_empty() && !token.is_cleared() {
                // A build from before tabs shared this wrote it.
                self.budget.spend(token.received_at.min(turn.now));
            }
            self.renewed(token, turn);
        }
    }

    /// The token is replaced by a newer one.
    pub fn renewed(&mut self, token: TokenFacts, turn: &mut Turn) {
        let generation = token.generation;
        if self.person_asked && !token.is_cleared() {
            let life = words::span(token.expires_at.since(turn.now));
            turn.say(NoticeKind::Done, format!("New token for {}. It is valid for {life}.", self.connection.name));
        }
        self.demand = self.demand.filter(|beaten| *beaten >= generation);
        if self.demand.is_none() {
            (self.person_asked, self.hurry) = (false, Hurry::No);
        }
        self.token = Some(token.planned_by(&self.rules.policy));
        self.behind = Span::ZERO;
        self.recovered();
    }

    /// A person set something else.
    pub fn follow(&mut self, rules: Rules) {
        self.rules = rules;
        self.token = self.token.take().map(|token| token.planned_by(&rules.policy));
    }

    /// Nothing is known to be wrong any more.
    pub fn recovered(&mut self) {
        self.failure = None;
        self.attempts = 0;
        self.not_before = None;
        self.waiters.recovered();
    }

    /// A token once asked for is wanted until it comes or a person must act, whoever waits for it.
    pub fn keep_trying(&mut self) {
        self.demand = self.demand.max(Some(self.generation()));
    }

    /// Keeps to how another tab's attempt ended.
    fn heed(&mut self, intent: Intent, now: Timestamp) {
        let Some(failure) = intent.failure else { return };
        // A failure from the future happened before the clock was set back: when its wait ends can't be told.
        let past = failure.at <= now + CLOCK_TOLERANCE;
        let wait = match failure.remedy {
            Remedy::Retry { at, .. } if past => Some(at.min(now + LONGEST_WAIT)),
            _ => None,
        };
        // Who hurries because the network is back does so for want of a network only.
        if let Hurry::Network(back) = self.hurry
            && (failure.at > back || failure.problem.code != Code::Unreachable)
        {
            self.hurry = Hurry::No;
        }
        // What this tab met since then, and could not write down, is the newer word; else two tabs would set each other off. But
        // a refusal stands until a person acts, whatever came between.
        let outlasts = |own: &Failure| own.at > failure.at && own.at <= now && (own.is_final() || !failure.is_final());
        if self.failure.as_ref().is_some_and(outlasts) {
            self.not_before = self.not_before.max(wait);
            return;
        }
        if self.hurry == Hurry::No {
            self.not_before = wait;
        }
        if !failure.is_final() {
            self.keep_trying();
        }
        self.attempts = self.attempts.max(intent.attempt);
        self.failure = Some(failure);
    }

    /// When this connection wants to be looked at again, if nothing else happens.
    pub fn next_look(&self, now: Timestamp) -> Option<Timestamp> {
        let deadline = self.waiters.deadline();
        let rests = self.step == Step::Idle && !self.is_stopped() && self.connection.removed_at.is_none();
        let token = self.token.as_ref().filter(|token| self.rules.automatic && !token.is_cleared());
        let due = token.map(|token| token.renew_at - self.behind);
        let begin =
            if self.wants(now) { self.not_before } else { due.map(|due| due.max(self.not_before.unwrap_or(due))) };
        let begin = begin.filter(|_| rests);
        let is_awaited = !self.waiters.is_empty() || matches!(self.step, Step::Rereading { .. });
        let read = self.read_deadline().filter(|_| is_awaited);
        [deadline, self.next_patient(now), begin, self.next_check(), read].into_iter().flatten().min()
    }

    /// This browser's clock was set back: all that is measured by it moves along.
    pub fn clock_went_back(&mut self, by: Span) {
        self.behind = self.behind + by;
        self.not_before = self.not_before.map(|at| at - by);
        self.looked_at = self.looked_at - by;
        self.fell_back = self.fell_back.map(|at| at - by);
        self.waiters.clock_went_back(by);
        self.budget.clock_went_back(by);
    }
}
