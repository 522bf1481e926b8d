use std::collections::VecDeque;

use crate::time::{Span, Timestamp};

/// How many calls begin in a second at most: 480 a minute, below the 600 that our server lets one person and one provider
/// have, so that other pages still get theirs.
const CALLS: usize = 8;
const SECOND: Span = Span::from_seconds(1);

/// The time the rate is taken over.
const WINDOW: Span = Span::from_seconds(20);

/// How fast calls go out, and how fast entries come to an end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    begun: VecDeque<Timestamp>,
    /// How many entries had ended at a moment, since calls began to go out without a pause.
    ended: VecDeque<(Timestamp, usize)>,
}

impl Pace {
    /// When the next call may go out; `None` for now.
    pub(super) fn wait(&mut self, now: Timestamp) -> Option<Timestamp> {
        // A clock that was set back frees all.
        self.begun.retain(|at| *at <= now && now.since(*at).millis() < SECOND.millis());
        (self.begun.len() >= CALLS).then(|| *self.begun.front().unwrap_or(&now) + SECOND)
    }

    pub(super) fn begins(&mut self, now: Timestamp, ended: usize) {
        self.begun.push_back(now);
        if self.ended.is_empty() {
            self.ended.push_back((now, ended));
        }
    }

    pub(super) fn ends(&mut self, now: Timestamp, ended: usize) {
        self.ended.retain(|(at, _)| *at <= now && now.since(*at).millis() <= WINDOW.millis());
        let measured = self.ended.len();
        match self.ended.back_mut() {
            Some(last) if last.0 == now && measured > 1 => last.1 = ended,
            _ => self.ended.push_back((now, ended)),
        }
    }

    /// A pause ends what was measured: it says nothing of how fast it will go.
    pub(super) fn pauses(&mut self) {
        self.ended.clear();
    }

    /// Entries a minute; `None` before there is anything to go by.
    pub fn per_minute(&self) -> Option<u64> {
        let (first, last) = (self.ended.front()?, self.ended.back()?);
        let (millis, ended) = (last.0.since(first.0).millis(), last.1.saturating_sub(first.1));
        if millis < 1_000 || ended == 0 {
            return None;
        }
        Some(ended as u64 * 60_000 / millis)
    }

    /// How long so many entries take at this rate.
    pub fn left(&self, waiting: usize) -> Option<Span> {
        let rate = self.per_minute()?.max(1);
        Some(Span::from_seconds((waiting as u64 * 60).div_ceil(rate)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    fn at(millis: u64) -> Timestamp {
        NOON + Span::from_millis(millis)
    }

    #[test]
    fn the_ninth_call_of_a_second_waits_for_its_end() {
        let mut pace = Pace::default();
        for call in 0..8 {
            assert_eq!(pace.wait(at(call * 10)), None);
            pace.begins(at(call * 10), 0);
        }
        assert_eq!(pace.wait(at(100)), Some(at(1_000)));
        assert_eq!(pace.wait(at(1_000)), None);
    }

    #[test]
    fn a_clock_set_back_stops_nothing() {
        let mut pace = Pace::default();
        (0..8).for_each(|_| pace.begins(at(3_600_000), 0));
        assert_eq!(pace.wait(NOON), None);
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let mut pace = Pace::default();
        pace.begins(at(0), 0);
        assert_eq!((pace.per_minute(), pace.left(100)), (None, None));
        for second in 1..=10 {
            pace.ends(at(second * 1_000), usize::try_from(second).unwrap() * 20);
        }
        assert_eq!(pace.per_minute(), Some(1_200));
        assert_eq!(pace.left(9_800), Some(Span::from_seconds(490)));
    }

    #[test]
    fn a_pause_is_not_counted_as_slowness() {
        let mut pace = Pace::default();
        pace.begins(at(0), 0);
        pace.ends(at(2_000), 40);
        pace.pauses();
        assert_eq!(pace.per_minute(), None);
        pace.begins(at(600_000), 40);
        pace.ends(at(602_000), 80);
        assert_eq!(pace.per_minute(), Some(1_200));
    }

    proptest! {
        #[test]
        fn no_more_than_480_calls_go_out_in_any_minute(steps in proptest::collection::vec(1u64..400, 1..2_000)) {
            let (mut pace, mut now, mut begun) = (Pace::default(), 0, Vec::new());
            for step in steps {
                now += step;
                if pace.wait(at(now)).is_none() {
                    pace.begins(at(now), 0);
                    begun.push(now);
                }
            }
            for first in &begun {
                let within = begun.iter().filter(|at| (*first..*first + 60_000).contains(at)).count();
                prop_assert!(within <= 480);
            }
        }
    }
}
