use super::entry::CLOCK_TOLERANCE;
use crate::time::{Span, Timestamp};

/// At most this many requests for one connection's token …
const ASKS: usize = 12;
/// … within this time, by all tabs together.
const WINDOW: Span = Span::from_seconds(60);

/// What stops a renewal storm, whatever causes it: a token that lives a second, an API that refuses every token, a clock
/// that jumps to and fro.
///
/// Each request is noted in the record of its intent before it leaves, with those before it; so whoever is granted the lock
/// next knows of it. Where there is no lock, two tabs that act at once know of each other's requests with the next record.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    /// The newest, in order.
    spent: Vec<Timestamp>,
}

impl Budget {
    /// Notes a request, or a token another tab obtained.
    pub fn spend(&mut self, now: Timestamp) {
        let place = self.spent.partition_point(|at| *at <= now);
        self.spent.insert(place, now);
        if self.spent.len() > ASKS {
            self.spent.remove(0);
        }
    }

    /// Notes the requests a record tells of. When one from the future was, before the clock was set back, can't be told.
    pub fn learn(&mut self, asked: &[Timestamp], now: Timestamp) {
        for at in asked.iter().filter(|at| **at <= now + CLOCK_TOLERANCE && now.since(**at) < WINDOW) {
            if !self.spent.contains(at) {
                self.spend(*at);
            }
        }
    }

    /// The requests that count still, in order.
    pub fn recent(&self, now: Timestamp) -> Vec<Timestamp> {
        self.spent.iter().copied().filter(|at| now.since(*at) < WINDOW).collect()
    }

    /// When there is room again; `None` while there is.
    pub fn full_until(&self, now: Timestamp) -> Option<Timestamp> {
        let oldest = *self.spent.first()?;
        let free_at = oldest + WINDOW;
        (self.spent.len() >= ASKS && free_at > now).then_some(free_at.min(now + WINDOW))
    }

    /// Moves what was noted with a clock that went back.
    pub fn clock_went_back(&mut self, by: Span) {
        self.spent.iter_mut().for_each(|at| *at = *at - by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn the_thirteenth_request_within_a_minute_waits_for_the_first_to_be_a_minute_old() {
        let mut budget = Budget::default();
        for second in 0..12 {
            assert_eq!(budget.full_until(at(second)), None);
            budget.spend(at(second));
        }
        assert_eq!(budget.full_until(at(12)), Some(at(60)));
        assert_eq!(budget.full_until(at(60)), None);
    }

    #[test]
    fn requests_that_are_learnt_of_count_once_wherever_they_stand_in_the_order() {
        let mut budget = Budget::default();
        (6..12).for_each(|second| budget.spend(at(second)));
        let all: Vec<Timestamp> = (0..11).map(at).collect();
        budget.learn(&all, at(12));
        budget.learn(&all, at(12));
        assert_eq!((budget.recent(at(12)).len(), budget.full_until(at(12))), (12, Some(at(60))));
        assert_eq!(budget.recent(at(65)), (6..12).map(at).collect::<Vec<_>>());
    }

    #[test]
    fn requests_from_the_future_or_of_long_ago_are_nobodys_word() {
        let mut budget = Budget::default();
        let absurd: Vec<Timestamp> = (0..50).map(|nth| at(1_000 + nth)).chain([i64::MIN, i64::MAX].map(at)).collect();
        budget.learn(&absurd, at(100));
        budget.learn(&(0..40).map(at).collect::<Vec<_>>(), at(100));
        assert_eq!(budget.recent(at(100)), []);
    }
}
