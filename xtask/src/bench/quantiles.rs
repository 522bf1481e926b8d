//! Quantiles of measured times.

use std::time::Duration;

/// The value below which the share `part` (0 to 1) of the times lies, by nearest rank; zero if there are none.
pub fn quantile(times: &[Duration], part: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
}

/// Milliseconds with two places.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{Duration, quantile};

    fn hundred() -> Vec<Duration> {
        (1..=100).rev().map(Duration::from_millis).collect()
    }

    #[test]
    fn the_median_of_a_hundred_is_the_fiftieth() {
        assert_eq!(quantile(&hundred(), 0.5), Duration::from_millis(50));
    }

    #[test]
    fn the_99th_percentile_of_a_hundred_is_the_99th() {
        assert_eq!(quantile(&hundred(), 0.99), Duration::from_millis(99));
    }

    #[test]
    fn no_times_have_the_quantile_zero() {
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
