use super::ClockSample;
use crate::time::{Span, Timestamp};

/// A measurement older than this gives way to any newer one: clocks drift.
const LASTS: Span = Span::from_seconds(3_600);

/// The server's clock as seen from this browser: the sample with the least round trip counts, for it errs least.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerClock {
    best: Option<Measured>,
}

#[derive(Clone, Copy, Debug)]
struct Measured {
    /// Server clock minus this browser's, in milliseconds.
    offset: i64,
    /// How far the truth may be off on either side, in milliseconds.
    error: i64,
    at: Timestamp,
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
        let offset = server_date.millis().saturating_add(500).saturating_sub(sent_at.millis().saturating_add(half));
        let measured = Measured { offset, error: half.saturating_add(500), at: received_at };
        if self.best.is_none_or(|best| measured.replaces(best)) {
            self.best = Some(measured);
        }
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
        Self { best: Some(Measured { offset: 0, error: 0, at: Timestamp::default() }) }
    }

    /// Forgets what was measured before this browser's clock was set.
    pub fn reset(&mut self) {
        self.best = None;
    }
}

impl Measured {
    fn replaces(self, best: Self) -> bool {
        let apart = self.offset.abs_diff(best.offset);
        let possible = u64::try_from(self.error.saturating_add(best.error)).unwrap_or(0);
        apart > possible || self.error <= best.error || self.at.since(best.at) > LASTS
    }
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
}
