//! The time before the vault is open, while it is locked, and after a sign-out.

use super::attempt::Step;
use super::entry::Entry;
use super::machine::fail_unknown;
use super::records::storage_words;
use super::turn::Turn;
use super::waiters::release;
use super::{Command, Effect, Event, Failure, Held, Input, Keeper, News, NoticeKind, Phase, Remedy};
use crate::api::Code;
use crate::id::ConnectionId;
use crate::time::{Span, Timestamp};
use crate::vault::{StorageLevel, StoreError};

/// How long a sign-out waits until the vault knows of it: a page that is left takes its open transactions along.
const LEAVE: Span = Span::from_seconds(5);
/// More than a person can want while a vault is opened.
const MOST_DEEDS: usize = 1_000;

impl Keeper {
    /// Before the vault is open callers and deeds wait; while it is locked, after a sign-out, or without a vault, they are let go.
    pub(super) fn while_closed(&mut self, input: Input, turn: &mut Turn) {
        match (input, &self.phase) {
            (
                Input::Event(Event::Opened { storage, epoch, held, current, settings, set_aside }),
                Phase::Opening | Phase::Failed(_) | Phase::Locked,
            ) => {
                self.surroundings.settings = settings.unwrap_or_default().bounded();
                self.opened(storage, epoch, current, turn);
                self.look_at(held, &set_aside, turn);
                std::mem::take(&mut self.early_deeds).into_iter().for_each(|deed| self.command(deed, turn));
                if std::mem::take(&mut self.slept_early) {
                    self.look(turn);
                }
            }
            // What is read while the tab sleeps may be out of date when it is there.
            (Input::Event(Event::Resumed), Phase::Opening | Phase::Failed(_) | Phase::Locked) => {
                self.slept_early = true
            }
            (Input::Event(Event::NotOpened(error)), Phase::Opening | Phase::Locked) => self.not_opened(&error, turn),
            (Input::Event(Event::VaultLocked), Phase::Opening | Phase::Failed(_)) => self.vault_locked(turn),
            (Input::Event(Event::Locked { connection, .. }), _) => turn.want(Effect::Unlock(connection)),
            (Input::Event(Event::Network { online }), _) => self.surroundings.online = online,
            (Input::Event(Event::EpochAdvanced), Phase::Leaving) => self.left(),
            (
                Input::Event(Event::Heard(News::SignedOut { epoch })),
                Phase::Opening | Phase::Failed(_) | Phase::Locked,
            ) if epoch > self.surroundings.epoch => self.signed_out(epoch, turn),
            (Input::Command(Command::SignOut), Phase::Opening | Phase::Failed(_) | Phase::Locked) => {
                self.sign_out(turn)
            }
            (Input::Command(Command::Dismiss(id)), _) => self.dismiss(id),
            (Input::Command(Command::Cancel(waiter)), _) => {
                self.early.values_mut().for_each(|waiters| waiters.cancel(waiter));
            }
            (Input::Command(Command::Need { connection, waiter }), Phase::Opening) => {
                self.early.entry(connection).or_default().join(waiter, 0, turn);
            }
            (Input::Command(deed), Phase::Opening) if self.early_deeds.len() < MOST_DEEDS => {
                self.early_deeds.push(deed)
            }
            (Input::Command(Command::Need { waiter, .. }) | Input::Event(Event::Rejected { waiter, .. }), phase) => {
                let failure = closed(phase, turn.now);
                release(waiter, Err(Box::new(failure)), turn);
            }
            _ => {}
        }
        self.early.values_mut().for_each(|waiters| waiters.expire(turn));
    }

    fn opened(&mut self, storage: StorageLevel, epoch: u64, current: Option<ConnectionId>, turn: &mut Turn) {
        self.phase = Phase::Open;
        self.storage = Some(storage);
        self.surroundings.epoch = epoch;
        self.current = current;
        if let Some(text) = storage_words(storage) {
            turn.say(NoticeKind::Info, text);
        }
    }

