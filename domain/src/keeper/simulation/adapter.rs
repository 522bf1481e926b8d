//! What a browser does with a keeper's effects.

use super::Flaw;
use super::browser::{Kind, TabNumber};
use super::happening::Happening;
use super::world::World;
use crate::connection::Connection;
use crate::id::ConnectionId;
use crate::keeper::{Effect, Event, Input, Intent, News};
use crate::tabs::LineInput;
use crate::time::Timestamp;
use crate::token::StoredToken;
use crate::vault::StoreError;

/// How long a tab waits for a lock, and how long one that runs holds it at most, in milliseconds.
const LONGEST_WAIT: i64 = 50_000;
const LONGEST_HOLD: i64 = 45_000;

impl World {
    pub fn carry_out(&mut self, tab: TabNumber, effect: Effect) {
        match effect {
            Effect::Read(connection) => {
                if !self.is_calm() && self.dice.chance(3) {
                    // A place that can't be read gives no answer.
                    return;
                }
                let held = self.browser.read(&connection, self.now, &mut self.dice);
                self.later(1, 20, Happening::Tell(tab, Event::Read { connection, held }));
            }
            Effect::ReadToken(connection) => {
                if !self.is_calm() && self.dice.chance(3) {
                    if let Some(tab) = self.tabs.get_mut(&tab) {
                        tab.told.remove(&connection);
                    }
                    return;
                }
                let held = self.browser.read(&connection, self.now, &mut self.dice);
                let token = held.and_then(|held| held.token);
                self.later(1, 20, Happening::Tell(tab, Event::TokenRead { connection, token }));
            }
            Effect::Look => {
                let ids: Vec<ConnectionId> = self.browser.records.keys().cloned().collect();
                let read = |id: &ConnectionId| self.browser.read(id, self.now, &mut self.dice);
                let held = ids.iter().filter_map(read).collect();
                let epoch = self.browser.epoch;
                self.later(1, 20, Happening::Tell(tab, Event::Looked { epoch, held }));
            }
            Effect::Lock(id) => self.lock(tab, id),
            Effect::Unlock(id) => self.give_back_lock(tab, id),
            Effect::WriteIntent(id, _) | Effect::Ask { connection: Connection { id, .. }, .. }
                if !self.holds(tab, &id) =>
            {
                self.is_not_done(tab, &id);
                self.later(0, 2, Happening::Tell(tab, Event::LockLost(id)));
            }
            Effect::WriteIntent(id, intent) => {
                if intent.failure.is_none() {
                    self.check_wait(tab, &id);
                }
                self.begun.entry(intent.id.clone()).or_insert((self.now, intent.epoch));
                self.later(2, 20, Happening::WriteIntent(tab, id, intent));
            }
            Effect::EndIntent(id, intent) => self.browser.end_intent(&id, &intent),
            Effect::Ask { connection, intent } => {
                self.check_unlocked(tab);
                self.check_lock(tab, &connection.id);
                self.ask(tab, connection.id, intent);
            }
            Effect::Commit { connection, token, epoch, .. } => {
                self.later(2, 20, Happening::Commit(tab, connection, token, epoch));
            }
            Effect::Release { waiter, outcome } => self.release(tab, waiter, outcome.ok()),
            Effect::Tell(news) => self.spread(tab, &news),
            Effect::WakeAt(at) => self.set_timer(tab, at),
            Effect::AdvanceEpoch => self.later(2, 200, Happening::AdvanceEpoch(tab)),
            Effect::LockVault => self.later(2, 200, Happening::LockVault(tab)),
            _ => {}
        }
    }

    /// What a person wanted in this tab is not done yet.
    fn is_not_done(&mut self, tab: TabNumber, id: &ConnectionId) {
        if let Some(tab) = self.tabs.get_mut(&tab).filter(|tab| tab.acting.contains(id)) {
            tab.obtained.insert(id.clone());
        }
    }

    pub fn lock(&mut self, tab: TabNumber, connection: ConnectionId) {
        if !self.is_calm() && self.dice.chance(1) {
            let reason = "simulated".to_owned();
            return self.later(1, 500, Happening::Tell(tab, Event::NotLocked { connection, reason }));
        }
        let wait = self.bound(tab, &connection);
        self.at(self.now + LONGEST_WAIT - LONGEST_HOLD, Happening::Looks(tab, connection.clone(), wait));
        if self.flaw == Flaw::Rereads {
            let held = self.browser.held(&connection);
            self.unread.insert((tab, connection.clone()), held);
        }
        if let Some(next) = self.browser.lock(&connection, tab, self.flaw, &mut self.dice) {
            self.later(1, 10, Happening::Grant(next, connection));
        }
    }

