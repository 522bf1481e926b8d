//! How failed sign-ins are slowed down.
//!
//! Per account: a delay that grows to ten seconds, never a lock, so that nobody can shut a person out for good. Per
//! address: steps from a minute to a day, after the 7th, 10th, 15th, 20th and every failure from the 25th on. An
//! attempt during a wait is not looked at and does not prolong it. A count is forgotten a day after its last failure
//! or wait.
//! An account nobody has is paced like any other, so that the pace tells nothing.

use std::net::IpAddr;

use domain::time::{Span, Timestamp};

use crate::digest::Digest;
use crate::network::limit_subject;
use crate::store::Attempt;

/// When a count is forgotten.
pub const FORGET_AFTER: Span = Span::from_seconds(24 * 3_600);

/// The subject of an account's count; the name is digested, as people type passwords there by mistake.
pub fn account_subject(folded: &str) -> String {
    format!("account:{}", Digest::of_text(folded).hex())
}

/// The subject of an address's count: one address, or one /64 network of IPv6.
pub fn address_subject(address: IpAddr) -> String {
    format!("address:{}", limit_subject(address))
}

/// Paces attempts on an account.
///
/// # Errors
///
/// How long to wait.
pub fn pace_account(before: Option<Attempt>, now: Timestamp) -> Result<Attempt, Span> {
    pace(before, now, |failures| match failures {
        0..=2 => Span::ZERO,
        3 => Span::from_seconds(1),
        4 => Span::from_seconds(2),
        5 => Span::from_seconds(4),
        6 => Span::from_seconds(8),
        _ => Span::from_seconds(10),
    })
}

/// Paces attempts from an address.
///
/// # Errors
///
/// How long to wait.
pub fn pace_address(before: Option<Attempt>, now: Timestamp) -> Result<Attempt, Span> {
    const MINUTE: u64 = 60;
    pace(before, now, |failures| match failures {
        7 => Span::from_seconds(MINUTE),
        10 => Span::from_seconds(10 * MINUTE),
        15 => Span::from_seconds(15 * MINUTE),
        20 => Span::from_seconds(60 * MINUTE),
        25.. => Span::from_seconds(24 * 60 * MINUTE),
        _ => Span::ZERO,
    })
}

fn pace(before: Option<Attempt>, now: Timestamp, delay: impl Fn(u32) -> Span) -> Result<Attempt, Span> {
    let remembered = before.filter(|before| now.since(before.last_at.max(before.blocked_until)) < FORGET_AFTER);
    if let Some(before) = remembered.filter(|before| now < before.blocked_until) {
        return Err(before.blocked_until.since(now));
    }
    let failures = remembered.map_or(0, |before| before.failures).saturating_add(1);
    Ok(Attempt { failures, last_at: now, blocked_until: now + delay(failures) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    fn waits(pace: fn(Option<Attempt>, Timestamp) -> Result<Attempt, Span>, failures: usize) -> Vec<u64> {
        let (mut now, mut before, mut waits) = (NOON, None, Vec::new());
        for _ in 0..failures {
            let attempt = pace(before, now).unwrap();
            waits.push(attempt.blocked_until.since(now).seconds());
            now = now.max(attempt.blocked_until);
            before = Some(attempt);
        }
        waits
    }

    #[test]
    fn an_account_is_slowed_to_ten_seconds_and_never_locked() {
        assert_eq!(waits(pace_account, 9), [0, 0, 1, 2, 4, 8, 10, 10, 10]);
    }

    #[test]
    fn an_address_is_stopped_in_steps_from_a_minute_to_a_day() {
        let waits = waits(pace_address, 26);
        let steps: Vec<_> =
            waits.iter().enumerate().filter(|(_, wait)| **wait > 0).map(|(at, wait)| (at + 1, *wait)).collect();
        assert_eq!(steps, [(7, 60), (10, 600), (15, 900), (20, 3_600), (25, 86_400), (26, 86_400)]);
    }

    #[test]
    fn an_attempt_during_a_wait_is_told_what_is_left_and_does_not_prolong_it() {
        let blocked = Attempt { failures: 3, last_at: NOON, blocked_until: NOON + Span::from_seconds(10) };
        assert_eq!(pace_account(Some(blocked), NOON + Span::from_seconds(4)), Err(Span::from_seconds(6)));
    }

    #[test]
    fn a_day_after_the_last_failure_the_count_begins_again() {
        let old = Attempt { failures: 6, last_at: NOON, blocked_until: NOON };
        assert_eq!(pace_account(Some(old), NOON + FORGET_AFTER).unwrap().failures, 1);
    }
}
