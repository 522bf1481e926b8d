//! Trials: kind worlds in which one decision of the keeper matters all the time, and is missed once it is taken away.

use super::Trial;
use super::browser::{Kind, TabNumber};
use super::callers::Waiting;
use super::promises::PATIENCE;
use super::world::{Happening, World};
use crate::id::ConnectionId;
use crate::keeper::WaiterId;

/// By then every tab knows how slow the provider is.
const KNOWN: i64 = 150_000;
/// How long a caller waits at most while a token lives, with some time for a timer to come late.
const MOMENT: i64 = 5_050;
/// When the holders of the trial are frozen no more.
const THAW: i64 = 900_000;
/// A little less than the budget's minute: between a request and its token lies up to a second.
const MINUTE: i64 = 59_000;
/// A dozen is what each tab keeps to, and counts the tokens it saw of the others; one that missed news of some counts fewer.
const MOST: usize = 24;

impl World {
    /// Makes this world the trial's.
    pub fn set_up(&mut self, trial: Trial) {
        self.trial = Some(trial);
        self.browser.kind = Kind::Whole;
        self.calm_from = 0;
        self.queue.retain(|_, happening| !matches!(happening, Happening::Calm | Happening::Hostility));
        match trial {
            Trial::SlowProvider => {
                self.provider.lifetime = 120_000;
                self.provider.pace = Some((16_000, 18_000));
            }
            Trial::BriefTokens => self.provider.lifetime = 1_000,
            Trial::FrozenHolder => {
                self.provider.lifetime = 60_000;
                (self.lost, self.calm_from) = (0, THAW);
                self.at(THAW, Happening::Calm);
                (0..3).for_each(|_| self.open_tab());
            }
        }
    }

    /// A provider that is slow and no more leaves nobody without a token: they are renewed so much earlier.
    pub fn check_slow(&mut self, number: TabNumber, waiter: WaiterId) {
        let clock = self.clock();
        let is_without = self.tabs.get(&number).is_some_and(|tab| {
            let connection = tab.waiting.get(&waiter).map(|waiting| &waiting.connection);
            connection.and_then(|id| tab.keeper.entries.get(id)).is_some_and(|entry| entry.usable(clock).is_none())
        });
        if self.is_known_slow(self.now) && is_without {
            self.fail(format!("tab {number} has nothing for {waiter:?} though the provider is only slow"));
        }
    }

    /// How long one that came then may wait here, in milliseconds: for a slow provider a moment, then the token that still lives is good
    /// enough.
    pub fn patience(&self, since: i64) -> i64 {
        if self.is_known_slow(since) { MOMENT } else { PATIENCE }
    }

    /// A lock that is taken from a holder which stands still is in time for everybody else.
    pub fn check_frozen_holder(&mut self, number: TabNumber, waited: &Waiting) {
        let stood_still = self.tabs.get(&number).is_some_and(|tab| tab.thawed_at >= waited.since);
        if self.trial == Some(Trial::FrozenHolder) && !stood_still {
            self.fail(format!("tab {number} lets a caller go without a token, and only a holder is frozen"));
        }
    }

    /// Whether whoever gets a lock now is frozen with it: one at a time.
    pub fn is_trapped(&mut self) -> bool {
        let is_free = self.trial == Some(Trial::FrozenHolder) && self.tabs.values().all(|tab| tab.frozen.is_none());
        is_free && self.dice.chance(50)
    }

    /// For how long a tab is frozen, from and to, in milliseconds.
    pub fn frozen_for(&self) -> (u64, u64) {
        if self.trial == Some(Trial::FrozenHolder) { (250_000, 300_000) } else { (1_000, 120_000) }
    }

    fn is_known_slow(&self, since: i64) -> bool {
        self.trial == Some(Trial::SlowProvider) && since > KNOWN
    }

    /// All tabs together obtain few tokens a minute, however short they live.
    pub fn check_storm(&mut self, connection: &ConnectionId) {
        if self.trial != Some(Trial::BriefTokens) {
            return;
        }
        let recent =
            |issued: &&super::provider::Issued| issued.connection == *connection && issued.at > self.now - MINUTE;
        let count = self.provider.issued.iter().rev().filter(recent).count();
        if count > MOST {
            self.fail(format!("{count} tokens of {connection} within a minute"));
        }
    }
}
