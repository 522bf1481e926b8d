//! Text that must not be seen.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret text: a client secret, an access token, a password, a setup link's key.
///
/// `Debug` and `Display` of anything that holds one show no part of it. The memory is wiped on drop. The value comes out
/// only through [`Secret::expose`], so that every such place can be found by searching for that word.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Password))]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text in; the caller should hold no other copy.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Every call is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First four characters, bullets, last four; only bullets when the text has fewer than twenty characters.
    pub fn masked(&self) -> String {
        let count = self.0.chars().count();
        if count < 20 {
            return "••••••••".to_owned();
        }
        let head: String = self.0.chars().take(4).collect();
        let tail: String = self.0.chars().skip(count - 4).collect();
        format!("{head}••••••••{tail}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_part_of_the_text() {
        let shown = format!("{:?}", Some(Secret::new("canary-in-a-secret")));
        assert_eq!(shown, "Some(Secret(…))");
    }

    #[test]
    fn a_short_secret_is_masked_whole() {
        assert_eq!(Secret::new("nineteen-characters").masked(), "••••••••");
    }

    #[test]
    fn a_long_secret_shows_four_characters_at_each_end() {
        assert_eq!(Secret::new("abcdefghijklmnopqrstuvwxyz").masked(), "abcd••••••••wxyz");
    }
}
