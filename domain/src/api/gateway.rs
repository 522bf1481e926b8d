//! The gateway: API calls to a provider, with the token put in on the server's side.
//!
//! A call is `GET` or `POST` on [`TEMPLATE`], with the token in [`TOKEN_HEADER`] and, where a provider has several
//! regions, the region in [`REGION_HEADER`]. What the provider answers comes back with the provider's own status and
//! JSON body, and names its host in [`UPSTREAM_HEADER`]; an answer without that header is our server's own, and then a
//! problem document. So a 401 of the one is never taken for a 401 of the other.

use std::fmt;

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

/// The header that marks a provider's own answer, with the host that gave it.
pub const UPSTREAM_HEADER: &str = "x-tokenkeep-upstream";

/// The header with the provider's own name for the exchange, for its support.
pub const UPSTREAM_REQUEST_HEADER: &str = "x-tokenkeep-upstream-request-id";

/// The path of a call, which leads nowhere but below the API base.
///
/// Segments have at least one character and are not `.` or `..`; an escape never stands for a slash, a backslash, a dot, a
/// percent sign or a control character, so that whoever decodes it, once or twice, sees the same segments. The query is
/// passed on as it is.
#[derive(Clone, PartialEq, Eq)]
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
        for segment in path.split('/') {
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

    /// The segments, escaped as they are.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('?').next().unwrap_or_default().split('/')
    }

    /// Where our server takes this call.
    pub fn through(&self, provider: &ProviderId) -> String {
        format!("{PREFIX}{provider}/{}", self.0)
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
        ] {
            assert_eq!(ApiPath::parse(text).map(|path| path.0), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_refused() {
        for text in ["", "/", "a//b", "/a", "a/", "..", "a/../b", "./a", "a/.", "?x", "https://evil.example/a"] {
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
