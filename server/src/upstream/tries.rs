//! How often, how long and how far apart: the bounds of one task that asks a provider.

use std::time::Duration;

use tokio::time::Instant;

use crate::entropy::Entropy;

/// The bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How many tries at most.
    pub(super) max_tries: u32,
    /// How long one try may take.
    pub(super) each: Duration,
    /// How long all tries and the waits between them may take.
    pub(super) all: Duration,
    /// The wait before the second try; it doubles with each further one, up to five seconds.
    pub(super) first_wait: Duration,
}

/// The longest wait that is not asked for by the provider.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The tries of one task, from its start.
pub(super) struct Tries {
    bounds: Bounds,
    started: Instant,
    count: u32,
}

impl Tries {
    /// Starts the clock, with the first try.
    pub(super) fn start(bounds: Bounds) -> Self {
        Self { bounds, started: Instant::now(), count: 1 }
    }

    /// The try that runs now, from 1.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The time since the start.
    pub(super) fn took(&self) -> Duration {
        self.started.elapsed()
    }

    /// How long the try that runs now may take.
    pub(super) fn allowance(&self) -> Duration {
        self.bounds.allowance(self.took())
    }

    /// Waits for the next try. `false` at once when there is none.
    pub(super) async fn next(&mut self, asked: Option<Duration>, entropy: &dyn Entropy) -> bool {
        let Some(wait) = self.bounds.wait_after(self.count, self.took(), asked, entropy) else { return false };
        tokio::time::sleep(wait).await;
        self.count += 1;
        true
    }
}

impl Bounds {
    /// How long one more try may take after `took`.
    fn allowance(&self, took: Duration) -> Duration {
        self.each.min(self.all.saturating_sub(took))
    }

    /// The wait after `count` tries that took so long together: what the provider `asked`, or longer each time, with
    /// jitter. `None` when there is no further try, or the wait would use up the time.
    fn wait_after(
        &self,
        count: u32,
        took: Duration,
        asked: Option<Duration>,
        entropy: &dyn Entropy,
    ) -> Option<Duration> {
        if count >= self.max_tries {
            return None;
        }
        let wait = asked.unwrap_or_else(|| self.backoff(count, entropy));
        (wait < self.all.saturating_sub(took)).then_some(wait)
    }

    /// Between half and the whole of the doubled wait, so that servers that failed together don't come back together.
    fn backoff(&self, count: u32, entropy: &dyn Entropy) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << count.saturating_sub(1).min(16)).min(LONGEST_WAIT);
        let share = u32::try_from(entropy.bits() % 1_000).unwrap_or(0);
        doubled / 2 + doubled / 2 * share / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    const BOUNDS: Bounds = Bounds {
        max_tries: 3,
        each: Duration::from_secs(10),
        all: Duration::from_secs(25),
        first_wait: Duration::from_millis(400),
    };

    fn wait(count: u32, took: u64, asked: Option<u64>) -> Option<Duration> {
        let entropy = SeededEntropy::from_seed(1);
        BOUNDS.wait_after(count, Duration::from_secs(took), asked.map(Duration::from_secs), &entropy)
    }

    #[test]
    fn after_the_last_try_there_is_no_wait() {
        assert!(wait(2, 0, None).is_some());
        assert_eq!(wait(3, 0, None), None);
        assert_eq!(wait(3, 0, Some(0)), None);
    }

    #[test]
    fn waits_double_and_stay_within_their_jitter() {
        let entropy = SeededEntropy::from_seed(3);
        let drawn = |count| -> Vec<u128> { (0..200).map(|_| BOUNDS.backoff(count, &entropy).as_millis()).collect() };
        for (count, least, most) in [(1, 200, 400), (2, 400, 800), (3, 800, 1_600), (99, 2_500, 5_000)] {
            let waits = drawn(count);
            assert!(waits.iter().all(|wait| (least..=most).contains(wait)), "{count}: {waits:?}");
            assert!(waits.iter().max() > waits.iter().min(), "the waits differ");
        }
    }

    #[test]
    fn a_wait_the_provider_asks_for_is_kept_when_it_fits() {
        assert_eq!(wait(1, 0, Some(7)), Some(Duration::from_secs(7)));
        assert_eq!(wait(1, 0, Some(0)), Some(Duration::ZERO));
        assert_eq!(wait(1, 0, Some(25)), None);
        assert_eq!(wait(1, 20, Some(5)), None);
        assert_eq!(wait(1, 20, Some(4)), Some(Duration::from_secs(4)));
    }

    #[test]
    fn the_last_try_gets_no_more_than_what_is_left() {
        assert_eq!(BOUNDS.allowance(Duration::ZERO).as_secs(), 10);
        assert_eq!(BOUNDS.allowance(Duration::from_secs(20)).as_secs(), 5);
        assert_eq!(BOUNDS.allowance(Duration::from_secs(30)).as_secs(), 0);
    }
}
