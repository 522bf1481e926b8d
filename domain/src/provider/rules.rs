//! How a provider's API is called: where the token goes, and which calls may be made.

use serde::{Deserialize, Serialize};

use super::{Provider, ProviderKind};
use crate::api::Method;
use crate::api::gateway::ApiPath;

mod header;
mod pattern;

pub use header::{HeaderError, TokenHeader, TokenPrefix};
pub use pattern::{PathPattern, PatternError};

/// What the gateway keeps to with one provider. A provider kept before there were rules has the default ones, which are
/// what held then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatewayRules {
    /// The header the token goes out in, `authorization` unless set.
    pub header: TokenHeader,
    /// What stands before the token there, `Bearer ` unless set; may be empty.
    pub prefix: TokenPrefix,
    /// The methods that may be called, only `GET` unless set.
    pub methods: Vec<Method>,
    /// The paths that may be called; empty for all.
    pub paths: Vec<PathPattern>,
    /// How many calls one person may make a minute for one site; 0 sets no limit. `None` is the kind's own: 100 for a
    /// provider of site tokens, no limit for others, whose limits are kept by host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
}

impl Default for GatewayRules {
    fn default() -> Self {
        Self {
            header: TokenHeader::default(),
            prefix: TokenPrefix::default(),
            methods: vec![Method::Get],
            paths: Vec::new(),
            per_minute: None,
        }
    }
}

impl GatewayRules {
    /// The most calls a minute that can be set for one site.
    pub const MOST_PER_MINUTE: u32 = 6_000;

    /// The most path patterns a provider can have.
    pub const MOST_PATHS: usize = 100;
}

/// Calls a minute for one site of a provider of site tokens, where nobody set another number (contract 4).
const SITE_CALLS_PER_MINUTE: u32 = 100;

/// Why a call may not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// No rule allows the method.
    #[error("the method is not among those an admin allowed")]
    Method,
    /// No pattern allows the path, or none with this method.
    #[error("the path is not among those an admin allowed")]
    Path,
}

impl Provider {
    /// Whether the gateway makes this call. What the kind itself needs is always allowed: PingOne's search of activities,
    /// which is sent with `POST`, and a site API's test and refresh.
    ///
    /// # Errors
    ///
    /// [`NotPermitted`] says what is not allowed.
    pub fn permits(&self, method: Method, path: &ApiPath) -> Result<(), NotPermitted> {
        if self.kind.needs(method, path) {
            return Ok(());
        }
        if !self.gateway.methods.contains(&method) {
            return Err(NotPermitted::Method);
        }
        let paths = &self.gateway.paths;
        let allowed = paths.is_empty() || paths.iter().any(|pattern| pattern.allows(method, path));
        if allowed { Ok(()) } else { Err(NotPermitted::Path) }
    }

    /// How many calls one person may make a minute for one site; `None` without a limit.
    pub fn per_minute(&self) -> Option<u32> {
        let own = if self.kind.takes_site_tokens() { SITE_CALLS_PER_MINUTE } else { 0 };
        Some(self.gateway.per_minute.unwrap_or(own)).filter(|calls| *calls > 0)
    }
}

impl ProviderKind {
    fn needs(&self, method: Method, path: &ApiPath) -> bool {
        match self {
            Self::PingOne { .. } | Self::Sandbox { .. } => method == Method::Post && is_search(path),
            Self::SiteApi { test_path, refresh_path, .. } => {
                let same = |own: &ApiPath| own.without_query() == path.without_query();
                (method == Method::Get && same(test_path))
                    || (method == Method::Post && refresh_path.as_ref().is_some_and(same))
            }
            Self::OAuth { .. } => false,
        }
    }
}

