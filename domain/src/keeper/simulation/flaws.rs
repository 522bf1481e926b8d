//! What each [`Flaw`] takes away.

use super::Flaw;
use super::browser::TabNumber;
use super::world::World;
use crate::api::{Code, Problem};
use crate::id::ConnectionId;
use crate::keeper::attempt::Step;
use crate::keeper::budget::Budget;
use crate::keeper::server_clock::ServerClock;
use crate::keeper::{Effect, Event, Input, News};
use crate::settings::WorkerTokenSettings;
use crate::time::Span;
use crate::token::{Shared, TokenFacts};

impl World {
    /// Before a tab's step: what it counted, or measured.
    pub fn forget_before(&mut self, number: TabNumber) {
        let Some(tab) = self.tabs.get_mut(&number) else { return };
        match self.flaw {
            Flaw::Budget => tab.keeper.entries.values_mut().for_each(|it| it.budget = Budget::default()),
            Flaw::Clock => tab.keeper.surroundings.clock = ServerClock::believed(),
            _ => {}
        }
    }

    /// After it: how slow the provider is, or who came first.
    pub fn forget_after(&mut self, number: TabNumber, effects: &mut [Effect]) {
        match self.flaw {
            Flaw::Margin => self.forget_pace(number, effects),
            Flaw::Order => turn_round(effects),
            _ => {}
        }
    }

    /// The renewal is planned as if the provider were quick.
    fn forget_pace(&mut self, number: TabNumber, effects: &mut [Effect]) {
        for effect in effects {
            let Effect::Commit { connection, token, .. } = effect else { continue };
            plan_late(&mut token.facts);
            let entry = self.tabs.get_mut(&number).and_then(|tab| tab.keeper.entries.get_mut(connection));
            if let Some(Step::Committing { facts, .. }) = entry.map(|entry| &mut entry.step) {
                plan_late(facts);
            }
        }
    }

    /// News of tokens that no keeper takes.
    pub fn is_unheard(&self, input: &Input) -> bool {
        self.flaw == Flaw::News && matches!(input, Input::Event(Event::Heard(News::Token { .. })))
    }

    /// Whether a tab takes itself to hold a lock: one it was taken from is not told.
    pub fn holds(&self, tab: TabNumber, id: &ConnectionId) -> bool {
        self.flaw == Flaw::Steals || self.browser.holds(id, tab, self.now)
    }

    /// What a record carries of what a tab shares.
    pub fn carried(&self, shared: Shared) -> Shared {
        match self.flaw {
            Flaw::Sharing => Shared::default(),
            Flaw::Budget => Shared { asked: Vec::new(), ..shared },
            _ => shared,
        }
    }

    /// Whether a tab measures the server's clock by an answer.
    pub fn is_measured(&self) -> bool {
        self.flaw != Flaw::Clock
    }

    /// What a tab takes an answer to mean.
    pub fn misjudged(&self, result: Result<usize, Problem>) -> Result<usize, Problem> {
        result.map_err(|problem| match (self.flaw, problem.code) {
            (Flaw::Refusals, Code::UpstreamRefused) => Problem::new(Code::UpstreamUnavailable),
            (Flaw::NetworkErrors, Code::Unreachable) => Problem::new(Code::UpstreamRefused),
            _ => problem,
        })
    }
}

/// The same effects, with those who are let go in the opposite order.
fn turn_round(effects: &mut [Effect]) {
    let is_release = |effect: &Effect| matches!(effect, Effect::Release { .. });
    let mut releases: Vec<Effect> = effects.iter().filter(|effect| is_release(effect)).cloned().collect();
    let places = effects.iter_mut().filter(|effect| is_release(effect));
    places.for_each(|place| place.clone_from(&releases.pop().unwrap_or(Effect::Forget)));
}

fn plan_late(facts: &mut TokenFacts) {
    let policy = WorkerTokenSettings { renewal_threshold: facts.floor, ..WorkerTokenSettings::default() }.policy();
    facts.renew_at = policy.renew_at(facts.received_at, facts.expires_at, Span::ZERO, 0);
}
