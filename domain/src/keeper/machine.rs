use std::collections::BTreeMap;

use super::attempt::Step;
use super::entry::{Entry, Hurry};
use super::looking::{Looking, is_late};
use super::outcome::LONGEST_WAIT;
use super::surroundings::Surroundings;
use super::turn::Turn;
use super::waiters::{Waiters, release};
use super::{Command, Effect, Event, Failure, Held, Input, Moment, News, Notice, Phase, Revealed, WaiterId};
use crate::api::Code;
use crate::id::{ConnectionId, TabId};
use crate::time::{Span, Timestamp};
use crate::vault::StorageLevel;

/// A clock that goes back by less was not set, it was read twice.
pub(super) const CLOCK_STEP: Span = Span::from_seconds(2);
/// The shortest time between two looks: no clock and no record can make a tab run hot.
const SHORTEST_SLEEP: Span = Span::from_millis(20);

/// The state of one tab's keeper.
#[derive(Clone, Debug)]
pub struct Keeper {
    pub(super) phase: Phase,
    pub(super) surroundings: Surroundings,
    pub(super) entries: BTreeMap<ConnectionId, Entry>,
    pub(super) current: Option<ConnectionId>,
    pub(super) storage: Option<StorageLevel>,
    pub(super) revealed: Option<Revealed>,
    /// The connection whose token a person wants to see, and the generation asked for.
    pub(super) revealing: Option<(ConnectionId, u64)>,
    pub(super) notices: Vec<Notice>,
    pub(super) said: u64,
    /// Callers that came before the vault was open.
    pub(super) early: BTreeMap<ConnectionId, Waiters>,
    /// What a person wanted before the vault was open, in order.
    pub(super) early_deeds: Vec<Command>,
    /// How long a sign-out waits for the vault.
    pub(super) leaving_until: Option<Timestamp>,
    /// The vault is being read after the tab may have slept.
    pub(super) looking: Option<Looking>,
    /// The tab may have slept while the vault was being opened.
    pub(super) slept_early: bool,
    /// This browser's clock as it was last read.
    pub(super) last_seen: Option<Timestamp>,
    wake: Option<Timestamp>,
}

impl Keeper {
    /// A keeper that knows nothing yet; the first input it wants is `Opened`.
    pub fn new(tab: TabId) -> Self {
        Self {
            phase: Phase::Opening,
            surroundings: Surroundings::new(tab),
            entries: BTreeMap::new(),
            current: None,
            storage: None,
            revealed: None,
            revealing: None,
            notices: Vec::new(),
            said: 0,
            early: BTreeMap::new(),
            early_deeds: Vec::new(),
            leaving_until: None,
            looking: None,
            slept_early: false,
            last_seen: None,
            wake: None,
        }
    }

    /// Takes one input and gives what is to be done, in order.
    ///
    /// Any input may come at any time: an answer nobody waits for is ignored, and a lock nobody wants any more is given
    /// back at once. After a sign-out nothing is done any more; a new sign-in starts with a new keeper.
    pub fn handle(&mut self, input: Input, moment: Moment) -> Vec<Effect> {
        let mut turn = Turn::new(moment);
        self.watch_clock(moment.now);
        let is_woken = matches!(input, Input::Event(Event::Woke | Event::Resumed));
        let planned = if is_woken { self.wake.take() } else { None };
        if self.phase == Phase::Open && matches!(input, Input::Event(Event::Woke)) && is_late(planned, moment.now) {
            self.look(&mut turn);
        }
        match self.phase {
            Phase::Open => match input {
                Input::Command(command) => self.command(command, &mut turn),
                Input::Event(event) => self.event(event, &mut turn),
            },
            _ => self.while_closed(input, &mut turn),
        }
        self.finish(&mut turn);
        turn.effects
    }

    fn finish(&mut self, turn: &mut Turn) {
        std::mem::take(&mut turn.clocks).into_iter().for_each(|told| self.surroundings.clock.learn(told, turn.now));
        if let Some(epoch) = turn.signed_out {
            self.signed_out(epoch, turn);
        }
        self.leave_at_last(turn.now);
        if self.phase == Phase::Open {
            if self.is_looking(turn.now) {
                self.entries.values_mut().for_each(|entry| entry.waiters.expire(turn));
            } else {
                self.entries.values_mut().for_each(|entry| entry.tend(turn));
                self.sweep(turn);
            }
        }
        for (kind, text) in std::mem::take(&mut turn.notices) {
            self.say(kind, text);
        }
        self.plan_wake(turn);
    }

