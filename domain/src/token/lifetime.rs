use serde::{Deserialize, Serialize};

use crate::time::{Span, Timestamp};

/// When a token is renewed, measured from its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalPolicy {
    /// The remaining life never to fall below: 15 s.
    pub floor: Span,
    /// The share of the lifetime to keep in hand, in percent: 10.
    pub share_percent: u64,
    /// What is assumed when neither `expires_in` nor `exp` says how long a token lives: 5 min.
    pub unknown_lifetime: Span,
}

impl Default for RenewalPolicy {
    fn default() -> Self {
        Self { floor: Span::from_seconds(15), share_percent: 10, unknown_lifetime: Span::from_seconds(300) }
    }
}

impl RenewalPolicy {
    /// How much remaining life triggers a renewal: the largest of the floor, the share and three times the 99th
    /// percentile of recent renewals, but never more than half the lifetime.
    pub fn margin(&self, lifetime: Span, renewal_p99: Span) -> Span {
        let wanted = self.floor.max(lifetime.scaled(self.share_percent, 100)).max(renewal_p99.scaled(3, 1));
        wanted.min(lifetime.scaled(1, 2))
    }

    /// When a token is due: its expiry less the margin, less a jitter of at most a tenth of the margin.
    ///
    /// `random` is drawn once per token, so that tabs that hear of the same token agree.
    pub fn renew_at(&self, received_at: Timestamp, expires_at: Timestamp, renewal_p99: Span, random: u64) -> Timestamp {
        let lifetime = expires_at.since(received_at);
        let margin = self.margin(lifetime, renewal_p99);
        let jitter = margin.scaled(random % 1_000, 10_000);
        let due = expires_at - margin - jitter;
        due.max(received_at + lifetime.scaled(1, 2))
    }
}

/// When a token received at `received_at` ends: after `expires_in` seconds, else after `exp - iat` of its claims.
///
/// `None` when neither is known; no time at all counts as unknown. A lifetime counts from the moment of receipt, so that a wrong clock on either side
/// does no harm.
pub fn expiry(received_at: Timestamp, expires_in: Option<u64>, claims: Option<(i64, i64)>) -> Option<Timestamp> {
    let from_claims = || {
        let (issued_at, expires_at) = claims?;
        u64::try_from(expires_at.checked_sub(issued_at)?).ok()
    };
    let usable = |seconds: &u64| *seconds > 0;
    let seconds = expires_in.filter(usable).or_else(|| from_claims().filter(usable))?;
    Some(received_at + Span::from_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RenewalPolicy =
        RenewalPolicy { floor: Span::from_seconds(15), share_percent: 10, unknown_lifetime: Span::from_seconds(300) };

    #[test]
    fn an_hour_keeps_six_minutes_in_hand() {
        assert_eq!(POLICY.margin(Span::from_seconds(3_600), Span::ZERO), Span::from_seconds(360));
    }

    #[test]
    fn a_short_life_is_never_renewed_before_its_half() {
        assert_eq!(POLICY.margin(Span::from_seconds(20), Span::ZERO), Span::from_seconds(10));
    }

    #[test]
    fn a_slow_provider_widens_the_margin() {
        let margin = POLICY.margin(Span::from_seconds(300), Span::from_seconds(20));
        assert_eq!(margin, Span::from_seconds(60));
    }

    #[test]
    fn expiry_counts_from_receipt() {
        let received = Timestamp::from_seconds(1_000);
        assert_eq!(expiry(received, Some(60), None), Some(Timestamp::from_seconds(1_060)));
        assert_eq!(expiry(received, None, Some((50, 350))), Some(Timestamp::from_seconds(1_300)));
        assert_eq!(expiry(received, None, Some((350, 50))), None);
        assert_eq!(expiry(received, Some(0), Some((50, 350))), Some(Timestamp::from_seconds(1_300)));
        assert_eq!(expiry(received, Some(0), Some((50, 50))), None);
        assert_eq!(expiry(received, None, Some((i64::MIN, i64::MAX))), None);
        assert_eq!(expiry(received, None, None), None);
    }

    #[test]
    fn the_jitter_only_ever_moves_a_renewal_earlier() {
        let (received, ends) = (Timestamp::from_seconds(0), Timestamp::from_seconds(3_600));
        let exact = POLICY.renew_at(received, ends, Span::ZERO, 0);
        let early = POLICY.renew_at(received, ends, Span::ZERO, 999);
        assert_eq!(exact, Timestamp::from_seconds(3_240));
        assert!(early < exact && early > Timestamp::from_seconds(3_200));
    }
}
