use serde::{Deserialize, Serialize};

use crate::api::Code;
use crate::id::ProviderId;
use crate::site::{SiteId, SitePlace};

/// Which sites a tenant's tokens may be used for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AllowedSites {
    /// All of them.
    #[default]
    All,
    /// These, and no other; an empty list allows none.
    Only(Vec<SiteId>),
}

impl AllowedSites {
    /// Whether a site is among them.
    pub fn allow(&self, site: &SiteId) -> bool {
        match self {
            Self::All => true,
            Self::Only(sites) => sites.contains(site),
        }
    }
}

/// What a tenant limits its site tokens to; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// To those of one API; `None` for every one.
    pub api: Option<ProviderId>,
    /// To those of some sites.
    pub sites: AllowedSites,
}

/// One of them, in the way of a token. The text says so to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// The tenant works with another API.
    #[error("This tenant works with another API.")]
    Api,
    /// The tenant does not allow the site.
    #[error("This tenant does not allow the site.")]
    Sites,
}

impl Limits {
    /// What is in the way of a token of this place; `None` where it may be used.
    pub fn against(&self, place: &SitePlace) -> Option<Limit> {
        if self.api.as_ref().is_some_and(|api| *api != place.provider) {
            return Some(Limit::Api);
        }
        (!self.sites.allow(&place.site)).then_some(Limit::Sites)
    }
}

impl Limit {
    /// The code of a call that is refused for it.
    pub fn code(self) -> Code {
        match self {
            Self::Api => Code::ApiNotAllowed,
            Self::Sites => Code::SiteNotAllowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(provider: &str, site: &str) -> SitePlace {
        SitePlace { provider: ProviderId::new(provider), site: SiteId::parse(site).unwrap(), device: None }
    }

    #[test]
    fn without_limits_every_place_is_allowed() {
        assert_eq!(Limits::default().against(&place("ace", "a")), None);
    }

    #[test]
    fn another_api_and_another_site_are_each_named_the_api_first() {
        let sites = AllowedSites::Only(vec![SiteId::parse("a").unwrap()]);
        let limits = Limits { api: Some(ProviderId::new("ace")), sites };
        assert_eq!(limits.against(&place("ace", "a")), None);
        assert_eq!(limits.against(&place("ace", "b")), Some(Limit::Sites));
        assert_eq!(limits.against(&place("other", "a")), Some(Limit::Api));
        assert_eq!(limits.against(&place("other", "b")), Some(Limit::Api));
    }
}
