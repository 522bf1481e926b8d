use std::fmt;

use serde::{Deserialize, Serialize};

/// The name a site has with its provider, as the provider or a person wrote it: 1 to 128 of `A-Z a-z 0-9 . _ : -`, so
/// that it can stand in a header and in a path as it is. Not random: two tenants may have the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct SiteId(String);

/// Why a text is no [`SiteId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteIdError {
    /// Nothing stands there.
    #[error("a site's id has at least one character")]
    Empty,
    /// It is longer than any provider's.
    #[error("a site's id has 128 characters at most")]
    TooLong,
    /// It holds something else than the characters named above.
    #[error("a site's id has only letters without accents, digits and . _ : -")]
    Character,
    /// In a path it would lead to another place.
    #[error("a site's id is not just one or two dots")]
    Dots,
}

impl SiteId {
    /// The most characters one may have.
    pub const MOST_CHARACTERS: usize = 128;

    /// Reads an id as it stands: blanks around it are not forgiven here.
    ///
    /// # Errors
    ///
    /// [`SiteIdError`] says what is wrong, for a person.
    pub fn parse(text: &str) -> Result<Self, SiteIdError> {
        if text.is_empty() {
            return Err(SiteIdError::Empty);
        }
        if text.chars().count() > Self::MOST_CHARACTERS {
            return Err(SiteIdError::TooLong);
        }
        if matches!(text, "." | "..") {
            return Err(SiteIdError::Dots);
        }
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        if text.bytes().all(fine) { Ok(Self(text.to_owned())) } else { Err(SiteIdError::Character) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for SiteId {
    type Error = SiteIdError;

    fn try_from(text: String) -> Result<Self, SiteIdError> {
        Self::parse(&text)
    }
}

impl From<SiteId> for String {
    fn from(id: SiteId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_real_providers_are_taken_as_they_stand() {
        for text in ["ses_falls_city", "0", "Omaha-Clinic.2", "urn:site:7", &"x".repeat(128)] {
            assert_eq!(SiteId::parse(text).map(String::from).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_could_lead_elsewhere_or_split_a_header_is_refused() {
        for text in ["a/b", "a b", " a", "a\n", "a\r\nx: y", "ä", "a%2Fb", "a?b", "a#b", "a,b", "a\0", "*"] {
            assert_eq!(SiteId::parse(text), Err(SiteIdError::Character), "{text:?}");
        }
        assert_eq!(SiteId::parse("."), Err(SiteIdError::Dots));
        assert_eq!(SiteId::parse(".."), Err(SiteIdError::Dots));
        assert_eq!(SiteId::parse(""), Err(SiteIdError::Empty));
        assert_eq!(SiteId::parse(&"x".repeat(129)), Err(SiteIdError::TooLong));
    }

    #[test]
    fn a_stored_id_is_checked_when_it_is_read() {
        assert!(serde_json::from_str::<SiteId>("\"a b\"").is_err());
        assert_eq!(serde_json::from_str::<SiteId>("\"a\"").unwrap(), SiteId::parse("a").unwrap());
    }
}
