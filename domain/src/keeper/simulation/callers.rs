//! Those who ask for tokens: they come, wait in line, go away, and are let go.

use super::browser::TabNumber;
use super::happening::Happening;
use super::world::World;
use crate::id::ConnectionId;
use crate::keeper::{Command, Event, Input, WaiterId};

/// One who waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub connection: ConnectionId,
    pub since: i64,
    /// Only a later generation helps.
    pub after: u64,
    /// The place in line, once its tab has heard of it.
    pub joined: Option<u64>,
}

impl World {
    /// Somebody somewhere asks for a token, and before long somebody else.
    pub fn call(&mut self) {
        let numbers = self.running();
        if let Some(tab) = (!numbers.is_empty()).then(|| self.dice.pick(&numbers)) {
            let connection = self.any_connection();
            let at_hand = self.take_at_hand(tab, &connection);
            if at_hand.is_none() || self.dice.chance(50) {
                self.need(tab, connection, at_hand.is_some());
            }
        }
        self.later(100, 20_000, Happening::Call);
    }

    fn take_at_hand(&mut self, number: TabNumber, connection: &ConnectionId) -> Option<u64> {
        let clock = self.clock();
        if self.wire_of(number).is_some_and(|wire| wire.line.is_deaf()) {
            return None;
        }
        let generation = self.tabs.get_mut(&number)?.keeper.at_hand(connection, clock)?;
        self.note(number, || format!("has generation {generation} of {connection} at hand"));
        self.report.served += 1;
        self.check_valid(number, connection, generation);
        self.check_signed_in(number);
        self.check_unlocked(number);
        Some(generation)
    }

    /// A caller asks for a token; one that could have been had without asking comes at once. Some of those who wait go away.
    fn need(&mut self, number: TabNumber, connection: ConnectionId, at_once: bool) {
        let waiter = self.expect(number, &connection, 0);
        self.tell(number, Input::Command(Command::Need { connection, waiter }));
        self.check_slow(number, waiter);
        if !self.tabs.get(&number).is_some_and(|tab| tab.waiting.contains_key(&waiter)) {
            return;
        }
        if at_once {
            self.fail(format!("tab {number} lets {waiter:?} wait for a token that is at hand"));
        }
        if self.dice.chance(10) {
            self.later(10, 5_000, Happening::GoAway(number, waiter));
        }
    }

    /// Notes that a caller will wait in this tab.
    fn expect(&mut self, tab: TabNumber, connection: &ConnectionId, after: u64) -> WaiterId {
        let (waiter, since) = (WaiterId(self.number()), self.now);
        if let Some(tab) = self.tabs.get_mut(&tab) {
            tab.waiting.insert(waiter, Waiting { connection: connection.clone(), since, after, joined: None });
        }
        waiter
    }

    /// A tab hears of a caller, who has a place in line from now on.
    pub fn joins(&mut self, number: TabNumber, input: &Input) {
        let (Input::Command(Command::Need { waiter, .. }) | Input::Event(Event::Rejected { waiter, .. })) = input
        else {
            return;
        };
        let place = self.number();
        let waiting = self.tabs.get_mut(&number).and_then(|tab| tab.waiting.get_mut(waiter));
        waiting.into_iter().for_each(|waiting| waiting.joined = Some(place));
    }

    /// A caller waits no more: nobody lets it go after that.
    pub fn goes_away(&mut self, number: TabNumber, waiter: WaiterId) {
        let gone = self.tabs.get_mut(&number).and_then(|tab| tab.waiting.remove(&waiter));
        if gone.is_some() {
            self.report.cancelled += 1;
            self.tell(number, Input::Command(Command::Cancel(waiter)));
        }
    }

    /// A tab lets a caller go, with a token or an error.
    pub fn release(&mut self, number: TabNumber, waiter: WaiterId, generation: Option<u64>) {
        let waited = self.tabs.get_mut(&number).and_then(|tab| tab.waiting.remove(&waiter));
        let Some(waited) = waited else {
            return self.fail(format!("tab {number} lets {waiter:?} go, who does not wait"));
        };
        self.check_waited(number, &waited);
        let Some(generation) = generation else { return self.check_frozen_holder(number, &waited) };
        let connection = waited.connection.clone();
        self.check_order(number, &waited, generation);
        self.report.served += 1;
        self.check_valid(number, &connection, generation);
        self.check_signed_in(number);
        self.check_unlocked(number);
        if self.dice.chance(2) && !self.is_calm() {
            let waiter = self.expect(number, &connection, generation);
            self.later(10, 500, Happening::Tell(number, Event::Rejected { connection, generation, waiter }));
        }
    }
}
