//! Searching, filtering and sorting thousands of tokens between two key presses.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{SiteToken, SitesView, Standing};
use crate::id::ProviderId;
use crate::time::Timestamp;

/// What a person wants to see of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words that must all occur, in any order and case, in site, name, device, identity or provider.
    pub text: String,
    /// How the tokens stand.
    pub filter: Filter,
    /// Whose API; `None` for all.
    pub provider: Option<ProviderId>,
    /// In which order.
    pub order: Order,
}

/// How the tokens wanted stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// However they stand.
    #[default]
    All,
    /// [`Standing::Active`].
    Active,
    /// At most seven days left: [`Standing::Warning`], [`Standing::Urgent`], [`Standing::Critical`].
    Expiring,
    /// [`Standing::Expired`].
    Expired,
    /// [`Standing::Invalid`] and [`Standing::Revoked`].
    Refused,
}

/// In which order; the default site comes first in each, and equal ones stand by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name, numbers in it by value: "Site 9" before "Site 10".
    #[default]
    Name,
    /// What ends first, first; what has no end, last.
    Expiry,
    /// What was used last, first; what never was, last.
    LastUsed,
    /// What was added last, first.
    Added,
}

impl Filter {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::All, Self::Active, Self::Expiring, Self::Expired, Self::Refused];

    /// Whether a token that stands so is wanted.
    pub const fn takes(self, standing: Standing) -> bool {
        match (self, standing) {
            (Self::All, _)
            | (Self::Active, Standing::Active)
            | (Self::Expiring, Standing::Warning | Standing::Urgent | Standing::Critical)
            | (Self::Expired, Standing::Expired)
            | (Self::Refused, Standing::Invalid | Standing::Revoked) => true,
            (Self::Active | Self::Expiring | Self::Expired | Self::Refused, _) => false,
        }
    }
}

impl SitesView {
    /// The tokens a query is about, in its order.
    pub fn find(&self, query: &Query, now: Timestamp) -> Vec<Arc<SiteToken>> {
        let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
        let wanted = |token: &&Arc<SiteToken>| {
            query.provider.as_ref().is_none_or(|provider| *provider == token.place.provider)
                && query.filter.takes(token.standing(now))
                && token.has(&words)
        };
        let mut found: Vec<Arc<SiteToken>> = self.tokens.iter().filter(wanted).cloned().collect();
        // They stand by name already, and the sort keeps what is equal in place.
        match query.order {
            Order::Name => {}
            Order::Expiry => found.sort_by_key(|token| token.claims.expires_at.map_or(i64::MAX, Timestamp::millis)),
            Order::LastUsed => found.sort_by_key(|token| last_first(token.used.last_at)),
            Order::Added => found.sort_by_key(|token| last_first(Some(token.added_at))),
        }
        found.sort_by_key(|token| !self.is_default(&token.id));
        found
    }

    /// How many tokens each filter takes, in the order of [`Filter::ALL`].
    pub fn counts(&self, now: Timestamp) -> [usize; 5] {
        let mut counts = [0; 5];
        for token in &*self.tokens {
            let standing = token.standing(now);
            for (count, filter) in counts.iter_mut().zip(Filter::ALL) {
                *count += usize::from(filter.takes(standing));
            }
        }
        counts
    }
}

impl SiteToken {
    fn has(&self, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let SiteToken { place, name, claims, .. } = self;
        let mut all = String::with_capacity(128);
        for part in [name, place.site.as_str(), place.provider.as_str()]
            .into_iter()
            .chain(place.device.as_deref())
            .chain(claims.identity.as_deref())
        {
            all.push_str(part);
            all.push('\n');
        }
        let all = all.to_lowercase();
        words.iter().all(|word| all.contains(word.as_str()))
    }
}

fn last_first(time: Option<Timestamp>) -> i64 {
    time.map_or(i64::MAX, |time| -time.millis())
}

/// How two tokens stand by name: letters whatever their case, numbers by value, then the place and the record.
pub fn by_name(one: &SiteToken, other: &SiteToken) -> Ordering {
    naturally(&one.name, &other.name).then_with(|| (&one.place, &one.id).cmp(&(&other.place, &other.id)))
}