    /// A clock that was set back takes all that is measured by it along. One set forward needs nothing: everything is due
    /// early, once, as after a long sleep.
    fn watch_clock(&mut self, now: Timestamp) {
        if let Some(last) = self.last_seen
            && now + CLOCK_STEP < last
        {
            let by = last.since(now);
            self.entries.values_mut().for_each(|entry| entry.clock_went_back(by));
            self.early.values_mut().for_each(|waiters| waiters.clock_went_back(by));
            self.leaving_until = self.leaving_until.map(|until| until - by);
            self.looking.iter_mut().for_each(|looking| looking.clock_went_back(by));
            self.surroundings.clock.reset();
            self.wake = None;
        }
        self.last_seen = Some(now);
    }

    pub(super) fn command(&mut self, command: Command, turn: &mut Turn) {
        match command {
            Command::Save { connection, credential, obtain } => self.save(connection, credential, obtain, turn),
            Command::Choose(id) => self.choose(id, turn),
            Command::Remove(id) => self.remove(&id, turn),
            Command::Restore(id) => self.restore(&id, turn),
            Command::Obtain(id) => self.obtain(&id, true),
            Command::Retrieve(id) => self.obtain(&id, false),
            Command::Need { connection, waiter } => self.need(&connection, waiter, 0, turn),
            Command::Cancel(waiter) => self.entries.values_mut().for_each(|entry| entry.waiters.cancel(waiter)),
            Command::Reveal(id) => self.reveal(id, turn),
            Command::Conceal => (self.revealed, self.revealing) = (None, None),
            Command::Copy(id) => turn.want(Effect::Copy(id)),
            Command::Dismiss(id) => self.dismiss(id),
            Command::Set(settings) => self.set(settings, turn),
            Command::Lock => self.lock(turn),
            Command::SignOut => self.sign_out(turn),
        }
    }

    fn event(&mut self, event: Event, turn: &mut Turn) {
        match event {
            Event::Opened { .. } | Event::NotOpened(_) | Event::EpochAdvanced | Event::Woke => {}
            Event::Read { connection, held } => self.read(connection, held, turn),
            Event::TokenRead { connection, token } => {
                self.with(&connection, |entry, _| entry.adopt_token(token, turn));
                self.show_newest(&connection, turn);
            }
            Event::Resumed => self.look(turn),
            Event::Looked { epoch, held } => self.looked(epoch, held, turn),
            Event::NotLooked(_) => self.answered_look(),
            Event::SteppedDown(storage) => self.stepped_down(storage, turn),
            Event::Saved(id) => self.saved(&id, turn),
            Event::NotSaved(id, error) => self.not_saved(&id, &error, turn),
            Event::Locked { connection, held, epoch } => self.locked(&connection, held, epoch, turn),
            Event::NotLocked { connection, .. } => self.with(&connection, |entry, _| entry.not_locked(turn)),
            Event::LockLost(id) => self.with(&id, |entry, _| entry.lock_lost(turn)),
            Event::IntentWritten(id, intent) => self.with(&id, |entry, _| entry.intent_written(&intent, turn)),
            Event::IntentNotWritten(id, error) => self.with(&id, |entry, _| entry.intent_not_written(&error, turn)),
            Event::Answered { connection, intent, answer, clock } => {
                clock.into_iter().for_each(|sample| self.surroundings.clock.note(sample));
                self.with(&connection, |entry, around| entry.answered(&intent, answer, around, turn));
            }
            Event::Committed { connection, generation } => {
                self.with(&connection, |entry, _| entry.committed(generation, turn));
                self.show_newest(&connection, turn);
            }
            Event::NotCommitted { connection, error } => {
                self.with(&connection, |entry, _| entry.not_committed(&error, turn));
            }
            Event::Settings(settings) => self.follow(settings.unwrap_or_default()),
            Event::SettingsNotSaved(error) => self.settings_not_saved(&error, turn),
            Event::Clock(sample) => self.surroundings.clock.note(sample),
            Event::Heard(news) => self.heard(news, turn),
            Event::VaultLocked => self.vault_locked(turn),
            Event::Revealed(id, text) => self.show(id, text),
            Event::TokenInvalid(id) => self.token_invalid(&id, turn),
            Event::Copied(id, outcome) => self.copied(&id, outcome, turn),
            Event::Told(kind, text) => turn.say(kind, text),
            Event::Network { online } => self.network(online, turn.now),
            Event::Rejected { connection, generation, waiter } => self.rejected(&connection, generation, waiter, turn),
        }
    }

    /// Lets a connection's entry take an answer, if there still is one.
    fn with(&mut self, id: &ConnectionId, take: impl FnOnce(&mut Entry, &mut Surroundings)) {
        if let Some(entry) = self.entries.get_mut(id) {
            take(entry, &mut self.surroundings);
        }
    }

