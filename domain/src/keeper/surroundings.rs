use std::collections::VecDeque;

use super::server_clock::ServerClock;
use crate::id::TabId;
use crate::settings::WorkerTokenSettings;
use crate::time::Span;
use crate::token::RenewalPolicy;

/// What a person set, as each connection needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub policy: RenewalPolicy,
    /// Whether a token that is due is renewed though nobody asks.
    pub automatic: bool,
    pub retries: Retries,
}

/// How the pauses between tries grow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retries {
    /// How many come quickly.
    pub quick: u32,
    /// The pause before the first.
    pub delay: Span,
}

impl From<WorkerTokenSettings> for Rules {
    fn from(settings: WorkerTokenSettings) -> Self {
        let retries = Retries { quick: settings.retry_attempts, delay: settings.retry_delay };
        Self { policy: settings.policy(), automatic: settings.auto_renewal, retries }
    }
}

/// What all connections of one keeper share.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub tab: TabId,
    pub settings: WorkerTokenSettings,
    /// The sign-out epoch this tab lives in.
    pub epoch: u64,
    /// What the browser says of the network. It may be wrong: our server can be on this machine.
    pub online: bool,
    pub clock: ServerClock,
    pub recent: RecentRenewals,
}

impl Surroundings {
    pub fn new(tab: TabId) -> Self {
        let (clock, recent) = (ServerClock::default(), RecentRenewals::default());
        Self { tab, settings: WorkerTokenSettings::default(), epoch: 0, online: true, clock, recent }
    }
}

/// How long the last renewals took, from asking to the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentRenewals(VecDeque<Span>);

impl RecentRenewals {
    const MOST: usize = 50;
    /// A request that took longer was asleep with its tab.
    const LONGEST: Span = Span::from_seconds(60);

    pub fn note(&mut self, took: Span) {
        self.0.push_back(took.min(Self::LONGEST));
        if self.0.len() > Self::MOST {
            self.0.pop_front();
        }
    }

    /// The 99th percentile (nearest rank); zero while nothing is known.
    pub fn p99(&self) -> Span {
        let mut sorted: Vec<Span> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        let rank = (sorted.len() * 99).div_ceil(100);
        rank.checked_sub(1).map_or(Span::ZERO, |index| sorted[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_99th_percentile_of_few_renewals_is_the_slowest_and_old_ones_are_forgotten() {
        let mut recent = RecentRenewals::default();
        assert_eq!(recent.p99(), Span::ZERO);
        recent.note(Span::from_seconds(9));
        recent.note(Span::from_seconds(1));
        assert_eq!(recent.p99(), Span::from_seconds(9));
        (0..RecentRenewals::MOST).for_each(|_| recent.note(Span::from_seconds(2)));
        assert_eq!(recent.p99(), Span::from_seconds(2));
    }

    #[test]
    fn a_renewal_that_slept_with_its_tab_counts_a_minute() {
        let mut recent = RecentRenewals::default();
        recent.note(Span::from_seconds(7_200));
        assert_eq!(recent.p99(), Span::from_seconds(60));
    }
}
