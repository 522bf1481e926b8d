use super::surroundings::Retries;
use super::{Failure, Remedy};
use crate::api::{Code, Problem};
use crate::time::{Span, Timestamp};

/// The first wait after the quick tries.
const SLOW_BACKOFF: Span = Span::from_seconds(30);
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

/// How long to wait after the `attempts`-th failure in a row (from 1): first as often as `retries` says, beginning with its
/// delay, then from 30 s on; doubled each time, at most 5 min, of which a random half is taken off, so that many clients
/// don't come back together. A server's `Retry-After` is kept to, up to an hour.
pub(super) fn backoff(attempts: u32, retries: Retries, retry_after: Option<u64>, random: u64) -> Span {
    let (first, before) = match attempts.checked_sub(retries.quick + 1) {
        None => (retries.delay, attempts.saturating_sub(1)),
        Some(before) => (SLOW_BACKOFF.max(retries.delay), before),
    };
    let full = first.scaled(1 << before.min(20), 1).min(LONGEST_BACKOFF);
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

    const THREE: Retries = Retries { quick: 3, delay: Span::from_seconds(1) };

    #[test]
    fn three_quick_tries_are_followed_by_slow_ones() {
        let waits: Vec<u64> = (1..=9).map(|attempt| backoff(attempt, THREE, None, 0).seconds()).collect();
        assert_eq!(waits, [1, 2, 4, 30, 60, 120, 240, 300, 300]);
        assert_eq!(backoff(u32::MAX, THREE, None, 0), LONGEST_BACKOFF);
    }

    #[test]
    fn without_quick_tries_the_slow_ones_begin_at_once() {
        let none = Retries { quick: 0, delay: Span::from_seconds(60) };
        assert_eq!(backoff(1, none, None, 0), Span::from_seconds(60));
        assert_eq!(backoff(0, none, None, 0), Span::from_seconds(60));
    }

    #[test]
    fn jitter_takes_off_less_than_half() {
        assert_eq!(backoff(1, THREE, None, 499), Span::from_millis(501));
        assert_eq!(backoff(10, THREE, None, 499), Span::from_millis(150_300));
    }

    #[test]
    fn a_server_is_obeyed_for_an_hour_at_most() {
        assert_eq!(backoff(1, THREE, Some(90), 0), Span::from_seconds(90));
        assert_eq!(backoff(1, THREE, Some(u64::MAX), 0), LONGEST_WAIT);
        assert_eq!(backoff(7, THREE, Some(1), 0), Span::from_seconds(240));
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
