use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Chosen, Site, SitePlace, SiteToken, SitesView, Standing};
use crate::id::SiteTokenId;
use crate::time::Timestamp;

/// Where a token for a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This browser's vault.
    Vault(SiteTokenId),
    /// The operator's default token, which the server puts in.
    Operators,
}

/// A place that was looked at for a token, and why it gave none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which.
    pub source: ChainSource,
    /// Why there was none.
    pub why: WhyNot,
}

/// The places a token is looked for, in this order; after them a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainSource {
    /// This browser's vault.
    Vault,
    /// What other devices synced.
    Sync,
    /// The operator's default token.
    Operators,
}

/// Why a place gave no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// None is there.
    None,
    /// The one there has expired.
    Expired,
    /// The API refused the one there.
    Refused,
    /// It is for another site.
    OtherSite,
    /// It is switched off.
    Off,
    /// It could not be asked.
    Unreachable,
    /// It is there and can't be opened with what this device knows: the copy was begun anew, or is gone.
    Locked,
}

/// Where a call goes, and the tokens that could go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The place the call is for; `None` for a token that is gone.
    pub place: Option<SitePlace>,
    /// What can be tried, the best first.
    pub origins: Vec<Origin>,
    /// The places that gave none, in the order of the chain. Sync is not among them: whoever can ask it says so with
    /// [`Resolution::with_sync`].
    pub tried: Vec<Tried>,
}

impl Resolution {
    /// The one place `site` means, and the tokens of it that can be used at `now`: first the vault's, of which the one meant,
    /// the default site's, one the API took, and one that lives longest go before others; then the operator's, which goes first
    /// where it is the one meant.
    pub fn of(site: &Site, view: &SitesView, now: Timestamp) -> Self {
        let place = match site {
            Site::At(place) => Some(place.clone()),
            Site::Of(id) => view.token(id).map(|token| token.place.clone()),
            Site::Operators => view.operators.as_ref().map(|token| token.place()),
        };
        let mut resolution = Self { place, origins: Vec::new(), tried: Vec::new() };
        let Some(place) = resolution.place.clone() else {
            let source = if *site == Site::Operators { ChainSource::Operators } else { ChainSource::Vault };
            resolution.tried.push(Tried { source, why: WhyNot::None });
            return resolution;
        };
        if *site == Site::Operators {
            resolution.look_at_operators(&place, view, now);
            resolution.look_in_vault(site, &place, view, now);
            resolution.tried.sort_by_key(|tried| tried.source);
        } else {
            resolution.look_in_vault(site, &place, view, now);
            resolution.look_at_operators(&place, view, now);
        }
        resolution
    }

    /// With what sync said, in its place of the chain.
    #[must_use]
    pub fn with_sync(mut self, why: WhyNot) -> Self {
        self.tried.push(Tried { source: ChainSource::Sync, why });
        self.tried.sort_by_key(|tried| tried.source);
        self
    }

    fn look_in_vault(&mut self, site: &Site, place: &SitePlace, view: &SitesView, now: Timestamp) {
        let there: Vec<&Arc<SiteToken>> = view.tokens.iter().filter(|token| token.place.covers(place)).collect();
        let mut usable: Vec<_> = there.iter().filter(|token| token.is_usable(now)).collect();
        usable.sort_by_key(|token| {
            let is_meant = matches!(site, Site::Of(id) if *id == token.id);
            let is_exact = token.place == *place;
            let end = token.claims.expires_at.map_or(i64::MAX, Timestamp::millis);
            (!is_meant, !is_exact, !view.is_default(&token.id), Reverse(token.trust()), Reverse(end), token.id.clone())
        });
        self.origins.extend(usable.iter().map(|token| Origin::Vault(token.id.clone())));
        if self.origins.is_empty() {
            let expired = |token: &&Arc<SiteToken>| token.standing(now) == Standing::Expired;
            let why = match there.len() {
                0 => WhyNot::None,
                _ if there.iter().all(expired) => WhyNot::Expired,
                _ => WhyNot::Refused,
            };
            self.tried.push(Tried { source: ChainSource::Vault, why });
        }
    }

    fn look_at_operators(&mut self, place: &SitePlace, view: &SitesView, now: Timestamp) {
        let why = match &view.operators {
            None => WhyNot::None,
            Some(token) if token.provider != place.provider || token.site != place.site => WhyNot::OtherSite,
            Some(token) if token.expires_at.is_some_and(|end| end <= now) => WhyNot::Expired,
            Some(_) => return self.origins.push(Origin::Operators),
        };
        if self.origins.is_empty() {
            self.tried.push(Tried { source: ChainSource::Operators, why });
        }
    }
}

impl SitePlace {
    /// Whether a token of this place can be used at `other`: a site's token is good for its devices.
    pub fn covers(&self, other: &Self) -> bool {
        let same_site = self.provider == other.provider && self.site == other.site;
        same_site && (self.device.is_none() || self.device == other.device)
    }
}

impl SiteToken {
    /// How sure it is that the API takes it.
    fn trust(&self) -> u8 {
        use super::VerdictKind::{Accepted, Forbidden, Rejected, Revoked};
        match self.verdict.as_ref().map(|verdict| verdict.kind) {
            Some(Accepted) => 3,
            None => 2,
            Some(Forbidden) => 1,
            Some(Rejected | Revoked) => 0,
        }
    }
}