    fn look_at(&mut self, held: Vec<Held>, set_aside: &[String], turn: &mut Turn) {
        if !set_aside.is_empty() {
            let text = format!("Records that could not be read were set aside: {}. The others work.", set_aside.len());
            turn.say(NoticeKind::Problem, text);
        }
        for held in held {
            let mut entry = Entry::new(held.connection.clone(), self.surroundings.settings.into());
            entry.demand = entry.resumes(&held, turn.now);
            entry.adopt(held, turn);
            if let Some(token) = &entry.token {
                self.surroundings.recent.note(token.took);
            }
            if entry.failure.as_ref().is_some_and(|failure| failure.remedy == Remedy::SignIn) {
                entry.recovered();
            }
            self.entries.insert(entry.connection.id.clone(), entry);
        }
        if self.current.is_none() {
            self.current = self.first_by_name();
        }
        for (connection, waiters) in std::mem::take(&mut self.early) {
            match self.entries.get_mut(&connection) {
                Some(entry) => entry.waiters = waiters,
                None => fail_unknown(waiters, turn),
            }
        }
    }

    fn not_opened(&mut self, error: &StoreError, turn: &mut Turn) {
        let text = match error {
            // Reloading changes nothing there, and the text says what does.
            StoreError::InsecureContext => error.to_string(),
            _ => format!("The vault of this browser can't be opened: {error}. Reload the page to try again."),
        };
        self.phase = Phase::Failed(text);
        self.early_deeds.clear();
        let failure = closed(&self.phase, turn.now);
        std::mem::take(&mut self.early).into_values().for_each(|mut waiters| waiters.fail(&failure, turn));
    }

    /// The other tabs lock at once; this page may be left only when the vault knows, which tabs that hear nothing read.
    pub(super) fn sign_out(&mut self, turn: &mut Turn) {
        let epoch = self.surroundings.epoch + 1;
        turn.want(Effect::Tell(News::SignedOut { epoch }));
        turn.want(Effect::AdvanceEpoch);
        self.forget(epoch, turn);
        (self.phase, self.leaving_until) = (Phase::Leaving, Some(turn.now + LEAVE));
    }

    fn left(&mut self) {
        (self.phase, self.leaving_until) = (Phase::SignedOut, None);
    }

    /// A vault that does not answer keeps nobody signed in.
    pub(super) fn leave_at_last(&mut self, now: Timestamp) {
        if self.leaving_until.is_some_and(|until| until <= now) {
            self.left();
        }
    }

    /// A person signed out in another tab.
    pub(super) fn signed_out(&mut self, epoch: u64, turn: &mut Turn) {
        turn.want(Effect::Forget);
        self.forget(epoch, turn);
    }

    fn forget(&mut self, epoch: u64, turn: &mut Turn) {
        self.phase = Phase::SignedOut;
        self.surroundings.epoch = epoch;
        self.forget_all(&closed(&self.phase, turn.now), turn);
    }

    /// Lets all callers go with this failure, gives all locks back, and forgets what is known and what was said.
    pub(super) fn forget_all(&mut self, failure: &Failure, turn: &mut Turn) {
        self.early_deeds.clear();
        for (id, mut entry) in std::mem::take(&mut self.entries) {
            if entry.step.holds_lock() || matches!(entry.step, Step::Locking { .. }) {
                turn.want(Effect::Unlock(id));
            }
            entry.waiters.fail(failure, turn);
        }
        std::mem::take(&mut self.early).into_values().for_each(|mut waiters| waiters.fail(failure, turn));
        (self.current, self.revealed, self.revealing) = (None, None, None);
        turn.notices.clear();
        self.notices.clear();
    }
}

/// Why nobody gets a token while the vault is closed.
pub(super) fn closed(phase: &Phase, now: Timestamp) -> Failure {
    match phase {
        Phase::Locked => Failure::for_person(Code::VaultLocked, now),
        Phase::Failed(_) => Failure::for_person(Code::NotStored, now),
        _ => Failure { remedy: Remedy::SignIn, ..Failure::for_person(Code::NotSignedIn, now) },
    }
}
