//! Rate groups: how many requests each part of the API answers.
//!
//! As PingOne describes its base limits: the audit log 10 a second, of which one address gets about a third; everything
//! else 600 a minute.

use domain::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A part of the API with a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateGroup {
    /// Activities.
    Audit,
    /// Counts of identities.
    Analytics,
    /// Organizations, licences and environments.
    Config,
    /// Users, groups and populations.
    Directory,
}

/// How many requests of a group are answered in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The group.
    pub group: RateGroup,
    /// How many requests; 0 refuses all.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u32,
}

/// A request too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// How many requests are answered.
    pub(crate) limit: u32,
    /// Seconds until the next is.
    pub(crate) seconds: u64,
}

/// The limits, and what was used of each in its current window.
#[derive(Debug)]
pub(crate) struct Rates([Window; 4]);

#[derive(Clone, Copy, Debug)]
struct Window {
    limit: RateLimit,
    begun: Timestamp,
    used: u32,
}

impl Default for Rates {
    fn default() -> Self {
        let window = |group, requests, seconds| Window {
            limit: RateLimit { group, requests, seconds },
            begun: Timestamp::default(),
            used: 0,
        };
        Self([
            window(RateGroup::Audit, 3, 1),
            window(RateGroup::Analytics, 600, 60),
            window(RateGroup::Config, 600, 60),
            window(RateGroup::Directory, 600, 60),
        ])
    }
}

impl Rates {
    /// Puts a limit in force, with nothing used of it.
    pub(crate) fn set(&mut self, limit: RateLimit) {
        for window in self.0.iter_mut().filter(|window| window.limit.group == limit.group) {
            *window = Window { limit, begun: Timestamp::default(), used: 0 };
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    ///
    /// [`Exceeded`] when the window is used up.
    pub(crate) fn take(&mut self, group: RateGroup, now: Timestamp) -> Result<(), Exceeded> {
        let Some(window) = self.0.iter_mut().find(|window| window.limit.group == group) else { return Ok(()) };
        let ends = window.begun + Span::from_seconds(window.limit.seconds.into());
        if ends <= now || now < window.begun {
            (window.begun, window.used) = (now, 0);
        }
        if window.used >= window.limit.requests {
            let ends = window.begun + Span::from_seconds(window.limit.seconds.into());
            let seconds = ends.since(now).millis().div_ceil(1_000).max(1);
            return Err(Exceeded { limit: window.limit.requests, seconds });
        }
        window.used += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    #[test]
    fn the_request_beyond_the_limit_waits_for_the_next_window() {
        let mut rates = Rates::default();
        rates.set(RateLimit { group: RateGroup::Config, requests: 2, seconds: 60 });
        assert_eq!((rates.take(RateGroup::Config, NOON), rates.take(RateGroup::Config, NOON)), (Ok(()), Ok(())));
        let later = NOON + Span::from_millis(500);
        assert_eq!(rates.take(RateGroup::Config, later), Err(Exceeded { limit: 2, seconds: 60 }));
        assert_eq!(rates.take(RateGroup::Audit, later), Ok(()));
        assert_eq!(rates.take(RateGroup::Config, NOON + Span::from_seconds(60)), Ok(()));
    }
}
