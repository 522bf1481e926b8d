use serde::{Deserialize, Serialize};

use super::{SiteToken, VerdictKind};
use crate::time::Timestamp;

/// From how many days before its end a token is in each state.
const WARNING: i64 = 7;
const URGENT: i64 = 3;
const CRITICAL: i64 = 1;
const DAY: i64 = 86_400_000;

/// How a site token stands. The order is that of urgency: the later, the sooner a person must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// More than seven days left, or it has no end.
    Active,
    /// At most seven days left.
    Warning,
    /// At most three days left.
    Urgent,
    /// At most one day left.
    Critical,
    /// Over, by its own word.
    Expired,
    /// The API does not take it, though by its own word it is not over.
    Invalid,
    /// The API said that it was revoked.
    Revoked,
}

/// What a person had best do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing.
    None,
    /// Keep an eye on it.
    Monitor,
    /// Get a new one in the next days.
    RenewSoon,
    /// Get a new one now.
    RenewNow,
}

impl Standing {
    /// All of them, the calmest first.
    pub const ALL: [Self; 7] =
        [Self::Active, Self::Warning, Self::Urgent, Self::Critical, Self::Expired, Self::Invalid, Self::Revoked];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Warning => "Expires soon",
            Self::Urgent => "Expires in days",
            Self::Critical => "Expires within a day",
            Self::Expired => "Expired",
            Self::Invalid => "Not accepted",
            Self::Revoked => "Revoked",
        }
    }

    /// What a person had best do.
    pub const fn advice(self) -> Advice {
        match self {
            Self::Active => Advice::None,
            Self::Warning => Advice::Monitor,
            Self::Urgent => Advice::RenewSoon,
            Self::Critical | Self::Expired | Self::Invalid | Self::Revoked => Advice::RenewNow,
        }
    }

    /// How something with this end stands, as far as its end says.
    pub fn by_end(expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        match expires_at.map(|end| days_left(end, now)) {
            None => Self::Active,
            Some(..=0) => Self::Expired,
            Some(..=CRITICAL) => Self::Critical,
            Some(..=URGENT) => Self::Urgent,
            Some(..=WARNING) => Self::Warning,
            Some(_) => Self::Active,
        }
    }
}

impl SiteToken {
    /// How it stands at `now`. What the API said last counts more than the token's own word; a 403 says nothing against it.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let by_end = Standing::by_end(self.claims.expires_at, now);
        match self.verdict.as_ref().map(|verdict| verdict.kind) {
            Some(VerdictKind::Revoked) => Standing::Revoked,
            Some(VerdictKind::Rejected) if by_end != Standing::Expired => Standing::Invalid,
            _ => by_end,
        }
    }

    /// Whole days until it ends, a day begun counting whole; 0 or less when it is over, `None` when it has no end.
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        self.claims.expires_at.map(|end| days_left(end, now))
    }
}

/// Whole days from `now` until `end`, a day begun counting whole; 0 or less when it is past.
pub fn days_left(end: Timestamp, now: Timestamp) -> i64 {
    let left = end.millis().saturating_sub(now.millis());
    left.div_euclid(DAY) + i64::from(left.rem_euclid(DAY) > 0)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::super::sample::{NOW, token};
    use super::*;

    #[test]
    fn a_day_begun_counts_whole() {
        for (millis, days) in [(1, 1), (DAY, 1), (DAY + 1, 2), (0, 0), (-1, 0), (-DAY, -1), (7 * DAY + 1, 8)] {
            assert_eq!(days_left(NOW.shifted(millis), NOW), days, "{millis}");
        }
    }

    #[test]
    fn the_end_decides_by_days() {
        for (days, standing) in [
            (8, Standing::Active),
            (7, Standing::Warning),
            (4, Standing::Warning),
            (3, Standing::Urgent),
            (2, Standing::Urgent),
            (1, Standing::Critical),
            (0, Standing::Expired),
            (-5, Standing::Expired),
        ] {
            assert_eq!(token("a", Some(days)).standing(NOW), standing, "{days}");
        }
        assert_eq!(token("a", None).standing(NOW), Standing::Active);
    }

    #[test]
    fn what_the_api_said_counts_more_than_the_tokens_own_word_but_for_a_403() {
        let said = |kind, days| {
            let verdict = Some(Verdict { kind, at: NOW });
            super::super::SiteToken { verdict, ..token("a", Some(days)) }.standing(NOW)
        };
        assert_eq!(said(VerdictKind::Rejected, 300), Standing::Invalid);
        assert_eq!(said(VerdictKind::Rejected, -1), Standing::Expired);
        assert_eq!(said(VerdictKind::Revoked, -1), Standing::Revoked);
        assert_eq!(said(VerdictKind::Forbidden, 300), Standing::Active);
        assert_eq!(said(VerdictKind::Accepted, 2), Standing::Urgent);
    }
}
