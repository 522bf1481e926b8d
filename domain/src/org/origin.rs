use std::fmt;

use serde::{Deserialize, Serialize};

use crate::https_url::{HttpsUrl, UrlError};

/// The exact origin of an embedding page, as a browser writes it in the `Origin` header (RFC 6454 §6.2):
/// `https://www.example.com`, or `http://127.0.0.1:8080` with a loopback host. Never `null`, never with a wildcard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Why a text is no [`Origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is not even an address.
    #[error("{0}")]
    Url(#[from] UrlError),
    /// There is something behind host and port.
    #[error("an origin has no path; write only scheme, host and port")]
    Path,
    /// Browsers leave the port out where it is the scheme's own, so this text would never match.
    #[error("leave out the port, as browsers do for 443 with https and 80 with http")]
    DefaultPort,
}

impl Origin {
    /// Reads an origin; one slash at the end is forgiven.
    ///
    /// # Errors
    ///
    /// [`OriginError`] says what is wrong, for a person.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let url = HttpsUrl::parse(text)?;
        if !matches!(url.path(), "" | "/") {
            return Err(OriginError::Path);
        }
        let default = if url.as_str().starts_with("https") { ":443" } else { ":80" };
        if url.origin().ends_with(default) {
            return Err(OriginError::DefaultPort);
        }
        Ok(Self(url.origin().to_owned()))
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for text in ["https://www.example.com", "https://example.com:8443", "http://127.0.0.1:8080", "http://localhost"]
        {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Origin::parse("https://example.com/").unwrap().as_str(), "https://example.com");
    }

    #[test]
    fn what_no_browser_sends_as_an_origin_is_refused() {
        for text in ["null", "*", "https://*.example.com", "example.com", "https://EXAMPLE.com", "https://a.com/x", ""]
        {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(Origin::parse("http://example.com"), Err(OriginError::Url(UrlError::Scheme)));
    }

    #[test]
    fn a_port_browsers_leave_out_is_refused() {
        for text in ["https://example.com:443", "http://127.0.0.1:80"] {
            assert_eq!(Origin::parse(text), Err(OriginError::DefaultPort), "{text}");
        }
    }
}
