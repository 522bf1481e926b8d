//! The session's cookie.
//!
//! Its name is `__Host-tokenkeep`: such a cookie must be `Secure`, has no `Domain` and the path `/`, so no other host
//! can set it (RFC 6265bis §4.1.3.2). Chromium and Firefox keep it on plain-HTTP loopback too, because they count that
//! as secure; Safari does not. Only there, on plain HTTP to a loopback name from Safari, the name steps down to
//! `tokenkeep` without `Secure`: nothing leaves the machine. Everywhere else `tokenkeep` is not even read.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::secret::Secret;
use domain::time::Span;

/// How the cookie is named and set on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieKind {
    /// `__Host-tokenkeep`, `Secure`.
    Host,
    /// `tokenkeep`, without `Secure`: plain HTTP to loopback from Safari.
    Loopback,
}

impl CookieKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Host => "__Host-tokenkeep",
            Self::Loopback => "tokenkeep",
        }
    }

    const fn secure(self) -> &'static str {
        match self {
            Self::Host => "; Secure",
            Self::Loopback => "",
        }
    }
}

/// The kind for a connection.
pub fn kind_for(plain_loopback: bool, user_agent: &str) -> CookieKind {
    // Every browser on WebKit says AppleWebKit; those on Chromium say Chrome as well.
    let webkit = user_agent.contains("AppleWebKit/") && !user_agent.contains("Chrome/");
    if plain_loopback && webkit { CookieKind::Loopback } else { CookieKind::Host }
}

/// The cookie's value, if it is there once and could be one of ours.
pub fn read_cookie(headers: &HeaderMap, kind: CookieKind) -> Option<Secret> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut values = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == kind.name())
        .map(|(_, value)| value);
    let value = values.next()?;
    let plausible = values.next().is_none() && value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    plausible.then(|| Secret::new(value))
}

/// The header that sets the cookie.
pub fn set_cookie(kind: CookieKind, value: &Secret, life: Span) -> HeaderValue {
    let attributes = attributes(kind, life.seconds());
    let text = format!("{}={}{attributes}", kind.name(), value.expose());
    let mut header = HeaderValue::try_from(text).expect("hexadecimal digits and fixed words are visible ASCII");
    header.set_sensitive(true);
    header
}

/// The header that removes the cookie.
pub fn clear_cookie(kind: CookieKind) -> HeaderValue {
    let text = format!("{}={}", kind.name(), attributes(kind, 0));
    HeaderValue::try_from(text).expect("fixed words are visible ASCII")
}

fn attributes(kind: CookieKind, max_age: u64) -> String {
    format!("; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}{}", kind.secure())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROMIUM: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
    const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15";

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn the_name_steps_down_only_for_safari_on_plain_loopback() {
        assert_eq!(kind_for(true, SAFARI), CookieKind::Loopback);
        assert_eq!(kind_for(true, CHROMIUM), CookieKind::Host);
        assert_eq!(kind_for(false, SAFARI), CookieKind::Host);
        assert_eq!(kind_for(true, ""), CookieKind::Host);
    }

    #[test]
    fn the_cookie_is_read_by_its_exact_name() {
        let value = "ab".repeat(32);
        let headers = headers(&format!("x=1; __Host-tokenkeep={value}; y"));
        assert_eq!(read_cookie(&headers, CookieKind::Host), Some(Secret::new(value)));
        assert_eq!(read_cookie(&headers, CookieKind::Loopback), None);
    }

    #[test]
    fn a_cookie_that_is_there_twice_or_is_not_ours_counts_as_none() {
        let value = "ab".repeat(32);
        for cookie in [
            format!("__Host-tokenkeep={value}; __Host-tokenkeep={value}"),
            "__Host-tokenkeep=short".to_owned(),
            format!("__Host-tokenkeep={}", "zz".repeat(32)),
            "__Host-tokenkeep".to_owned(),
        ] {
            assert_eq!(read_cookie(&headers(&cookie), CookieKind::Host), None, "{cookie}");
        }
    }

    #[test]
    fn a_cookie_is_set_with_every_attribute_that_guards_it() {
        let header = set_cookie(CookieKind::Host, &Secret::new("aa"), Span::from_seconds(60));
        let expected = "__Host-tokenkeep=aa; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure";
        assert_eq!(header.to_str().unwrap(), expected);
        assert!(header.is_sensitive());
    }
}
