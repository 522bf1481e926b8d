//! How worker tokens behave for one person: what the settings page shows, what the keeper follows, what a file carries.

use serde::{Deserialize, Serialize};

use crate::time::Span;
use crate::token::RenewalPolicy;

mod file;

pub use file::{FileError, MOST_BYTES, read, write};

/// What a person set; kept in the vault, and the same in every tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
// Switches a person sets, each for itself.
#[allow(clippy::struct_excessive_bools)]
pub struct WorkerTokenSettings {
    /// Whether tokens are renewed before they expire, without anyone asking: true.
    pub auto_renewal: bool,
    /// The remaining life at which a token is renewed, in milliseconds: 5 min. Never more than half a token's life.
    pub renewal_threshold: Span,
    /// How often a failed request is tried again quickly, before the pauses grow long: 3.
    pub retry_attempts: u32,
    /// The pause before the first retry, in milliseconds, doubled each time: 1 s.
    pub retry_delay: Span,
    /// Whether a page that needs a token gets one without asking, where a credential is kept: true.
    pub silent_retrieval: bool,
    /// Whether the token is shown when it was obtained: true.
    pub show_token_at_end: bool,
    /// How long a connection issue is shown that is being mended, in milliseconds: 3 s.
    pub issue_shown: Span,
    /// Whether the browser notifies before a token expires that is not renewed: false, as the browser asks a person first.
    pub expiry_warnings: bool,
}

impl Default for WorkerTokenSettings {
    fn default() -> Self {
        Self {
            auto_renewal: true,
            renewal_threshold: Span::from_seconds(300),
            retry_attempts: 3,
            retry_delay: Span::from_seconds(1),
            silent_retrieval: true,
            show_token_at_end: true,
            issue_shown: Span::from_seconds(3),
            expiry_warnings: false,
        }
    }
}

/// A setting with a number that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// [`WorkerTokenSettings::renewal_threshold`], in seconds.
    RenewalThreshold,
    /// [`WorkerTokenSettings::retry_attempts`].
    RetryAttempts,
    /// [`WorkerTokenSettings::retry_delay`], in milliseconds.
    RetryDelay,
    /// [`WorkerTokenSettings::issue_shown`], in seconds.
    IssueShown,
}

impl Number {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::RenewalThreshold, Self::RetryAttempts, Self::RetryDelay, Self::IssueShown];

    /// The least and the most it may be, in its unit.
    pub const fn bounds(self) -> (u64, u64) {
        match self {
            Self::RenewalThreshold => (15, 86_400),
            Self::RetryAttempts => (0, 10),
            Self::RetryDelay => (100, 60_000),
            Self::IssueShown => (1, 30),
        }
    }

    /// What stands now, in its unit.
    pub fn of(self, settings: &WorkerTokenSettings) -> u64 {
        match self {
            Self::RenewalThreshold => settings.renewal_threshold.seconds(),
            Self::RetryAttempts => u64::from(settings.retry_attempts),
            Self::RetryDelay => settings.retry_delay.millis(),
            Self::IssueShown => settings.issue_shown.seconds(),
        }
    }

    /// The settings with this number in its unit.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for a person.
    pub fn set(self, settings: WorkerTokenSettings, value: u64) -> Result<WorkerTokenSettings, String> {
        let (least, most) = self.bounds();
        if !(least..=most).contains(&value) {
            return Err(format!("Between {least} and {most}."));
        }
        Ok(match self {
            Self::RenewalThreshold => WorkerTokenSettings { renewal_threshold: Span::from_seconds(value), ..settings },
            Self::RetryAttempts => {
                WorkerTokenSettings { retry_attempts: u32::try_from(value).unwrap_or(u32::MAX), ..settings }
            }
            Self::RetryDelay => WorkerTokenSettings { retry_delay: Span::from_millis(value), ..settings },
            Self::IssueShown => WorkerTokenSettings { issue_shown: Span::from_seconds(value), ..settings },
        })
    }
}

impl WorkerTokenSettings {
    /// When tokens are renewed.
    pub fn policy(&self) -> RenewalPolicy {
        RenewalPolicy { floor: self.renewal_threshold, ..RenewalPolicy::default() }
    }

    /// The same with every number within its bounds: a record of another version, or of nobody's making, harms nothing.
    pub fn bounded(self) -> Self {
        Number::ALL.into_iter().fold(self, |settings, number| {
            let (least, most) = number.bounds();
            number.set(settings, number.of(&settings).clamp(least, most)).unwrap_or(settings)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_renewed_after_its_settings_and_a_short_life_after_half() {
        let policy =
            WorkerTokenSettings { renewal_threshold: Span::from_seconds(1_200), ..Default::default() }.policy();
        assert_eq!(policy.margin(Span::from_seconds(3_600), Span::ZERO), Span::from_seconds(1_200));
        assert_eq!(policy.margin(Span::from_seconds(300), Span::ZERO), Span::from_seconds(150));
    }

    #[test]
    fn a_number_out_of_bounds_is_refused_with_the_bounds() {
        let settings = WorkerTokenSettings::default();
        assert_eq!(Number::RetryAttempts.set(settings, 11), Err("Between 0 and 10.".to_owned()));
        assert_eq!(Number::RetryDelay.set(settings, 250).map(|set| set.retry_delay), Ok(Span::from_millis(250)));
    }

    #[test]
    fn a_record_with_absurd_numbers_is_brought_within_bounds() {
        let absurd = WorkerTokenSettings {
            renewal_threshold: Span::ZERO,
            retry_attempts: u32::MAX,
            retry_delay: Span::from_millis(u64::MAX),
            ..Default::default()
        };
        let bounded = absurd.bounded();
        assert_eq!(bounded.renewal_threshold, Span::from_seconds(15));
        assert_eq!((bounded.retry_attempts, bounded.retry_delay), (10, Span::from_seconds(60)));
        assert_eq!(WorkerTokenSettings::default().bounded(), WorkerTokenSettings::default());
    }
}
