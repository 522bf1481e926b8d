//! The one place of this crate that reads a clock: for elapsed times that a person reads.

use std::time::{Duration, Instant};

/// Time since it was started.
#[derive(Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "developer commands measure real time; nothing here is simulated")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// What has passed since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// `0.4 s`, `12.3 s`, `4 min 05 s`.
pub fn words(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", elapsed.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::words;
    use std::time::Duration;

    #[test]
    fn short_times_have_a_tenth() {
        assert_eq!(words(Duration::from_millis(12_340)), "12.3 s");
    }

    #[test]
    fn long_times_are_in_minutes() {
        assert_eq!(words(Duration::from_secs(245)), "4 min 05 s");
    }
}
