//! When a vault locks by itself, and how fast a passphrase can be guessed at in a page.

use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// After how long without a touch in any tab the vault locks; `None` for never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AutoLock(pub Option<Span>);

impl AutoLock {
    /// What a person can choose, in minutes; 0 is never.
    pub const CHOICES: [u64; 7] = [1, 5, 15, 30, 60, 240, 0];

    /// Of so many minutes; 0 is never.
    pub const fn of_minutes(minutes: u64) -> Self {
        if minutes == 0 { Self(None) } else { Self(Some(Span::from_seconds(minutes.saturating_mul(60)))) }
    }

    /// How many minutes; 0 is never.
    pub const fn minutes(self) -> u64 {
        match self.0 {
            Some(span) => span.seconds() / 60,
            None => 0,
        }
    }

    /// When the vault locks, if nobody touches a tab after `last`.
    pub fn locks_at(self, last: Timestamp) -> Option<Timestamp> {
        self.0.map(|span| last + span)
    }

    /// Whether the time is over. A touch from the future happened before the clock was set back, and counts as now.
    pub fn is_over(self, last: Timestamp, now: Timestamp) -> bool {
        self.locks_at(last.min(now)).is_some_and(|at| at <= now)
    }
}

impl Default for AutoLock {
    /// Half an hour: a meeting, not a lunch.
    fn default() -> Self {
        Self::of_minutes(30)
    }
}

/// Wrong passphrases in a row, in one page. What makes guessing slow for whoever has a copy is the derivation; this keeps
/// hands at an open page from trying many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guesses {
    failed: u32,
    until: Option<Timestamp>,
}

/// So many may be mistyped without a pause.
const FREE: u32 = 3;
const LONGEST: Span = Span::from_seconds(60);

impl Guesses {
    /// Until when nothing is tried.
    pub fn wait_until(self, now: Timestamp) -> Option<Timestamp> {
        // A pause that ends later than any pause lasts is one from before the clock was set back.
        self.until.filter(|until| *until > now && *until <= now + LONGEST)
    }

    /// One more was wrong.
    pub fn failed(&mut self, now: Timestamp) {
        self.failed = self.failed.saturating_add(1);
        let pause = self.failed.checked_sub(FREE).map(|over| Span::from_seconds(1).scaled(2 << over.min(16), 1));
        self.until = pause.map(|pause| now + pause.min(LONGEST));
    }

    /// How many were wrong in a row.
    pub const fn count(self) -> u32 {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn a_vault_locks_when_nobody_touched_it_for_the_time_set_and_not_before() {
        let lock = AutoLock::of_minutes(5);
        assert!(!lock.is_over(at(0), at(299)));
        assert!(lock.is_over(at(0), at(300)));
        assert!(!AutoLock::of_minutes(0).is_over(at(0), at(1_000_000)));
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nothing_at_once_and_does_not_keep_it_open_for_ever() {
        let lock = AutoLock::of_minutes(1);
        assert!(!lock.is_over(at(5_000), at(100)));
        assert!(lock.is_over(at(100), at(160)));
    }

    #[test]
    fn every_choice_is_read_back() {
        for minutes in AutoLock::CHOICES {
            assert_eq!(AutoLock::of_minutes(minutes).minutes(), minutes);
        }
        assert!(AutoLock::CHOICES.contains(&AutoLock::default().minutes()));
    }

    #[test]
    fn pauses_begin_after_the_third_wrong_passphrase_and_grow_to_a_minute() {
        let mut guesses = Guesses::default();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            guesses.failed(at(0));
            pauses.push(guesses.wait_until(at(0)).map_or(0, |until| until.since(at(0)).seconds()));
        }
        assert_eq!(pauses, [0, 0, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(guesses.wait_until(at(60)), None);
        assert_eq!(guesses.wait_until(at(-3_600)), None, "the clock was set back");
    }
}
