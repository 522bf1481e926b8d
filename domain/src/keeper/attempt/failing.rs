//! An attempt that brings no token: how it is told, marked for the other tabs, and tried again.

use super::super::entry::Entry;
use super::super::outcome::{Outcome, backoff};
use super::super::surroundings::Surroundings;
use super::super::turn::Turn;
use super::super::{Effect, Failure, Intent, News, NoticeKind, Remedy};
use super::{LATER, NETWORK_PATIENCE, SOON, Step};
use crate::api::{Code, Problem};
use crate::time::Span;
use crate::vault::StoreError;

impl Entry {
    /// An intent could not be written.
    pub fn intent_not_written(&mut self, error: &StoreError, turn: &mut Turn) {
        match (&self.step, error) {
            (Step::WritingIntent { .. } | Step::Marking { .. }, StoreError::SignedOut { current }) => {
                turn.signed_out = Some(*current);
            }
            (Step::WritingIntent { .. }, StoreError::Superseded { .. }) => self.look_again(turn),
            (Step::WritingIntent { .. }, _) => {
                self.retry_later(Problem::new(Code::NotStored), true, turn);
                self.marked(turn);
            }
            (Step::Marking { .. }, _) => self.marked(turn),
            _ => {}
        }
    }

    pub(super) fn refused(&mut self, problem: Problem, intent: Intent, surroundings: &Surroundings, turn: &mut Turn) {
        match Outcome::of(problem.code) {
            Outcome::Running => {
                let pause = Span::from_millis(turn.now.since(intent.started_at).millis() / 4);
                self.not_before = Some(turn.now + pause.clamp(SOON, LATER));
                self.unlock(turn);
            }
            Outcome::Unknown | Outcome::Failed => {
                let online = surroundings.online || problem.code != Code::Unreachable;
                self.retry_later(problem, online, turn);
                self.mark(intent, turn);
            }
            Outcome::Refused => {
                let failure = Box::new(Failure { problem, at: turn.now, remedy: Remedy::Person });
                self.read(turn);
                self.step = Step::Rereading { intent, failure };
            }
            Outcome::SignedOut => {
                let failure = Failure { problem, at: turn.now, remedy: Remedy::SignIn };
                self.answer(&failure, turn);
                self.failure = Some(failure);
                self.unlock(turn);
            }
        }
    }

    /// The record was read again after a refusal, or can't be. It stands if no newer token is there.
    pub fn reread(&mut self, turn: &mut Turn) {
        let Step::Rereading { intent, failure } = &self.step else { return };
        if self.reads > 0 {
            return;
        }
        if self.generation() >= intent.generation {
            return self.unlock(turn);
        }
        let (intent, failure) = (intent.clone(), (**failure).clone());
        self.answer(&failure, turn);
        let Problem { title, detail, .. } = &failure.problem;
        turn.say(NoticeKind::Problem, format!("{}: {title}. {detail}", self.connection.name));
        if self.demand.is_none_or(|beaten| beaten < intent.generation) {
            (self.demand, self.person_asked) = (None, false);
        }
        self.failure = Some(failure);
        self.attempts = self.attempts.saturating_add(1);
        self.mark(intent, turn);
    }

    fn retry_later(&mut self, problem: Problem, online: bool, turn: &mut Turn) {
        let now = turn.now;
        self.attempts = self.attempts.saturating_add(1);
        let at = now + backoff(self.attempts, self.rules.retries, problem.retry_after, turn.draw());
        let (at, remedy) = match online {
            true => (at, Remedy::Retry { at, attempt: self.attempts.saturating_add(1) }),
            false => (now + NETWORK_PATIENCE, Remedy::WaitForNetwork),
        };
        let failure = Failure { problem, at: now, remedy };
        self.answer(&failure, turn);
        if std::mem::take(&mut self.person_asked) {
            turn.say(NoticeKind::Problem, format!("{}: {}.", self.connection.name, failure.problem.title));
        }
        self.not_before = Some(at);
        self.failure = Some(failure);
        self.keep_trying();
    }

    fn mark(&mut self, mut intent: Intent, turn: &mut Turn) {
        intent.failure.clone_from(&self.failure);
        intent.attempt = self.attempts;
        self.step = Step::Marking { intent: intent.id.clone(), started_at: intent.started_at };
        turn.want(Effect::WriteIntent(self.connection.id.clone(), intent));
    }

    pub(super) fn marked(&mut self, turn: &mut Turn) {
        self.unlock(turn);
        if let Some(failure) = self.failure.clone() {
            let connection = self.connection.id.clone();
            turn.want(Effect::Tell(News::Failed { connection, failure }));
        }
    }

    /// The token could not be written.
    pub fn not_committed(&mut self, error: &StoreError, turn: &mut Turn) {
        let Step::Committing { intent, .. } = &self.step else { return };
        match error {
            StoreError::SignedOut { current } => turn.signed_out = Some(*current),
            StoreError::Superseded { .. } => self.look_again(turn),
            _ => {
                let intent = intent.clone();
                let detail = Code::NotStored.detail();
                turn.say(
                    NoticeKind::Problem,
                    format!("The new token for {} can't be stored. {detail}", self.connection.name),
                );
                self.retry_later(Problem::new(Code::NotStored), true, turn);
                self.mark(intent, turn);
            }
        }
    }
}
