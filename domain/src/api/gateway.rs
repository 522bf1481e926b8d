//! The gateway: API calls to a provider, with the token put in on the server's side.
//!
//! A call is made on [`TEMPLATE`] with the methods the provider's rules allow. It names its token in [`TOKEN_HEADER`], its
//! site in [`SITE_HEADER`], its tenant in [`TENANT_HEADER`] and, where a provider has several regions, the region in
//! [`REGION_HEADER`]; an `Idempotency-Key` goes on to the provider. Without a token the operator's default one is used if
//! it is that site's. What the provider answers comes back with the provider's own status and body, and names its host in
//! [`UPSTREAM_HEADER`]; an answer without that header is our server's own, and then a problem document. So a 401 of the one
//! is never taken for a 401 of the other.
//!
//! A browser's WebSocket can send no headers, so there the same things stand among the subprotocols it offers (RFC 6455
//! §1.9), which are in no address: [`SOCKET_PROTOCOL`], [`SOCKET_TOKEN`] with the token in base64url, [`SOCKET_SITE`],
//! [`SOCKET_TENANT`]. They go no further than our server.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::https_url::HttpsUrl;
use crate::id::ProviderId;

/// The path of every call: the provider's identifier, then the path below the provider's API base.
pub const TEMPLATE: &str = "/api/v1/gateway/{provider}/{*path}";

/// What stands before the provider's identifier.
pub const PREFIX: &str = "/api/v1/gateway/";

/// The header with the access token, bare. It is a header of its own, so that it is never taken for a credential of our
/// server, never in an address, and never passed on as it came.
pub const TOKEN_HEADER: &str = "x-tokenkeep-token";

/// The header with the PingOne region, such as `eu`; not needed where only one is allowed.
pub const REGION_HEADER: &str = "x-tokenkeep-region";

/// The header with the [`crate::site::SiteId`] of the site a call is about: what is counted, and what the default token is for.
pub const SITE_HEADER: &str = "x-tokenkeep-site";

/// The header with the [`crate::id::TenantId`] a call is made for; the person's own where it is absent.
pub const TENANT_HEADER: &str = "x-tokenkeep-tenant";

/// The header that says whose token went out: [`TokenSource`].
pub const TOKEN_SOURCE_HEADER: &str = "x-tokenkeep-token-source";

/// The header that says which try was answered, from 1 to 3.
pub const TRY_HEADER: &str = "x-tokenkeep-try";

/// The header with how many calls of the site fit into a minute.
pub const RATE_LIMIT_HEADER: &str = "ratelimit-limit";

/// The header with how many calls of the site are left now.
pub const RATE_REMAINING_HEADER: &str = "ratelimit-remaining";

/// The header with the seconds until the next call counted leaves the minute.
pub const RATE_RESET_HEADER: &str = "ratelimit-reset";

/// The header that marks a provider's own answer, with the host that gave it.
pub const UPSTREAM_HEADER: &str = "x-tokenkeep-upstream";

/// The header with the provider's own name for the exchange, for its support.
pub const UPSTREAM_REQUEST_HEADER: &str = "x-tokenkeep-upstream-request-id";

/// The subprotocol our own pages offer beside those that carry something, and that is chosen when the provider chose none.
pub const SOCKET_PROTOCOL: &str = "tokenkeep";

/// What stands before a token, in base64url without padding, among a WebSocket's subprotocols.
pub const SOCKET_TOKEN: &str = "tokenkeep.token.";

/// What stands before a site's id, in base64url without padding, among a WebSocket's subprotocols.
pub const SOCKET_SITE: &str = "tokenkeep.site.";

/// What stands before a tenant's id among a WebSocket's subprotocols.
pub const SOCKET_TENANT: &str = "tokenkeep.tenant.";

/// Whose token went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The one the call came with.
    Given,
    /// The operator's default one.
    Default,
}

impl TokenSource {
    /// The word in [`TOKEN_SOURCE_HEADER`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Default => "default",
        }
    }

    /// The source of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Given, Self::Default].into_iter().find(|source| source.name() == name)
    }
}

/// The path of a call, which leads nowhere but below the API base.
///
/// Segments have at least one character and are not `.` or `..`, but one slash may stand at the end; an escape never stands for a slash, a backslash, a dot, a
/// percent sign or a control character, so that whoever decodes it, once or twice, sees the same segments. The query is
/// passed on as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct ApiPath(String);