/// Whether the path is that of PingOne's activities, whose filter may be sent in the body of a `POST`.
pub fn is_search(path: &ApiPath) -> bool {
    let mut segments = path.segments();
    let found = [segments.next(), segments.next(), segments.next(), segments.next()];
    matches!(found, [Some("environments"), Some(_), Some("activities"), None])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::https_url::HttpsUrl;
    use crate::id::ProviderId;
    use crate::provider::AssertionAudience;

    fn provider(kind: ProviderKind, gateway: GatewayRules) -> Provider {
        Provider {
            id: ProviderId::new("p"),
            name: "P".to_owned(),
            enabled: true,
            kind,
            assertion_audience: AssertionAudience::Issuer,
            gateway,
        }
    }

    fn path(text: &str) -> ApiPath {
        ApiPath::parse(text).unwrap()
    }

    fn site_api(refresh_path: Option<&str>) -> ProviderKind {
        let base = HttpsUrl::parse("https://flightdeck.example.com/api").unwrap();
        ProviderKind::SiteApi { base, test_path: path("sites/?page=1"), refresh_path: refresh_path.map(path) }
    }

    fn sandbox() -> ProviderKind {
        ProviderKind::Sandbox { origin: HttpsUrl::parse("http://127.0.0.1:7430").unwrap() }
    }

    #[test]
    fn without_rules_everything_is_read_and_nothing_written_but_the_search_of_activities() {
        let provider = provider(sandbox(), GatewayRules::default());
        assert_eq!(provider.permits(Method::Get, &path("anything/at/all")), Ok(()));
        assert_eq!(provider.permits(Method::Post, &path("environments/e/activities")), Ok(()));
        for (method, text) in [
            (Method::Post, "environments/e/users"),
            (Method::Post, "environments/e/activities/x"),
            (Method::Put, "environments/e/activities"),
            (Method::Delete, "a"),
        ] {
            assert_eq!(provider.permits(method, &path(text)), Err(NotPermitted::Method), "{method:?} {text}");
        }
    }

    #[test]
    fn a_site_api_may_always_be_tested_and_refreshed_where_it_says() {
        let paths = vec![PathPattern::parse("sites/*/points").unwrap()];
        let rules = GatewayRules { paths, ..GatewayRules::default() };
        let provider = provider(site_api(Some("token/refresh")), rules);
        assert_eq!(provider.permits(Method::Get, &path("sites/?page=7")), Ok(()));
        assert_eq!(provider.permits(Method::Post, &path("token/refresh")), Ok(()));
        assert_eq!(provider.permits(Method::Get, &path("token/refresh")), Err(NotPermitted::Path));
        assert_eq!(provider.permits(Method::Get, &path("sites/a/points?page=1")), Ok(()));
        assert_eq!(provider.permits(Method::Get, &path("sites/a/timeseries")), Err(NotPermitted::Path));
    }

    #[test]
    fn a_method_may_be_allowed_for_one_path_only() {
        let paths = ["GET sites/**", "POST points/get_timeseries"].map(|text| PathPattern::parse(text).unwrap());
        let methods = vec![Method::Get, Method::Post];
        let provider =
            provider(site_api(None), GatewayRules { methods, paths: paths.to_vec(), ..GatewayRules::default() });
        assert_eq!(provider.permits(Method::Post, &path("points/get_timeseries")), Ok(()));
        assert_eq!(provider.permits(Method::Post, &path("sites/a")), Err(NotPermitted::Path));
        assert_eq!(provider.permits(Method::Get, &path("points/get_timeseries")), Err(NotPermitted::Path));
    }

    #[test]
    fn a_site_has_a_hundred_calls_a_minute_unless_an_admin_says_otherwise() {
        let with = |kind, per_minute| {
            let rules = GatewayRules { per_minute, ..GatewayRules::default() };
            provider(kind, rules).per_minute()
        };
        assert_eq!(with(site_api(None), None), Some(100));
        assert_eq!(with(site_api(None), Some(7)), Some(7));
        assert_eq!(with(site_api(None), Some(0)), None);
        assert_eq!(with(sandbox(), None), None);
        assert_eq!(with(sandbox(), Some(30)), Some(30));
    }

    #[test]
    fn a_provider_kept_before_there_were_rules_has_what_held_then() {
        let old = r#"{ "id": "p", "name": "P", "enabled": true, "kind": { "type": "sandbox", "origin": "http://127.0.0.1:1" },
            "assertion_audience": { "type": "issuer" } }"#;
        let read: Provider = serde_json::from_str(old).unwrap();
        assert_eq!(read.gateway, GatewayRules::default());
        assert_eq!((read.gateway.header.as_str(), read.gateway.prefix.as_str()), ("authorization", "Bearer "));
        assert_eq!(serde_json::from_str::<GatewayRules>("{}").unwrap(), GatewayRules::default());
    }
}