impl From<Chosen> for Site {
    fn from(chosen: Chosen) -> Self {
        match chosen {
            Chosen::Token(id) => Self::Of(id),
            Chosen::Operators => Self::Operators,
        }
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            ChainSource::Vault => "this browser",
            ChainSource::Sync => "synced tokens",
            ChainSource::Operators => "the operator's default token",
        };
        let why = match self.why {
            WhyNot::None => "none",
            WhyNot::Expired => "expired",
            WhyNot::Refused => "refused by the API",
            WhyNot::OtherSite => "for another site",
            WhyNot::Off => "switched off",
            WhyNot::Unreachable => "can't be reached",
            WhyNot::Locked => "can't be opened here any more",
        };
        write!(formatter, "{source} ({why})")
    }
}

/// What was tried, in one sentence: `"Looked in this browser (none), synced tokens (switched off)."`
pub fn tried_in_words(tried: &[Tried]) -> String {
    let all: Vec<String> = tried.iter().map(ToString::to_string).collect();
    match all.as_slice() {
        [] => "Nothing was tried.".to_owned(),
        [one] => format!("Looked at {one}."),
        [first @ .., last] => format!("Looked at {}, and {last}.", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{NOW, site, token};
    use super::super::{DefaultToken, Verdict, VerdictKind};
    use super::*;
    use crate::id::ProviderId;

    fn at(id: &str) -> SitePlace {
        SitePlace { provider: ProviderId::new("ace"), site: site(id), device: None }
    }

    fn view(tokens: Vec<SiteToken>, operators: Option<&str>) -> SitesView {
        let operators = operators.map(|id| {
            let (provider, site) = (ProviderId::new("ace"), site(id));
            Arc::new(DefaultToken { provider, site, name: id.to_owned(), identity: None, expires_at: None })
        });
        SitesView { tokens: Arc::new(tokens.into_iter().map(Arc::new).collect()), operators, ..SitesView::default() }
    }

    fn vault(ids: &[&str]) -> Vec<Origin> {
        ids.iter().map(|id| Origin::Vault(SiteTokenId::new(*id))).collect()
    }

    #[test]
    fn the_vault_comes_first_and_the_operators_token_stands_behind_it() {
        let view = view(vec![token("a", None)], Some("a"));
        let resolution = Resolution::of(&Site::At(at("a")), &view, NOW);
        assert_eq!(resolution.origins, [vault(&["a"]), vec![Origin::Operators]].concat());
        assert_eq!(resolution.tried, []);
    }

    #[test]
    fn a_call_without_any_token_names_what_was_tried() {
        let view = view(vec![token("a", Some(-1))], Some("b"));
        let resolution = Resolution::of(&Site::At(at("a")), &view, NOW).with_sync(WhyNot::Off);
        assert_eq!(resolution.origins, []);
        assert_eq!(
            tried_in_words(&resolution.tried),
            "Looked at this browser (expired), synced tokens (switched off), and the operator's default token (for another site)."
        );
    }

    #[test]
    fn another_token_of_the_place_stands_in_for_one_that_is_over_or_refused() {
        let other = |id: &str, days| SiteToken { place: at("a"), ..token(id, Some(days)) };
        let verdict = |kind| Some(Verdict { kind, at: NOW });
        let refused = SiteToken { verdict: verdict(VerdictKind::Rejected), ..other("refused", 300) };
        let trusted = SiteToken { verdict: verdict(VerdictKind::Accepted), ..other("trusted", 20) };
        let tokens = vec![token("a", Some(-1)), refused, other("long", 300), trusted, other("short", 30)];
        let view = view(tokens, None);
        let resolution = Resolution::of(&Site::Of(SiteTokenId::new("a")), &view, NOW);
        assert_eq!(resolution.origins, vault(&["trusted", "long", "short"]));
        let meant = Resolution::of(&Site::Of(SiteTokenId::new("short")), &view, NOW);
        assert_eq!(meant.origins[0], Origin::Vault(SiteTokenId::new("short")));
    }

    #[test]
    fn a_sites_token_is_good_for_its_devices_and_a_devices_for_itself_alone() {
        let device = |name: &str| SitePlace { device: Some(name.to_owned()), ..at("a") };
        let view = view(vec![token("a", None), SiteToken { place: device("d1"), ..token("d1", None) }], None);
        let found = |place| Resolution::of(&Site::At(place), &view, NOW).origins;
        assert_eq!(found(device("d1")), vault(&["d1", "a"]));
        assert_eq!(found(device("d2")), vault(&["a"]));
        assert_eq!(found(at("a")), vault(&["a"]));
    }

    #[test]
    fn what_is_gone_or_not_set_is_said_to_be_so() {
        let gone = Resolution::of(&Site::Of(SiteTokenId::new("x")), &view(vec![], None), NOW);
        assert_eq!((gone.place, gone.tried), (None, vec![Tried { source: ChainSource::Vault, why: WhyNot::None }]));
        let unset = Resolution::of(&Site::Operators, &view(vec![], None), NOW);
        assert_eq!(unset.tried, [Tried { source: ChainSource::Operators, why: WhyNot::None }]);
        let set = Resolution::of(&Site::Operators, &view(vec![token("b", None)], Some("a")), NOW);
        assert_eq!(set.origins, [Origin::Operators]);
    }

    #[test]
    fn a_token_of_ones_own_stands_in_for_the_operators_that_is_over() {
        let over = |tokens| {
            let view = view(tokens, Some("a"));
            let operators =
                view.operators.as_deref().map(|token| DefaultToken { expires_at: Some(NOW), ..token.clone() });
            SitesView { operators: operators.map(Arc::new), ..view }
        };
        let own = Resolution::of(&Site::Operators, &over(vec![token("a", None)]), NOW);
        assert_eq!(own.origins, vault(&["a"]));
        let none = Resolution::of(&Site::Operators, &over(vec![]), NOW).with_sync(WhyNot::None);
        assert_eq!(
            tried_in_words(&none.tried),
            "Looked at this browser (none), synced tokens (none), and the operator's default token (expired)."
        );
    }
}
