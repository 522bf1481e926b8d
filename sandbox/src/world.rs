//! The made-up company that the management API tells of.
//!
//! Nothing of it is stored: everything is computed when it is asked for, from a fixed seed and the moment the sandbox
//! was first opened. So it costs no memory, and two answers never disagree. All names are plainly invented.

use domain::time::{Span, Timestamp};

pub(crate) mod activities;
pub(crate) mod dates;
mod dice;
pub(crate) mod licenses;
pub(crate) mod metrics;
mod names;
pub(crate) mod people;
pub(crate) mod roles;
pub(crate) mod structure;

pub(crate) use dice::{Kind, id, index};

/// A day.
pub(crate) const DAY: Span = Span::from_seconds(86_400);

/// How far back activities and metrics go, in days: two years.
pub(crate) const HISTORY_DAYS: u64 = 730;

/// The company, as it is at any moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    born: Timestamp,
}

impl World {
    /// The company of a sandbox that was first opened at `born`.
    pub(crate) const fn new(born: Timestamp) -> Self {
        Self { born }
    }

    /// When the sandbox was first opened. Everyone had joined by then.
    pub(crate) const fn born(self) -> Timestamp {
        self.born
    }
}

/// The number of a moment's day since the epoch, in UTC.
pub(crate) fn day_of(moment: Timestamp) -> i64 {
    moment.millis().div_euclid(86_400_000)
}

/// Where a day begins.
pub(crate) const fn start_of(day: i64) -> Timestamp {
    Timestamp::from_seconds(day.saturating_mul(86_400))
}
