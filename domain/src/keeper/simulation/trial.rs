//! Trials: kind worlds in which one decision of the keeper matters all the time, and is missed once it is taken away.

use super::browser::{Kind, TabNumber};
use super::world::{Happening, World};
use super::{Flaw, Trial};
use crate::id::ConnectionId;
use crate::keeper::attempt::Step;
use crate::keeper::budget::Budget;
use crate::keeper::{Effect, WaiterId};
use crate::settings::WorkerTokenSettings;
use crate::time::Span;
use crate::token::TokenFacts;

/// By then every tab knows how slow the provider is.
const KNOWN: i64 = 150_000;
/// How long a caller waits at most while a token lives, with some time for a timer to come late.
const PATIENCE: i64 = 5_050;
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
        }
    }

    /// A provider that is slow and no more leaves nobody without a token: they are renewed so much earlier.
    pub fn check_slow(&mut self, number: TabNumber, waiter: WaiterId) {
        let clock = self.clock();
        let is_without = self.tabs.get(&number).is_some_and(|tab| {
            let connection = tab.waiting.get(&waiter).map(|(connection, _)| connection);
            connection.and_then(|id| tab.keeper.entries.get(id)).is_some_and(|entry| entry.usable(clock).is_none())
        });
        if self.is_known_slow() && is_without {
            self.fail(format!("tab {number} has nothing for {waiter:?} though the provider is only slow"));
        }
    }

    /// Nor does anybody wait for it: after a moment the token that still lives is good enough.
    pub fn check_patience(&mut self, number: TabNumber, since: i64) {
        let waited = self.now - since;
        if self.is_known_slow() && waited > PATIENCE {
            self.fail(format!("tab {number} let a caller wait {waited} ms though the provider is only slow"));
        }
    }

    fn is_known_slow(&self) -> bool {
        self.trial == Some(Trial::SlowProvider) && self.now > KNOWN
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

    /// Takes away what the flaw is about, before a tab's step.
    pub fn forget_budget(&mut self, number: TabNumber) {
        if self.flaw == Flaw::Budget {
            let tab = self.tabs.get_mut(&number);
            tab.into_iter()
                .flat_map(|tab| tab.keeper.entries.values_mut())
                .for_each(|it| it.budget = Budget::default());
        }
    }

    /// The same after it: the renewal is planned as if the provider were quick.
    pub fn forget_pace(&mut self, number: TabNumber, effects: &mut [Effect]) {
        if self.flaw != Flaw::Margin {
            return;
        }
        for effect in effects {
            let Effect::Commit { connection, token, .. } = effect else { continue };
            plan_late(&mut token.facts);
            let entry = self.tabs.get_mut(&number).and_then(|tab| tab.keeper.entries.get_mut(connection));
            if let Some(Step::Committing { facts, .. }) = entry.map(|entry| &mut entry.step) {
                plan_late(facts);
            }
        }
    }
}

fn plan_late(facts: &mut TokenFacts) {
    let policy = WorkerTokenSettings { renewal_threshold: facts.floor, ..WorkerTokenSettings::default() }.policy();
    facts.renew_at = policy.renew_at(facts.received_at, facts.expires_at, Span::ZERO, 0);
}