fn naturally(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (Some(left), Some(right)) = (one.chars().next(), other.chars().next()) else {
            return one.len().cmp(&other.len());
        };
        let (order, one_rest, other_rest) = if left.is_ascii_digit() && right.is_ascii_digit() {
            let ((first, one_rest), (second, other_rest)) = (number(one), number(other));
            (first.len().cmp(&second.len()).then_with(|| first.cmp(second)), one_rest, other_rest)
        } else {
            let order = left.to_lowercase().cmp(right.to_lowercase());
            (order, &one[left.len_utf8()..], &other[right.len_utf8()..])
        };
        if order != Ordering::Equal {
            return order;
        }
        (one, other) = (one_rest, other_rest);
    }
}

/// The digits a text begins with, without zeros before them, and what follows.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, token};
    use super::super::{Used, Verdict, VerdictKind};
    use super::*;
    use crate::id::SiteTokenId;

    fn view(mut tokens: Vec<SiteToken>) -> SitesView {
        tokens.sort_by(by_name);
        SitesView { tokens: Arc::new(tokens.into_iter().map(Arc::new).collect()), ..SitesView::default() }
    }

    fn ids(found: &[Arc<SiteToken>]) -> Vec<&str> {
        found.iter().map(|token| token.id.as_str()).collect()
    }

    #[test]
    fn names_stand_as_a_person_counts() {
        let named = |name: &str| SiteToken { name: name.to_owned(), ..token("a", None) };
        let mut names = ["site 10", "Site 9", "site 09b", "alpha", "Élan", "Site 9a"].map(named);
        names.sort_by(by_name);
        assert_eq!(names.map(|token| token.name), ["alpha", "Site 9", "Site 9a", "site 09b", "site 10", "Élan"]);
    }

    #[test]
    fn all_words_must_occur_wherever_they_stand() {
        let view = view(vec![token("lincoln", None), token("omaha", None)]);
        let found = |text: &str| view.find(&Query { text: text.to_owned(), ..Query::default() }, NOW).len();
        assert_eq!(found(""), 2);
        assert_eq!(found(" SITE  lincoln "), 1);
        assert_eq!(found("ses_omaha_admin ace"), 1);
        assert_eq!(found("lincoln omaha"), 0);
    }

    #[test]
    fn each_filter_takes_its_own_and_the_counts_agree() {
        let refused = SiteToken {
            verdict: Some(Verdict { kind: VerdictKind::Rejected, at: NOW }),
            ..token("refused", Some(300))
        };
        let view = view(vec![token("a", Some(300)), token("b", Some(2)), token("c", Some(-2)), refused]);
        let found = Filter::ALL.map(|filter| view.find(&Query { filter, ..Query::default() }, NOW).len());
        assert_eq!(found, [4, 1, 1, 1, 1]);
        assert_eq!(view.counts(NOW), found);
    }

    #[test]
    fn orders_put_first_what_they_name_and_the_default_site_before_all() {
        let used = |id, at: i64| SiteToken {
            used: Used { last_at: Some(NOW.shifted(at)), count: 1 },
            added_at: NOW.shifted(-at),
            ..token(id, Some(-at))
        };
        let mut view = view(vec![used("a", -3), token("b", None), used("c", -1)]);
        let found = |view: &SitesView, order| view.find(&Query { order, ..Query::default() }, NOW);
        assert_eq!(ids(&found(&view, Order::Name)), ["a", "b", "c"]);
        assert_eq!(ids(&found(&view, Order::LastUsed)), ["c", "a", "b"]);
        assert_eq!(ids(&found(&view, Order::Expiry)), ["c", "a", "b"]);
        assert_eq!(ids(&found(&view, Order::Added)), ["a", "c", "b"]);
        view.default = Some(SiteTokenId::new("b"));
        assert_eq!(ids(&found(&view, Order::Name)), ["b", "a", "c"]);
    }
}
