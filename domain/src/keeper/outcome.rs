use super::{Failure, Remedy};
use crate::api::{Code, Problem};
use crate::time::{Span, Timestamp};

/// The longest wait between two tries of our own.
const LONGEST_BACKOFF: Span = Span::from_seconds(300);
/// The longest wait a server can ask for, and the longest any tab keeps to.
pub(super) const LONGEST_WAIT: Span = Span::from_seconds(3_600);

/// What an answer without a token means for the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The request under this id still runs: repeat it, the same, in a moment.
    Running,
    /// Nobody knows whether a token was issued: try again, under the same id while our server remembers it.
    Unknown,
    /// No token was issued: try again under a new id, since our server answers a repeat of the old one the same.
    Failed,
    /// No token will be issued until a person changes something.
    Refused,
    /// The session has ended.
    SignedOut,
}

impl Outcome {
    /// What a code means.
    pub const fn of(code: Code) -> Self {
        match code {
            Code::StillRunning => Self::Running,
            Code::Unreachable | Code::UnreadableAnswer | Code::Internal | Code::NotStored => Self::Unknown,
            Code::UpstreamUnavailable
            | Code::UpstreamTimeout
            | Code::UpstreamThrottled
            | Code::UpstreamUnreadable
            | Code::TooManyRequests
            | Code::Unavailable
            | Code::KeyReused => Self::Failed,
            Code::NotSignedIn => Self::SignedOut,
            _ => Self::Refused,
        }
    }
}

/// How long to wait after the `attempts`-th failure in a row (from 1): 1 s, doubled each time, at most 5 min, of which a
/// random half is taken off, so that many clients don't come back together. A server's `Retry-After` is kept to, up to an
/// hour.
pub(super) fn backoff(attempts: u32, retry_after: Option<u64>, random: u64) -> Span {
    let doubled = Span::from_seconds(1).scaled(1 << attempts.saturating_sub(1).min(20), 1);
    let full = doubled.min(LONGEST_BACKOFF);
    let own = full - full.scaled(random % 500, 1_000);
    let asked = retry_after.map_or(Span::ZERO, Span::from_seconds).min(LONGEST_WAIT);
    if asked > own { asked + Span::from_millis(random % 1_000) } else { own }
}

impl Failure {
    /// A failure only a person can end.
    pub(super) fn for_person(code: Code, now: Timestamp) -> Self {
        Self { problem: Problem::new(code), at: now, remedy: Remedy::Person }
    }

    /// Whether nothing is tried again by itself.
    pub(super) fn is_final(&self) -> bool {
        matches!(self.remedy, Remedy::Person | Remedy::SignIn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_second_to_five_minutes() {
        let waits: Vec<u64> = (1..=12).map(|attempt| backoff(attempt, None, 0).seconds()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(backoff(u32::MAX, None, 0), LONGEST_BACKOFF);
    }

    #[test]
    fn jitter_takes_off_less_than_half() {
        assert_eq!(backoff(1, None, 499), Span::from_millis(501));
        assert_eq!(backoff(10, None, 499), Span::from_millis(150_300));
    }

    #[test]
    fn a_server_is_obeyed_for_an_hour_at_most() {
        assert_eq!(backoff(1, Some(90), 0), Span::from_seconds(90));
        assert_eq!(backoff(1, Some(u64::MAX), 0), LONGEST_WAIT);
        assert_eq!(backoff(9, Some(1), 0), Span::from_seconds(256));
    }

    #[test]
    fn a_wrong_secret_waits_for_a_person_and_a_busy_provider_does_not() {
        assert_eq!(Outcome::of(Code::UpstreamRefused), Outcome::Refused);
        assert_eq!(Outcome::of(Code::InvalidFields), Outcome::Refused);
        assert_eq!(Outcome::of(Code::UpstreamThrottled), Outcome::Failed);
        assert_eq!(Outcome::of(Code::Unreachable), Outcome::Unknown);
        assert_eq!(Outcome::of(Code::NotSignedIn), Outcome::SignedOut);
    }
}
