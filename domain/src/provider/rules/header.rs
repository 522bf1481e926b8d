use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is no [`TokenHeader`] or no [`TokenPrefix`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It is empty, too long, or has a character a field name can't have (RFC 9110 §5.1).
    #[error("a header's name has 1 to 64 letters, digits and dashes")]
    Name,
    /// The header decides something else than who calls.
    #[error("this header is not for tokens; use authorization or one of the provider's own, such as x-api-key")]
    Taken,
    /// It is too long, begins with a blank, or has a character that can't stand in a header.
    #[error("what stands before the token has at most 64 visible characters, such as Bearer and a blank")]
    Prefix,
}

/// The name of the header a token goes out in, in lower case: providers that compare it letter by letter want it so, and
/// HTTP/2 knows no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct TokenHeader(String);

/// Headers that frame a message, name its sender or its kind, or are written by the gateway itself.
const TAKEN: [&str; 26] = [
    "accept",
    "connection",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "idempotency-key",
    "keep-alive",
    "last-event-id",
    "location",
    "max-forwards",
    "origin",
    "range",
    "referer",
    "retry-after",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-request-id",
    "x-tokenkeep-token",
];

/// Beginnings of such headers.
const TAKEN_BEGINNINGS: [&str; 7] = ["accept-", "access-control-", "content-", "if-", "proxy-", "sec-", "x-forwarded-"];

impl TokenHeader {
    /// Reads a name; capitals and surrounding blanks are mended.
    ///
    /// # Errors
    ///
    /// [`HeaderError`] says why it can't be used.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let name = text.trim().to_ascii_lowercase();
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !(1..=64).contains(&name.len()) || !name.bytes().all(fine) {
            return Err(HeaderError::Name);
        }
        let taken = TAKEN.contains(&name.as_str()) || TAKEN_BEGINNINGS.iter().any(|start| name.starts_with(start));
        if taken { Err(HeaderError::Taken) } else { Ok(Self(name)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TokenHeader {
    fn default() -> Self {
        Self("authorization".to_owned())
    }
}

impl TryFrom<String> for TokenHeader {
    type Error = HeaderError;

    fn try_from(text: String) -> Result<Self, HeaderError> {
        Self::parse(&text)
    }
}

impl From<TokenHeader> for String {
    fn from(header: TokenHeader) -> Self {
        header.0
    }
}

impl fmt::Display for TokenHeader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What stands before the token in its header, such as `Bearer `; a blank at the end belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct TokenPrefix(String);

impl TokenPrefix {
    /// Reads a prefix as it stands; it may be empty.
    ///
    /// # Errors
    ///
    /// [`HeaderError::Prefix`] when it can't stand in a header.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let fine = text.len() <= 64
            && !text.starts_with(' ')
            && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if fine { Ok(Self(text.to_owned())) } else { Err(HeaderError::Prefix) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for TokenPrefix {
    fn default() -> Self {
        Self("Bearer ".to_owned())
    }
}

impl TryFrom<String> for TokenPrefix {
    type Error = HeaderError;

    fn try_from(text: String) -> Result<Self, HeaderError> {
        Self::parse(&text)
    }
}

impl From<TokenPrefix> for String {
    fn from(prefix: TokenPrefix) -> Self {
        prefix.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_own_header_is_kept_in_lower_case() {
        for (text, name) in [("X-ACE-Token", "x-ace-token"), (" Authorization ", "authorization"), ("apikey", "apikey")]
        {
            assert_eq!(TokenHeader::parse(text).map(String::from).as_deref(), Ok(name));
        }
    }

    #[test]
    fn a_header_that_decides_something_else_carries_no_token() {
        for text in ["Host", "cookie", "Content-Length", "sec-websocket-key", "X-Forwarded-For", "transfer-encoding"] {
            assert_eq!(TokenHeader::parse(text), Err(HeaderError::Taken), "{text}");
        }
        for text in ["", "a b", "a:b", "a\r\nb", "ä", &"x".repeat(65)] {
            assert_eq!(TokenHeader::parse(text), Err(HeaderError::Name), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_may_be_empty_and_breaks_no_line() {
        for text in ["", "Bearer ", "Token token=", "ApiKey "] {
            assert_eq!(TokenPrefix::parse(text).map(String::from).as_deref(), Ok(text));
        }
        for text in [" ", " Bearer", "a\r\nb", "ä", "a\tb", &"x".repeat(65)] {
            assert_eq!(TokenPrefix::parse(text), Err(HeaderError::Prefix), "{text:?}");
        }
    }
}
