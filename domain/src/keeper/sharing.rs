//! What all tabs know together: when tokens were asked for, and the server's clock.

use super::entry::Entry;
use super::surroundings::Surroundings;
use super::turn::Turn;
use crate::time::Timestamp;
use crate::token::Shared;

impl Entry {
    /// Takes over what a record shares. The clock in one this tab knew before may have been measured before it was set.
    pub fn learn(&mut self, shared: &Shared, is_new: bool, turn: &mut Turn) {
        self.budget.learn(&shared.asked, turn.now);
        turn.clocks.extend(shared.clock.filter(|_| is_new));
    }

    /// What this tab shares with the record it is about to write.
    pub fn shared(&self, around: &Surroundings, now: Timestamp) -> Shared {
        Shared { asked: self.budget.recent(now), clock: around.clock.measured() }
    }
}
