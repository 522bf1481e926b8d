//! URLs of providers: one strict reader for all of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An absolute `https` URL with a DNS name, or `http` with a loopback address, that says exactly one thing.
///
/// The grammar is narrower than RFC 3986 on purpose, so that no two parsers can disagree about the host: lower-case
/// letters, digits, `-` and `.` in the host, an optional decimal port, a path and query of unreserved characters,
/// `%`-escapes and `/:@!$&'()*+,;=?`; no user information, no fragment, no backslash, no control or non-ASCII
/// character. IP addresses are refused except `127.0.0.1` and `[::1]`, which are the only hosts `http` may have
/// (together with `localhost`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl {
    text: String,
    host_end: usize,
    authority_end: usize,
}

/// Why a text is no [`HttpsUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Neither `https://` nor, with a loopback host, `http://`.
    #[error("the address must start with https://")]
    Scheme,
    /// The host is empty, has a character it may not have, or is an IP address.
    #[error("the host must be a name such as auth.example.com")]
    Host,
    /// The port is not a decimal number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// The path or query has a character that must be escaped, or there is a fragment.
    #[error("the path has a character that is not allowed in an address")]
    Path,
    /// Longer than 2,048 bytes.
    #[error("the address is longer than 2048 characters")]
    Length,
}

/// The longest URL, in bytes.
const LONGEST: usize = 2_048;

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

impl HttpsUrl {
    /// Reads a URL; see the type for what is accepted.
    ///
    /// # Errors
    ///
    /// [`UrlError`] names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > LONGEST {
            return Err(UrlError::Length);
        }
        let (secure, start) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(_), _) => (true, 8),
            (_, Some(_)) => (false, 7),
            _ => return Err(UrlError::Scheme),
        };
        let authority_end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
        let authority = &text[start..authority_end];
        let (host, port) = split_port(authority)?;
        let loopback = LOOPBACK.contains(&host);
        if !loopback {
            check_host(host)?;
            if !secure {
                return Err(UrlError::Scheme);
            }
        }
        check_port(port)?;
        if !text[authority_end..].bytes().all(is_path_byte) {
            return Err(UrlError::Path);
        }
        Ok(Self { text: text.to_owned(), host_end: start + host.len(), authority_end })
    }

    /// The URL of what lies below this one: slashes at the end are left out, then come `/` and `rest`, a path with its query.
    ///
    /// # Errors
    ///
    /// [`UrlError::Path`] or [`UrlError::Length`]; the host is the same, so nothing else can be wrong.
    pub fn below(&self, rest: &str) -> Result<Self, UrlError> {
        let base = self.trimmed();
        if base.len() + 1 + rest.len() > LONGEST {
            return Err(UrlError::Length);
        }
        if !rest.bytes().all(is_path_byte) {
            return Err(UrlError::Path);
        }
        Ok(Self { text: format!("{base}/{rest}"), ..*self })
    }

    /// The same without slashes at its end.
    #[must_use]
    pub fn without_slashes(&self) -> Self {
        Self { text: self.trimmed().to_owned(), ..*self }
    }

    /// A slash never belongs to the host, so scheme and host stay whole.
    fn trimmed(&self) -> &str {
        self.text.trim_end_matches('/')
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host without port: a DNS name, `127.0.0.1`, `localhost` or `[::1]`.
    pub fn host(&self) -> &str {
        &self.text[self.scheme_len()..self.host_end]
    }

    /// Scheme, host and port: `https://auth.example.com`.
    pub fn origin(&self) -> &str {
        &self.text[..self.authority_end]
    }

    /// Path and query, `""` when there is none.
    pub fn path(&self) -> &str {
        &self.text[self.authority_end..]
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        LOOPBACK.contains(&self.host())
    }

    fn scheme_len(&self) -> usize {
        if self.text.starts_with("https") { 8 } else { 7 }
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), UrlError> {
    if let Some(rest) = authority.strip_prefix("[::1]") {
        return match rest.strip_prefix(':') {
            Some(port) => Ok(("[::1]", Some(port))),
            None if rest.is_empty() => Ok(("[::1]", None)),
            None => Err(UrlError::Host),
        };
    }
    Ok(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))))
}

