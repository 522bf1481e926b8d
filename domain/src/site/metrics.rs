use super::{SitesView, Standing};
use crate::time::Timestamp;

/// Figures about all tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteMetrics {
    /// How many there are.
    pub total: usize,
    /// How many are neither over nor refused.
    pub active: usize,
    /// How many of these the tenant allows, so that they can be used.
    pub usable: usize,
    /// How many are over.
    pub expired: usize,
    /// How many the API refused or said to be revoked.
    pub invalid: usize,
    /// How old their texts are on average, in days; `None` without any.
    pub average_age_days: Option<f64>,
    /// How many stand how, in the order of [`Standing::ALL`].
    pub by_standing: [usize; 7],
    /// How many errors are in [`SitesView::errors`].
    pub recent_errors: usize,
}

impl SitesView {
    /// Figures about all tokens, as they stand at `now`.
    pub fn metrics(&self, now: Timestamp) -> SiteMetrics {
        let mut by_standing = [0; 7];
        let mut age = 0.0;
        for token in &*self.tokens {
            let standing = token.standing(now);
            for (count, one) in by_standing.iter_mut().zip(Standing::ALL) {
                *count += usize::from(one == standing);
            }
            let issued = token.claims.issued_at.unwrap_or(token.replaced_at);
            // Ages are far below 2^53 milliseconds, where every whole number is exact.
            #[allow(clippy::cast_precision_loss)]
            let days = now.since(issued).millis() as f64 / 86_400_000.0;
            age += days;
        }
        let total = self.tokens.len();
        let of = |standings: &[Standing]| {
            let all = Standing::ALL.into_iter().zip(by_standing);
            all.filter(|(standing, _)| standings.contains(standing)).map(|(_, count)| count).sum()
        };
        #[allow(clippy::cast_precision_loss)]
        let average_age_days = (total > 0).then(|| age / total as f64);
        SiteMetrics {
            total,
            active: of(&[Standing::Active, Standing::Warning, Standing::Urgent, Standing::Critical]),
            usable: self.tokens.iter().filter(|token| token.is_usable(now) && self.allows(&token.place)).count(),
            expired: of(&[Standing::Expired]),
            invalid: of(&[Standing::Invalid, Standing::Revoked]),
            average_age_days,
            by_standing,
            recent_errors: self.errors.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::sample::{NOW, token};
    use super::super::{SiteToken, Verdict, VerdictKind};
    use super::*;
    use crate::tenant::{AllowedSites, Limits};

    #[test]
    fn every_token_is_counted_once_and_ages_are_averaged() {
        let refused = SiteToken {
            verdict: Some(Verdict { kind: VerdictKind::Revoked, at: NOW }),
            replaced_at: NOW.shifted(-3 * 86_400_000),
            ..token("r", Some(300))
        };
        let tokens = [token("a", None), token("b", Some(2)), token("c", Some(-2)), refused];
        let view = SitesView { tokens: Arc::new(tokens.map(Arc::new).to_vec()), ..SitesView::default() };
        let metrics = view.metrics(NOW);
        assert_eq!((metrics.total, metrics.active, metrics.expired, metrics.invalid), (4, 2, 1, 1));
        assert_eq!(metrics.by_standing, [1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(metrics.average_age_days, Some(0.75));
        assert_eq!(metrics.usable, 2);
        let sites = AllowedSites::Only(vec![view.tokens[1].place.site.clone()]);
        let limits = Arc::new(Limits { sites, ..Limits::default() });
        let limited = SitesView { limits, ..view }.metrics(NOW);
        assert_eq!((limited.active, limited.usable), (2, 1), "the tenant does not allow the other");
        assert_eq!(SitesView::default().metrics(NOW).average_age_days, None);
    }
}