    /// A tab does not want the lock any more: a grant on its way to it is not heard.
    fn give_back_lock(&mut self, tab: TabNumber, id: ConnectionId) {
        let is_grant = |happening: &Happening| matches!(happening, Happening::Grant(to, of) if *to == tab && *of == id);
        self.queue.retain(|_, happening| !is_grant(happening));
        match self.write_ends(tab, &id) {
            Some(end) => {
                self.browser.leave_later(&id, tab);
                self.at(end, Happening::GiveBack(tab, id));
            }
            None => self.unlock(tab, id, 1),
        }
    }

    /// When what this tab writes under the lock is written: a tab does one thing after the other, so a keeper that gives the
    /// lock back in mid-write, as at a sign-out, gives it back after that.
    fn write_ends(&self, tab: TabNumber, id: &ConnectionId) -> Option<i64> {
        let is_write = |happening: &Happening| match happening {
            Happening::WriteIntent(of, written, _) | Happening::Commit(of, written, ..) => *of == tab && written == id,
            _ => false,
        };
        self.queue.iter().filter(|(_, happening)| is_write(happening)).map(|((at, _), _)| *at).max()
    }

    /// The lock is there: the record is read, and a bound set on how long it is held.
    pub fn grant(&mut self, tab: TabNumber, connection: ConnectionId) {
        let grant = self.bound(tab, &connection);
        let until = self.now + LONGEST_HOLD;
        let whole = self.browser.kind == Kind::Whole;
        let lock = self.browser.locks.entry(connection.clone()).or_default();
        if whole && !lock.holders.contains(&tab) {
            // It stood still from before the grant until the lock was taken away.
            let reason = "taken away".to_owned();
            return self.tell(tab, Input::Event(Event::NotLocked { connection, reason }));
        }
        lock.mark = Some(grant);
        lock.until.insert(tab, until);
        self.at(until, Happening::HoldEnds(tab, connection.clone(), grant));
        let trapped = std::mem::take(&mut self.trap) || self.is_trapped();
        if trapped && !self.is_calm() {
            self.later(0, 100, Happening::Freeze(tab));
        }
        let held = match self.unread.remove(&(tab, connection.clone())) {
            Some(held) => held,
            None => self.browser.read(&connection, self.now, &mut self.dice),
        };
        let epoch = self.browser.epoch;
        self.tell(tab, Input::Event(Event::Locked { connection, held, epoch }));
    }

    fn bound(&mut self, tab: TabNumber, connection: &ConnectionId) -> u64 {
        let number = self.number();
        self.browser.locks.entry(connection.clone()).or_default().bounds.insert(tab, number);
        number
    }

    /// What a tab wrote under a lock it gives back is written.
    pub fn gives_back(&mut self, tab: TabNumber, id: ConnectionId) {
        if let Some(next) = self.browser.leave(&id, tab, self.flaw, &mut self.dice) {
            self.later(1, 6, Happening::Grant(next, id));
        }
    }

    /// A holder lets go by itself; it is not told, its commit is fenced.
    pub fn hold_ends(&mut self, tab: TabNumber, connection: ConnectionId, grant: u64) {
        let lock = self.browser.locks.entry(connection.clone()).or_default();
        if lock.bounds.get(&tab) == Some(&grant) && lock.holders.contains(&tab) {
            self.unlock(tab, connection, 1);
        }
    }

    /// A tab that waits notes who holds the lock; from now on it waits as long as that one may hold it.
    pub fn looks(&mut self, tab: TabNumber, connection: ConnectionId, wait: u64) {
        let lock = self.browser.locks.entry(connection.clone()).or_default();
        if lock.bounds.get(&tab) == Some(&wait) && lock.queue.contains(&tab) {
            lock.seen.remove(&tab);
            lock.seen.extend(lock.sign().map(|sign| (tab, sign)));
            self.at(self.now + LONGEST_HOLD, Happening::WaitEnds(tab, connection, wait));
        }
    }

