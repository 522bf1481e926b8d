//! Upstream systems an admin has allowed, and where exactly their endpoints are.

use serde::{Deserialize, Serialize};

use crate::api::gateway::ApiPath;
use crate::api::providers::SANDBOX_SITES_ID;
use crate::https_url::{self, HttpsUrl};
use crate::id::ProviderId;
use crate::worker_token::Form;

mod client_authentication;
mod region;
mod rules;
mod target;

pub use client_authentication::ClientAuthentication;
pub use region::{Region, UnknownRegion};
pub use rules::{
    GatewayRules, HeaderError, NotPermitted, PathPattern, PatternError, TokenHeader, TokenPrefix, is_search,
};
pub(crate) use target::is_uuid;
pub use target::{Place, Target, TargetError};

/// An upstream system: where tokens come from and who may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Its identifier.
    pub id: ProviderId,
    /// The name people see.
    pub name: String,
    /// Whether tokens may be obtained from it now.
    pub enabled: bool,
    /// What kind of system it is, with what that kind needs.
    pub kind: ProviderKind,
    /// What a client assertion names as its audience.
    pub assertion_audience: AssertionAudience,
    /// How its API is called.
    #[serde(default)]
    pub gateway: GatewayRules,
}

impl Provider {
    /// Whether it is a part of the sandbox, which comes and goes with the server's settings.
    pub fn is_sandbox(&self) -> bool {
        matches!(self.kind, ProviderKind::Sandbox { .. }) || self.id.as_str() == SANDBOX_SITES_ID
    }
}

/// The kinds of provider, each with its own way to the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProviderKind {
    /// PingOne: `https://auth.pingone.<tld>/<environment>/as/token`, or `https://<custom domain>/as/token`.
    #[serde(rename = "pingone")]
    PingOne {
        /// The regions that may be asked.
        regions: Vec<Region>,
        /// The custom domains that may be asked, as bare host names.
        custom_domains: Vec<Host>,
    },
    /// Any OAuth 2.0 authorization server.
    #[serde(rename = "oauth")]
    OAuth {
        /// The issuer identifier (RFC 8414 §2), if known.
        issuer: Option<HttpsUrl>,
        /// The token endpoint (RFC 6749 §3.2).
        token_endpoint: HttpsUrl,
        /// Where its signing keys are (RFC 7517 §5), if known.
        jwks_uri: Option<HttpsUrl>,
        /// The authentication methods it says it takes; empty when unknown, which allows all.
        authentication_methods: Vec<ClientAuthentication>,
        /// What else it offers.
        #[serde(default)]
        more: MoreEndpoints,
    },
    /// An API whose tokens people are given and paste in, one for each site. It gives out none itself.
    SiteApi {
        /// Where its API begins, without a query: the gateway calls nothing else.
        base: HttpsUrl,
        /// What is read to see whether a token works: a list of the sites it reaches.
        #[serde(default = "default_test_path")]
        test_path: ApiPath,
        /// Where a token is exchanged for a newer one (`POST`), where the provider has such a place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refresh_path: Option<ApiPath>,
    },
    /// The sandbox this server started on a loopback port: PingOne-shaped, with its own key.
    Sandbox {
        /// Its origin, such as `http://127.0.0.1:7430`.
        origin: HttpsUrl,
    },
}

/// What is read to test a token where nobody set another path: the first sites it reaches, as ACE lists them.
pub const DEFAULT_TEST_PATH: &str = "sites/?page=1&per_page=2";

fn default_test_path() -> ApiPath {
    ApiPath::parse(DEFAULT_TEST_PATH).expect("a plain path: a test reads it")
}

/// What an OAuth 2.0 provider may offer beside tokens. Without one of these, what needs it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoreEndpoints {
    /// Where its API begins, without a query: the gateway calls nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_base: Option<HttpsUrl>,
    /// The introspection endpoint (RFC 7662).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<HttpsUrl>,
    /// The revocation endpoint (RFC 7009).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<HttpsUrl>,
}

impl ProviderKind {
    /// The form of the tokens it issues. An OAuth server may issue what it likes (RFC 6749 §1.4).
    pub const fn token_form(&self) -> Form {
        match self {
            Self::PingOne { .. } | Self::Sandbox { .. } => Form::Jwt,
            Self::OAuth { .. } | Self::SiteApi { .. } => Form::Opaque,
        }
    }

    /// Whether its tokens are site tokens, pasted by people; else they are worker tokens, which a connection obtains.
    pub const fn takes_site_tokens(&self) -> bool {
        matches!(self, Self::SiteApi { .. })
    }
}

/// The `aud` of a client assertion (RFC 7523 §3, as updated by RFC 10070).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AssertionAudience {
    /// The issuer identifier as the only audience: what RFC 10070 asks for.
    #[default]
    Issuer,
    /// The token endpoint's URL. For old servers only: a malicious server can make such an assertion usable elsewhere
    /// (CVE-2025-27370).
    TokenEndpoint,
    /// Another exact text, for servers that want something of their own. As unsafe as the token endpoint.
    Exact(String),
}

impl AssertionAudience {
    /// Whether this departs from RFC 10070, which the UI says loudly.
    pub fn is_override(&self) -> bool {
        *self != Self::Issuer
    }
}

/// A bare lower-case DNS name, such as `login.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Host(String);

impl Host {
    /// Reads a host name; a pasted `https://`, a trailing slash, surrounding blanks and capitals are mended.
    ///
    /// # Errors
    ///
    /// [`https_url::UrlError::Host`] when what is left is no DNS name of at least two labels.
    pub fn parse(text: &str) -> Result<Self, https_url::UrlError> {
        let lower = text.trim().to_ascii_lowercase();
        let bare = lower.strip_prefix("https://").unwrap_or(&lower);
        let bare = bare.strip_suffix('/').unwrap_or(bare);
        https_url::check_host(bare)?;
        Ok(Self(bare.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Host {
    type Error = https_url::UrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_api_needs_no_more_than_its_base() {
        let read: ProviderKind =
            serde_json::from_str(r#"{ "type": "site_api", "base": "https://a.example/api" }"#).unwrap();
        let ProviderKind::SiteApi { test_path, refresh_path, .. } = &read else { panic!("{read:?}") };
        assert_eq!((test_path.as_str(), refresh_path), (DEFAULT_TEST_PATH, &None));
        assert!(read.takes_site_tokens());
    }
}