    fn locked(&mut self, id: &ConnectionId, held: Option<Held>, epoch: u64, turn: &mut Turn) {
        let waiting = self.entries.get_mut(id).filter(|entry| matches!(entry.step, Step::Locking { .. }));
        let Some(entry) = waiting else {
            if !self.entries.get(id).is_some_and(|entry| entry.step.holds_lock()) {
                turn.want(Effect::Unlock(id.clone()));
            }
            return;
        };
        if epoch > self.surroundings.epoch {
            entry.unlock(turn);
            turn.signed_out = Some(epoch);
            return;
        }
        match held {
            Some(held) => entry.locked(held, &self.surroundings, turn),
            None => {
                entry.gone = true;
                entry.unlock(turn);
            }
        }
        self.show_newest(id, turn);
    }

    fn obtain(&mut self, id: &ConnectionId, aloud: bool) {
        self.with(id, |entry, _| {
            // A request under way will do.
            entry.demand = Some(entry.generation()).max(entry.demand);
            entry.hurry = Hurry::Person;
            entry.person_asked |= aloud;
        });
    }

    fn need(&mut self, id: &ConnectionId, waiter: WaiterId, after: u64, turn: &mut Turn) {
        match self.entries.get_mut(id) {
            Some(entry) => entry.waiters.join(waiter, after, turn),
            None => release(waiter, Err(Box::new(Failure::for_person(Code::NotFound, turn.now))), turn),
        }
    }

    /// A token was refused by an API. Only if it is still the newest a new one is asked for.
    fn rejected(&mut self, id: &ConnectionId, generation: u64, waiter: WaiterId, turn: &mut Turn) {
        self.need(id, waiter, generation, turn);
        self.with(id, |entry, _| {
            if entry.generation() == generation {
                entry.demand = entry.demand.max(Some(generation));
            }
        });
    }

    fn network(&mut self, online: bool, now: Timestamp) {
        let back = online && !self.surroundings.online;
        self.surroundings.online = online;
        for entry in self.entries.values_mut().filter(|_| back) {
            let code = entry.failure.as_ref().map(|failure| failure.problem.code);
            if code == Some(Code::Unreachable) && entry.hurry == Hurry::No {
                entry.hurry = Hurry::Network(now);
            }
        }
    }

    fn heard(&mut self, news: News, turn: &mut Turn) {
        match news {
            News::Token { connection, generation } => {
                match self.entries.get(&connection).map(Entry::generation) {
                    Some(known) if known >= generation => {}
                    // All else stands as it was read before: callers wait for no more than this.
                    Some(_) => turn.want(Effect::ReadToken(connection)),
                    None => turn.want(Effect::Read(connection)),
                }
            }
            News::Connection { connection } | News::Failed { connection, .. } => self.look_up(connection, turn),
            News::Settings => turn.want(Effect::ReadSettings),
            News::SignedOut { epoch } if epoch > self.surroundings.epoch => turn.signed_out = Some(epoch),
            // What concerns the key is heard beside the keeper, which is told only what comes of it.
            News::SignedOut { .. } | News::Written { .. } | News::VaultLocked { .. } | News::VaultKey { .. } => {}
            News::VaultCleared { .. } | News::Sites { .. } => {}
        }
    }

    fn look_up(&mut self, id: ConnectionId, turn: &mut Turn) {
        match self.entries.get_mut(&id) {
            Some(entry) => entry.read(turn),
            None => turn.want(Effect::Read(id)),
        }
    }

    fn plan_wake(&mut self, turn: &mut Turn) {
        let now = turn.now;
        let looks = self
            .entries
            .values()
            .filter_map(|entry| [entry.next_look(now), entry.purge_at(now)].into_iter().flatten().min());
        // What is due must wait for the answer, or for its end.
        let looks: Vec<Timestamp> = match self.looking {
            Some(looking) => {
                let deadlines = self.entries.values().filter_map(|entry| entry.waiters.deadline());
                deadlines.chain([looking.until()]).collect()
            }
            None => looks.collect(),
        };
        let looks = looks.into_iter();
        let early = self.early.values().filter_map(Waiters::deadline);
        let Some(wanted) = looks.chain(early).chain(self.leaving_until).min() else { return };
        let at = wanted.clamp(now + SHORTEST_SLEEP, now + LONGEST_WAIT);
        let kept = self.wake.is_some_and(|wake| wake > now && (wake == at || (wake < at && wanted > at)));
        if !kept {
            self.wake = Some(at);
            turn.want(Effect::WakeAt(at));
        }
    }
}

pub(super) fn fail_unknown(mut waiters: Waiters, turn: &mut Turn) {
    let failure = Failure::for_person(Code::NotFound, turn.now);
    waiters.fail(&failure, turn);
}