    /// A tab has waited long enough: it gives up, or takes the lock from a holder that is past its time.
    pub fn wait_ends(&mut self, tab: TabNumber, connection: ConnectionId, wait: u64) {
        let whole = self.browser.kind == Kind::Whole;
        let lock = self.browser.locks.entry(connection.clone()).or_default();
        if lock.bounds.get(&tab) == Some(&wait) && lock.queue.contains(&tab) {
            lock.queue.retain(|waiting| *waiting != tab);
            let seen = lock.seen.remove(&tab);
            if whole && self.flaw != Flaw::Bounds && seen.is_some() && seen == lock.sign() {
                (lock.holders, lock.mark) = (vec![tab], None);
                lock.leaving.clear();
                self.report.stolen += 1;
                self.note(tab, || format!("steals the lock of {connection}"));
                return self.later(1, 10, Happening::Grant(tab, connection));
            }
            let reason = "waited".to_owned();
            self.tell(tab, Input::Event(Event::NotLocked { connection, reason }));
        }
    }

    pub fn write_intent(&mut self, tab: TabNumber, id: ConnectionId, mut intent: Intent) {
        if !self.tabs.contains_key(&tab) {
            return;
        }
        intent.shared = self.carried(intent.shared);
        let full = if self.storage_full { Err(StoreError::QuotaExceeded) } else { Ok(()) };
        let written = full.and_then(|()| self.browser.write_intent(&id, intent.clone(), self.now, self.flaw));
        let event = match written {
            Ok(()) => {
                self.is_marked(tab, &id, &intent);
                Event::IntentWritten(id, intent.id)
            }
            Err(error) => {
                self.is_not_done(tab, &id);
                Event::IntentNotWritten(id, error)
            }
        };
        self.later(0, 2, Happening::Tell(tab, event));
    }

    /// A tab that was killed before its transaction was durable takes it along.
    pub fn advance_epoch(&mut self, tab: TabNumber) {
        if self.tabs.contains_key(&tab) {
            self.browser.epoch += 1;
            self.spread(tab, &News::SignedOut { epoch: self.browser.epoch });
            self.later(0, 2, Happening::Tell(tab, Event::EpochAdvanced));
        }
    }

    pub fn commit(&mut self, tab: TabNumber, connection: ConnectionId, mut token: StoredToken, epoch: u64) {
        // A transaction of a tab that was killed is undone or durable, and nobody is told.
        if !self.tabs.contains_key(&tab) && self.dice.chance(50) {
            return;
        }
        token.facts.shared = self.carried(token.facts.shared);
        let generation = token.facts.generation;
        let issued = token.access_token.expose().parse().unwrap_or(usize::MAX);
        let full = if self.storage_full { Err(StoreError::QuotaExceeded) } else { Ok(()) };
        let written = full.and_then(|()| self.browser.commit(&connection, token.facts, epoch, self.now, self.flaw));
        let event = match written {
            Ok(()) => {
                self.committed.insert((connection.clone(), generation), issued);
                self.committed_at.insert(connection.clone(), self.now);
                self.refused.remove(&connection);
                Event::Committed { connection, generation }
            }
            Err(error) => Event::NotCommitted { connection, error },
        };
        self.later(0, 2, Happening::Tell(tab, event));
    }

    pub fn spread(&mut self, from: TabNumber, news: &News) {
        if self.wires.are_there() {
            return self.line(from, LineInput::Tell(news.clone()));
        }
        let others: Vec<TabNumber> = self.tabs.keys().copied().filter(|tab| *tab != from).collect();
        for tab in others {
            if !self.is_calm() && self.dice.chance(self.lost) {
                continue;
            }
            let copies = if self.dice.chance(5) { 2 } else { 1 };
            for _ in 0..copies {
                let slowest = if self.dice.chance(10) { 5_000 } else { 50 };
                self.later(0, slowest, Happening::Tell(tab, Event::Heard(news.clone())));
            }
        }
    }

    /// A page's timer counts true time, whatever the clock shows meanwhile, and comes late in a hidden tab.
    pub fn set_timer(&mut self, number: TabNumber, at: Timestamp) {
        if at <= self.clock() {
            self.fail(format!("tab {number} wants to be woken in the past"));
        }
        let delay = at.since(self.clock()).millis();
        let timer = self.number();
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        tab.timer = timer;
        let late = if tab.hidden { 60_000 } else { 20 };
        self.later(delay, delay + late, Happening::Timer(number, timer));
        self.wants_ring(number, at);
    }
}