/// Whether `host` is a DNS name as a [`HttpsUrl`] may have: at least two labels, the last not all digits.
pub fn check_host(host: &str) -> Result<(), UrlError> {
    let labels: Vec<&str> = host.split('.').collect();
    let label_is_fine = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_a_name = labels.last().is_some_and(|label| label.bytes().any(|byte| byte.is_ascii_lowercase()));
    // `0x7f.1` and its kind are addresses to some resolvers: a label may not look like a hexadecimal number there.
    let last_is_hexadecimal = labels.last().is_some_and(|label| label.starts_with("0x"));
    let fine = host.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(label_is_fine)
        && last_is_a_name
        && !last_is_hexadecimal;
    if fine { Ok(()) } else { Err(UrlError::Host) }
}

fn check_port(port: Option<&str>) -> Result<(), UrlError> {
    let Some(port) = port else { return Ok(()) };
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(1..) if digits => Ok(()),
        _ => Err(UrlError::Port),
    }
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%/:@!$&'()*+,;=?".contains(&byte)
}

impl TryFrom<String> for HttpsUrl {
    type Error = UrlError;

    fn try_from(text: String) -> Result<Self, UrlError> {
        Self::parse(&text)
    }
}

impl From<HttpsUrl> for String {
    fn from(url: HttpsUrl) -> Self {
        url.text
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_url_come_back_as_they_stand() {
        let url = HttpsUrl::parse("https://auth.pingone.eu:8443/env/as/token?x=1").unwrap();
        assert_eq!(url.host(), "auth.pingone.eu");
        assert_eq!(url.origin(), "https://auth.pingone.eu:8443");
        assert_eq!(url.path(), "/env/as/token?x=1");
        assert!(!url.is_loopback());
    }

    #[test]
    fn what_lies_below_a_url_is_what_reading_the_whole_text_gives() {
        for base in ["https://api.example.com", "https://api.example.com/", "http://[::1]:8080/api//"] {
            let url = HttpsUrl::parse(base).unwrap();
            for rest in ["", "sites/", "sites/1?page=2&q=a%20b", "//x"] {
                let whole = HttpsUrl::parse(&format!("{}/{rest}", base.trim_end_matches('/')));
                assert_eq!(url.below(rest), whole, "{base} {rest}");
            }
            assert_eq!(url.without_slashes(), HttpsUrl::parse(base.trim_end_matches('/')).unwrap());
            for wrong in ["a b", "a#b", "a\\b", "ä"] {
                assert_eq!(url.below(wrong), Err(UrlError::Path), "{wrong}");
            }
            assert_eq!(url.below(&"a".repeat(LONGEST)), Err(UrlError::Length));
        }
    }

    #[test]
    fn http_is_for_loopback_only() {
        for text in ["http://127.0.0.1:7430/token", "http://localhost/x", "http://[::1]:1/"] {
            assert!(HttpsUrl::parse(text).unwrap().is_loopback(), "{text}");
        }
        assert_eq!(HttpsUrl::parse("http://auth.example.com/"), Err(UrlError::Scheme));
    }

    #[test]
    fn addresses_and_ambiguous_hosts_are_refused() {
        for host in [
            "10.0.0.1",
            "1.2.3.255",
            "2130706433",
            "0x7f.0x1",
            "0177.0.0.1",
            "[::ffff:127.0.0.1]",
            "[fe80::1%25eth0]",
            "example",
            "example.com.",
            "EXAMPLE.com",
            "exa mple.com",
            "-a.com",
            "a..com",
            "user@example.com",
            "example.com\\@evil.com",
            "exämple.com",
            "",
        ] {
            assert!(HttpsUrl::parse(&format!("https://{host}/")).is_err(), "{host}");
        }
    }

    #[test]
    fn ports_and_paths_are_checked() {
        for text in ["https://a.com:0/", "https://a.com:65536/", "https://a.com:+1/", "https://a.com:/"] {
            assert_eq!(HttpsUrl::parse(text), Err(UrlError::Port), "{text}");
        }
        for text in ["https://a.com/#x", "https://a.com/\\x", "https://a.com/ x", "https://a.com/\n"] {
            assert_eq!(HttpsUrl::parse(text), Err(UrlError::Path), "{text}");
        }
    }
}
