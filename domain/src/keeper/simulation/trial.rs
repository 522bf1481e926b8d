//! Trials: kind worlds in which one decision of the keeper matters all the time, and is missed once it is taken away.

use super::Trial;
use super::browser::{Kind, TabNumber};
use super::callers::Waiting;
use super::happening::Happening;
use super::promises::PATIENCE;
use super::provider::Mood;
use super::world::World;
use crate::id::{ConnectionId, IntentId};
use crate::keeper::WaiterId;
use crate::tabs::Ways;

/// By then every tab knows how slow the provider is.
const KNOWN: i64 = 150_000;
/// How long a caller waits at most while a token lives, with some time for a timer to come late.
const MOMENT: i64 = 5_050;
/// When the holders of the trial are frozen no more.
const THAW: i64 = 900_000;
/// A little less than the budget's minute: an intent is written a moment before the request leaves.
const MINUTE: i64 = 59_000;
/// What all tabs together keep to. Without locks some act at once, and learn of each other's requests with the next record: then this
/// many more, while there are few tabs, and for any number no more than each by itself.
const MOST: usize = 12;
/// What few tabs are.
const FEW: usize = 20;

impl World {
    /// Makes this world the trial's.
    pub fn set_up(&mut self, trial: Trial) {
        self.trial = Some(trial);
        if trial != Trial::BriefTokens {
            self.browser.kind = Kind::Whole;
        }
        self.calm_from = 0;
        self.queue
            .retain(|_, happening| !matches!(happening, Happening::Calm | Happening::Hostility | Happening::Trouble));
        // A kind world has no ways that lose what is told.
        if self.wires.ground.is_none() {
            self.wires.available = Ways::NONE;
            self.tabs.values_mut().for_each(|tab| tab.wire = None);
        }
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

    /// All tabs together ask for few tokens a minute, however short they live and whatever comes of it.
    pub fn check_storm(&mut self, connection: &ConnectionId, intent: &IntentId) {
        if self.trial != Some(Trial::BriefTokens) {
            return;
        }
        let now = self.now;
        self.asked.entry(intent.clone()).or_insert_with(|| (connection.clone(), now));
        let recent = self.asked.values().filter(|(of, at)| of == connection && *at > now - MINUTE);
        let count = recent.count();
        let most = match self.browser.kind {
            Kind::Whole => MOST,
            _ if self.tabs.len() <= FEW => 2 * MOST,
            _ => MOST * self.tabs.len(),
        };
        if count > most {
            self.fail(format!("{count} requests for {connection} within a minute"));
        }
    }

    /// Some requests of the trial fail.
    pub fn be_fickle(&mut self) {
        if self.trial == Some(Trial::BriefTokens) {
            self.provider.mood = if self.dice.chance(25) { Mood::Down } else { Mood::Well };
        }
    }
}
