//! What a browser tells the server of the site tokens it keeps: how many there are, and nothing of any one of them.

use serde::{Deserialize, Serialize};

use super::{SiteMetrics, Standing};
use crate::time::Span;
use crate::time::date::DAY;

/// How many tokens a count may have; more is no vault of a person.
pub const MOST_TOLD: u32 = 100_000;

/// The greatest average age, in hours: a hundred years.
pub const LONGEST_AGE: u32 = 876_600;

/// How long counts hold. Who has not told for so long has closed the browser, and what stood then is not known to stand.
pub const TOLD_FOR: Span = DAY;

/// Numbers about the site tokens one browser keeps in one tenant. A field that is not listed here is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCounts {
    /// How many can be used: not over, and not refused; at most 100,000, as each of these.
    pub active: u32,
    /// How many of these end within seven days.
    pub expiring: u32,
    /// How many are over.
    pub expired: u32,
    /// How many the API refused.
    pub invalid: u32,
    /// How many the API said to be revoked.
    pub revoked: u32,
    /// How old their texts are on average, in whole hours, at most a hundred years; 0 without any token.
    pub age_hours: u32,
    /// Whether the browser takes part in the tenant's synced copy: all browsers that do keep the same tokens.
    #[serde(default)]
    pub synced: bool,
}

impl TokenCounts {
    /// How many tokens there are.
    pub const fn total(&self) -> u64 {
        self.active as u64 + self.expired as u64 + self.invalid as u64 + self.revoked as u64
    }

    /// What can't be a count, by the field's name; `None` for what can be.
    pub fn fault(&self) -> Option<&'static str> {
        let counts = [
            ("active", self.active),
            ("expired", self.expired),
            ("invalid", self.invalid),
            ("revoked", self.revoked),
            ("active", u32::try_from(self.total()).unwrap_or(u32::MAX)),
        ];
        if let Some((field, _)) = counts.into_iter().find(|(_, count)| *count > MOST_TOLD) {
            return Some(field);
        }
        if self.expiring > self.active {
            return Some("expiring");
        }
        let is_aged = self.age_hours <= if self.total() == 0 { 0 } else { LONGEST_AGE };
        (!is_aged).then_some("age_hours")
    }
}

impl SiteMetrics {
    /// What the server is told of it, by a browser that syncs with no other. More tokens, or older ones, than may be told are told as the most that may.
    pub fn told(&self) -> TokenCounts {
        let of = |standings: &[Standing]| -> usize {
            let all = Standing::ALL.into_iter().zip(self.by_standing);
            all.filter(|(standing, _)| standings.contains(standing)).map(|(_, count)| count).sum()
        };
        let mut room = MOST_TOLD;
        let mut told = |count: usize| {
            let told = u32::try_from(count).unwrap_or(u32::MAX).min(room);
            room -= told;
            told
        };
        let active = told(self.active);
        let (expired, invalid) = (told(self.expired), told(of(&[Standing::Invalid])));
        let revoked = told(of(&[Standing::Revoked]));
        let expiring = of(&[Standing::Warning, Standing::Urgent, Standing::Critical]);
        let hours = self.average_age_days.unwrap_or(0.0) * 24.0;
        // Kept within a hundred years, which are whole numbers of hours far below what the type takes.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let age_hours = hours.clamp(0.0, f64::from(LONGEST_AGE)) as u32;
        let expiring = u32::try_from(expiring).unwrap_or(u32::MAX).min(active);
        TokenCounts { active, expiring, expired, invalid, revoked, age_hours, synced: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(by_standing: [usize; 7], age: Option<f64>) -> SiteMetrics {
        let of = |standings: &[Standing]| {
            let all = Standing::ALL.into_iter().zip(by_standing);
            all.filter(|(standing, _)| standings.contains(standing)).map(|(_, count)| count).sum()
        };
        SiteMetrics {
            total: by_standing.iter().sum(),
            active: of(&[Standing::Active, Standing::Warning, Standing::Urgent, Standing::Critical]),
            usable: 0,
            expired: of(&[Standing::Expired]),
            invalid: of(&[Standing::Invalid, Standing::Revoked]),
            average_age_days: age,
            by_standing,
            recent_errors: 3,
        }
    }

    fn place(standing: Standing) -> usize {
        Standing::ALL.iter().position(|one| *one == standing).unwrap()
    }

    #[test]
    fn each_token_is_told_under_one_status() {
        let mut counts = [0; 7];
        for (standing, count) in
            [(Standing::Active, 4), (Standing::Urgent, 2), (Standing::Expired, 3), (Standing::Invalid, 1)]
        {
            counts[place(standing)] = count;
        }
        counts[place(Standing::Revoked)] = 5;
        let told = metrics(counts, Some(2.5)).told();
        let expected =
            TokenCounts { active: 6, expiring: 2, expired: 3, invalid: 1, revoked: 5, age_hours: 60, synced: false };
        assert_eq!((told, told.total(), told.fault()), (expected, 15, None));
        assert_eq!(metrics([0; 7], None).told(), TokenCounts::default());
    }

    #[test]
    fn what_is_told_is_always_what_may_be_told() {
        for (counts, age) in [([usize::MAX / 8; 7], 1e300), ([60_000; 7], f64::NAN), ([1; 7], -4.0)] {
            let told = metrics(counts, Some(age)).told();
            assert_eq!(told.fault(), None, "{told:?}");
        }
    }

    #[test]
    fn a_count_no_vault_has_is_named() {
        let fine = TokenCounts { active: 5, expiring: 5, ..TokenCounts::default() };
        assert_eq!(fine.fault(), None);
        for (counts, field) in [
            (TokenCounts { active: MOST_TOLD + 1, ..fine }, "active"),
            (TokenCounts { expired: u32::MAX, ..fine }, "expired"),
            (TokenCounts { active: MOST_TOLD, revoked: 1, ..fine }, "active"),
            (TokenCounts { expiring: 6, ..fine }, "expiring"),
            (TokenCounts { age_hours: LONGEST_AGE + 1, ..fine }, "age_hours"),
            (TokenCounts { age_hours: 1, ..TokenCounts::default() }, "age_hours"),
        ] {
            assert_eq!(counts.fault(), Some(field), "{counts:?}");
        }
    }
}