/// Why a path can't be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiPathError {
    /// A segment is empty, or leads up or nowhere.
    #[error("the path has an empty part, a \".\" or a \"..\"")]
    Segment,
    /// An escape is broken, or stands for something that must not be hidden.
    #[error("the path has an escape that is broken or hides a slash, a dot or a percent sign")]
    Escape,
    /// A character must be escaped.
    #[error("the path or query has a character that must be escaped")]
    Character,
}

impl ApiPath {
    /// Reads a path without a leading slash, with its query, as it stands in the address: nothing decoded.
    ///
    /// # Errors
    ///
    /// [`ApiPathError`] says what is wrong.
    pub fn parse(text: &str) -> Result<Self, ApiPathError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        for segment in path.strip_suffix('/').unwrap_or(path).split('/') {
            check(segment)?;
        }
        check_escapes(query, |_| true)?;
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%/:@!$'()*+,;=?&".contains(&byte);
        if text.bytes().all(fine) { Ok(Self(text.to_owned())) } else { Err(ApiPathError::Character) }
    }

    /// The path of a link the provider gave, such as that to the next page; `None` when it leads out of `base`.
    pub fn of_link(base: &HttpsUrl, link: &str) -> Option<Self> {
        let rest = link.strip_prefix(base.as_str())?.strip_prefix('/')?;
        Self::parse(rest).ok()
    }

    /// Path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path alone.
    pub fn without_query(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// The segments, escaped as they are.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.without_query().split('/')
    }

    /// Where our server takes this call.
    pub fn through(&self, provider: &ProviderId) -> String {
        format!("{PREFIX}{provider}/{}", self.0)
    }
}

impl TryFrom<String> for ApiPath {
    type Error = ApiPathError;

    fn try_from(text: String) -> Result<Self, ApiPathError> {
        Self::parse(&text)
    }
}

impl From<ApiPath> for String {
    fn from(path: ApiPath) -> Self {
        path.0
    }
}

/// Paths and filters may name people: nothing of them is printed.
impl fmt::Debug for ApiPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiPath(…)")
    }
}

fn check(segment: &str) -> Result<(), ApiPathError> {
    if segment.is_empty() || segment == "." || segment == ".." {
        return Err(ApiPathError::Segment);
    }
    check_escapes(segment, |byte| !(byte < 0x20 || matches!(byte, b'/' | b'\\' | b'.' | b'%' | b';' | 0x7f)))
}

fn check_escapes(text: &str, may_be: impl Fn(u8) -> bool) -> Result<(), ApiPathError> {
    for escape in text.split('%').skip(1) {
        let digits = escape.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(ApiPathError::Escape)?;
        if !may_be(byte) {
            return Err(ApiPathError::Escape);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_pass_as_they_are() {
        for text in [
            "environments",
            "environments/3fa85f64-5717-4562-b3fc-2c963f66afa6/users?filter=username%20eq%20%22a%25b%22&limit=10",
            "users/j%C3%BCrgen",
            "a/b.c/..d/~e",
            "sites/",
            "sites/?page=1&per_page=2",
        ] {
            assert_eq!(ApiPath::parse(text).map(|path| path.0), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for text in
            ["", "/", "//", "a//", "a//b", "/a", "a/../", "..", "a/../b", "./a", "a/.", "?x", "https://evil.example/a"]
        {
            assert_eq!(ApiPath::parse(text), Err(ApiPathError::Segment), "{text}");
        }
        for text in
            ["%2e%2e/a", "a%2Fb", "a%5cb", "%252e", "a%00", "a%0d%0ab", "a%", "a%4", "a%zz", "a%é", "a;%3b", "x?a=%"]
        {
            assert_eq!(ApiPath::parse(text), Err(ApiPathError::Escape), "{text}");
        }
        for text in ["a b", "a\\b", "a#b", "a\r\nb", "ä", "a<b", "a?b[c]", "a?b\"c"] {
            assert_eq!(ApiPath::parse(text), Err(ApiPathError::Character), "{text}");
        }
    }

    #[test]
    fn a_link_is_followed_below_its_base_only() {
        let base = HttpsUrl::parse("https://api.pingone.eu/v1").unwrap();
        let path = ApiPath::of_link(&base, "https://api.pingone.eu/v1/environments?cursor=a").unwrap();
        assert_eq!(path.through(&ProviderId::new("p")), "/api/v1/gateway/p/environments?cursor=a");
        for link in
            ["https://api.pingone.eu/v2/a", "https://api.pingone.eu/v1x/a", "https://evil.example/v1/a", "/v1/a", ""]
        {
            assert_eq!(ApiPath::of_link(&base, link), None, "{link}");
        }
    }
}
