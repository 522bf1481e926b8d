use super::ClockSample;
use super::entry::CLOCK_TOLERANCE;
use crate::time::{Span, Timestamp};
use crate::token::ClockOffset;

/// A measurement older than this gives way to any newer one: clocks drift.
const LASTS: Span = Span::from_seconds(3_600);
/// What another tab measured with a larger error, in milliseconds, says nothing.
const WORST: i64 = 60_000;
/// `Date` counts whole seconds: no measurement is better than half of one, in milliseconds.
const BEST: i64 = 500;
/// No clock is further off than a century, in milliseconds.
const FARTHEST: u64 = 100 * 366 * 86_400_000;

/// The server's clock as seen from this browser: the sample with the least round trip counts, for it errs least.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerClock {
    best: Option<ClockOffset>,
}

impl ServerClock {
    /// Takes a sample. `Date` counts whole seconds, so it stands for the middle of its second; the answer is taken to be
    /// made midway between sending and receiving. A sample that can't be true together with the best one means that a clock
    /// was set: it replaces it.
    pub fn note(&mut self, sample: ClockSample) {
        let ClockSample { sent_at, received_at, server_date } = sample;
        if received_at < sent_at {
            return;
        }
        let round_trip = received_at.since(sent_at).millis();
        let half = i64::try_from(round_trip / 2).unwrap_or(i64::MAX / 4);
        let offset = server_date.millis().saturating_add(BEST).saturating_sub(sent_at.millis().saturating_add(half));
        let measured = ClockOffset { offset, error: half.saturating_add(BEST), at: received_at };
        if self.best.is_none_or(|best| replaces(measured, best)) {
            self.best = Some(measured);
        }
    }

    /// Takes what another tab measured, as a record says; what can't have been measured, or was before this browser's clock was set
    /// back, is left alone.
    pub fn learn(&mut self, told: ClockOffset, now: Timestamp) {
        let is_possible = (BEST..=WORST).contains(&told.error) && told.offset.unsigned_abs() <= FARTHEST;
        let is_recent = told.at <= now + CLOCK_TOLERANCE && now.since(told.at) <= LASTS;
        let is_better = self.best.is_none_or(|best| told.at > best.at && replaces(told, best));
        if is_possible && is_recent && is_better {
            self.best = Some(told);
        }
    }

    /// What was measured, for other tabs.
    pub fn measured(&self) -> Option<ClockOffset> {
        self.best
    }

    /// Server clock minus this browser's, in milliseconds, if measured.
    pub fn offset(&self) -> Option<i64> {
        self.best.map(|best| best.offset)
    }

    /// The earliest moment of this browser's clock a moment of the server's clock can have been.
    pub fn earliest(&self, server: Timestamp) -> Option<Timestamp> {
        let best = self.best?;
        Some(server.shifted(best.offset.saturating_neg()).shifted(best.error.saturating_neg()))
    }

    /// A clock nobody measured: the server's is believed to be this browser's, for simulations.
    #[cfg(feature = "testing")]
    pub fn believed() -> Self {
        Self { best: Some(ClockOffset { offset: 0, error: 0, at: Timestamp::default() }) }
    }

    /// Forgets what was measured before this browser's clock was set.
    pub fn reset(&mut self) {
        self.best = None;
    }
}

/// Whether a measurement takes the place of the one that counted so far.
fn replaces(measured: ClockOffset, best: ClockOffset) -> bool {
    let apart = measured.offset.abs_diff(best.offset);
    let possible = u64::try_from(measured.error.saturating_add(best.error)).unwrap_or(0);
    apart > possible || measured.error <= best.error || measured.at.since(best.at) > LASTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(sent: i64, received: i64, server: i64) -> ClockSample {
        let at = Timestamp::from_millis;
        ClockSample { sent_at: at(sent), received_at: at(received), server_date: at(server) }
    }

    #[test]
    fn the_sample_with_the_least_round_trip_is_kept() {
        let mut clock = ServerClock::default();
        clock.note(sample(0, 2_000, 10_000));
        assert_eq!(clock.offset(), Some(9_500));
        clock.note(sample(3_000, 3_100, 13_000));
        assert_eq!(clock.offset(), Some(10_450));
        clock.note(sample(5_000, 9_000, 16_000));
        assert_eq!(clock.offset(), Some(10_450));
    }

    #[test]
    fn a_sample_that_contradicts_the_best_one_replaces_it() {
        let mut clock = ServerClock::default();
        clock.note(sample(0, 20, 0));
        clock.note(sample(10_000, 12_000, 3_600_000));
        assert_eq!(clock.offset(), Some(3_589_500));
    }

    #[test]
    fn a_sample_that_ends_before_it_began_is_ignored() {
        let mut clock = ServerClock::default();
        clock.note(sample(2_000, 1_000, 5_000));
        assert_eq!(clock.offset(), None);
    }

    #[test]
    fn extreme_times_do_no_harm() {
        let mut clock = ServerClock::default();
        for (sent, received, server) in
            [(i64::MIN, i64::MAX, i64::MIN), (i64::MAX, i64::MAX, i64::MIN), (0, 0, i64::MAX)]
        {
            clock.note(sample(sent, received, server));
            let _ = clock.earliest(Timestamp::from_millis(i64::MIN));
        }
    }

    fn told(offset: i64, error: i64, at: i64) -> ClockOffset {
        ClockOffset { offset, error, at: Timestamp::from_millis(at) }
    }

    #[test]
    fn what_another_tab_measured_is_known_here() {
        let mut clock = ServerClock::default();
        clock.learn(told(9_500, 1_500, 1_000), Timestamp::from_millis(4_000));
        assert_eq!(clock.offset(), Some(9_500));
        assert_eq!(clock.earliest(Timestamp::from_millis(20_000)), Some(Timestamp::from_millis(9_000)));
    }

    #[test]
    fn what_can_not_have_been_measured_or_was_too_long_ago_or_in_the_future_is_left_alone() {
        let hour = 3_600_000;
        let odd = [
            told(0, 0, hour),
            told(0, -1, hour),
            told(0, i64::MAX, hour),
            told(i64::MIN, 600, hour),
            told(i64::MAX, 600, hour),
            told(0, 600, -1),
            told(0, 600, hour + 6_000),
            told(0, 600, i64::MAX),
            told(0, 600, i64::MIN),
        ];
        let mut clock = ServerClock::default();
        odd.into_iter().for_each(|told| clock.learn(told, Timestamp::from_millis(hour)));
        assert_eq!(clock.offset(), None);
    }

    #[test]
    fn the_newer_of_two_that_contradict_each_other_counts_whoever_measured_it() {
        let mut clock = ServerClock::default();
        clock.note(sample(0, 20, 0));
        clock.learn(told(3_600_000, 900, 10_000), Timestamp::from_millis(10_000));
        assert_eq!(clock.offset(), Some(3_600_000));
        clock.learn(told(0, 500, 9_000), Timestamp::from_millis(10_000));
        assert_eq!(clock.offset(), Some(3_600_000));
        clock.note(sample(11_000, 11_020, 11_000));
        assert_eq!(clock.offset(), Some(490));
    }
}
