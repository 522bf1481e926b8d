//! The texts an event may carry: short, of few characters, and nothing that could be a token.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most characters of a [`Label`].
pub const LONGEST_LABEL: usize = 100;

/// The most characters of a [`Reason`].
pub const LONGEST_REASON: usize = 64;

/// From this length on, one run of letters and digits is taken for a secret: identifiers and UUIDs are shorter.
const SECRET_RUN: usize = 40;

/// Why a text is not kept. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing stands there.
    #[error("it is empty")]
    Empty,
    /// It has more characters than it may.
    #[error("it is too long")]
    TooLong,
    /// It has characters it may not have.
    #[error("it has characters that may not stand here")]
    Character,
    /// It could be a token or a key.
    #[error("it looks like a token, and no token may stand in the audit log")]
    Secret,
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

checked_text!(
    /// The name of what an event is about, for people: a connection's, a provider's, a person's, a client's id. One line
    /// of 1 to 100 characters.
    Label
);
checked_text!(
    /// Why something ended as it did, for programs: 1 to 64 of `a-z 0-9 _`, such as `invalid_client`.
    Reason
);

impl Label {
    /// Reads a label; blanks around it are cut.
    ///
    /// # Errors
    ///
    /// [`TextError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(TextError::Character);
        }
        // What is looked at for a secret is the whole text, so that none hides behind the cut.
        if looks_like_a_secret(text) {
            return Err(TextError::Secret);
        }
        if text.chars().count() > LONGEST_LABEL { Err(TextError::TooLong) } else { Ok(Self(text.to_owned())) }
    }

    /// The label of a name somebody gave; `None` when it can't be one. A long name is cut.
    pub fn of(name: &str) -> Option<Self> {
        let fits = name.trim().chars().count() <= LONGEST_LABEL;
        let shown: String = name.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        if looks_like_a_secret(&shown) {
            return None;
        }
        let cut: String = shown.trim().chars().take(LONGEST_LABEL - 1).collect();
        Self::parse(&if fits { shown } else { format!("{cut}…") }).ok()
    }
}

impl Reason {
    /// Reads a reason.
    ///
    /// # Errors
    ///
    /// [`TextError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > LONGEST_REASON {
            return Err(TextError::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return Err(TextError::Character);
        }
        // A word has vowels between its digits; a key in hexadecimal digits has no blank and no underscore for long.
        let secret = text.split('_').any(|word| word.len() >= 24);
        if secret { Err(TextError::Secret) } else { Ok(Self(text.to_owned())) }
    }
}

/// Whether a text is an identifier that may be kept: 1 to 64 letters, digits, `_` and `-`, and nothing like a secret.
pub fn is_identifier(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(fine) && !looks_like_a_secret(text)
}

/// Whether a text could be, or could hold, a token or a key: something that begins like a JWT (RFC 7519 §3; every JSON
/// object begins `eyJ` in base64url), three long parts with dots between, or one long run of letters and digits.
pub fn looks_like_a_secret(text: &str) -> bool {
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || "-_.+/=~".contains(char)));
    words.into_iter().any(|word| begins_like_a_jwt(word) || has_three_long_parts(word) || has_a_long_run(word))
}

fn begins_like_a_jwt(word: &str) -> bool {
    let begins = |part: &str| part.len() >= 12 && part.starts_with("eyJ");
    word.split(['.', '/', '=', '+', '~']).any(begins)
}

fn has_three_long_parts(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() >= 3 && parts.iter().filter(|part| part.len() >= 16).count() >= 2
}

/// A run with digits or capitals among its letters: a long word of one's own language is no key.
fn has_a_long_run(word: &str) -> bool {
    word.split(['.', '-', '_']).any(|run| {
        let mixed = run.bytes().any(|byte| !byte.is_ascii_lowercase());
        run.len() >= SECRET_RUN && mixed
    }) || (word.len() >= 2 * SECRET_RUN && word.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";

    #[test]
    fn names_of_real_things_are_labels() {
        for text in [
            "SES Omaha Clinic",
            "9f86d081-884c-4d63-a4a1-7b3d6f0a9c11",
            "worker.reader@example.com",
            "0123456789abcdef0123456789abcdef",
            "東京 第二",
            "https://auth.pingone.eu/9f86d081-884c-4d63-a4a1-7b3d6f0a9c11/as",
        ] {
            assert_eq!(Label::parse(text).map(String::from).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_looks_like_a_token_is_no_label_wherever_it_stands() {
        let key = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A";
        for text in [
            JWT.to_owned(),
            format!("token {JWT} of Omaha"),
            format!("Bearer {JWT}"),
            format!("x={JWT}"),
            "eyJhbGciOiJub25lIn0.".to_owned(),
            key.to_owned(),
            format!("name:{key}"),
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        ] {
            assert_eq!(Label::parse(&text), Err(TextError::Secret), "{text}");
            assert_eq!(Label::of(&text), None, "{text}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_a_secret_behind_the_cut_still_seen() {
        let long = "clinic ".repeat(30);
        assert_eq!(Label::of(&long).unwrap().as_str().chars().count(), LONGEST_LABEL);
        assert_eq!(Label::parse(&long), Err(TextError::TooLong));
        assert_eq!(Label::of(&format!("{long}{JWT}")), None);
        assert_eq!(Label::of("two\nlines").unwrap().as_str(), "two lines");
        assert_eq!((Label::of(" "), Label::parse("a\u{7}b")), (None, Err(TextError::Character)));
    }

    #[test]
    fn reasons_are_words_and_no_keys() {
        for text in ["invalid_client", "expired", "http_403", "wrong_passphrase"] {
            assert!(Reason::parse(text).is_ok(), "{text}");
        }
        for (text, why) in [
            ("", TextError::Empty),
            ("Not a word", TextError::Character),
            ("0123456789abcdef0123456789abcdef", TextError::Secret),
            (&"a_".repeat(40), TextError::TooLong),
        ] {
            assert_eq!(Reason::parse(text), Err(why), "{text}");
        }
    }
}
