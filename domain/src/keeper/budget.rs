use std::collections::VecDeque;

use crate::time::{Span, Timestamp};

/// At most this many requests for one connection's token …
const ASKS: usize = 12;
/// … within this time, by this tab and, as far as their tokens were seen, all others.
const WINDOW: Span = Span::from_seconds(60);

/// What stops a renewal storm, whatever causes it: a token that lives a second, an API that refuses every token, a clock
/// that jumps to and fro.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    spent: VecDeque<Timestamp>,
}

impl Budget {
    /// Notes a request, or a token another tab obtained.
    pub fn spend(&mut self, now: Timestamp) {
        self.spent.push_back(now);
        if self.spent.len() > ASKS {
            self.spent.pop_front();
        }
    }

    /// When there is room again; `None` while there is.
    pub fn full_until(&self, now: Timestamp) -> Option<Timestamp> {
        let oldest = *self.spent.front()?;
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

    #[test]
    fn the_thirteenth_request_within_a_minute_waits_for_the_first_to_be_a_minute_old() {
        let mut budget = Budget::default();
        for second in 0..12 {
            assert_eq!(budget.full_until(Timestamp::from_seconds(second)), None);
            budget.spend(Timestamp::from_seconds(second));
        }
        assert_eq!(budget.full_until(Timestamp::from_seconds(12)), Some(Timestamp::from_seconds(60)));
        assert_eq!(budget.full_until(Timestamp::from_seconds(60)), None);
    }
}
