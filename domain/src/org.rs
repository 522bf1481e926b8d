//! Organizations whose pages embed the widget: the origins they may have, and what an org key's form may hold.
//!
//! An org key stands in the source of a page, so it is public by nature. What guards an organization is the list of
//! origins, which a browser can't lie about, and the short life of the org token the key is exchanged for.

mod form;
mod origin;

pub use form::{LIFETIME_SECONDS, MOST_ORIGINS, findings};
pub use origin::{Origin, OriginError};

/// How many characters a message may have.
pub const MESSAGE_CHARACTERS: usize = 4_000;

/// Whether a text can be sent as a message: 1 to 4,000 characters, not only blanks, and no control characters but line
/// breaks and tabs.
///
/// # Errors
///
/// What is wrong with it, for a person.
pub fn check_message(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        return Err("Write something first.");
    }
    if text.chars().count() > MESSAGE_CHARACTERS {
        return Err("A message may have 4,000 characters at most. Send the rest as another one.");
    }
    let odd = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if text.chars().any(odd) { Err("The message has characters that can't be shown.") } else { Ok(()) }
}

/// Whether a text can be a message's own id: 8 to 64 of `A-Z a-z 0-9 _ -`. A UUID is best.
pub fn is_client_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (8..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_up_to_four_thousand_characters_whatever_their_bytes() {
        assert_eq!(check_message(&"é".repeat(4_000)), Ok(()));
        assert!(check_message(&"é".repeat(4_001)).is_err());
    }

    #[test]
    fn a_message_of_blanks_or_with_control_characters_is_refused() {
        for text in ["", " \n\t ", "a\u{0}b", "a\u{1b}[31m"] {
            assert!(check_message(text).is_err(), "{text:?}");
        }
        assert_eq!(check_message("two\nlines\tand a tab"), Ok(()));
    }

    #[test]
    fn a_messages_id_is_plain_and_of_fair_length() {
        assert!(is_client_id("7b0c6f2e-1f6c-4c57-9a55-0f1a2b3c4d5e") && is_client_id(&"a".repeat(64)));
        for text in ["", "short", "has a blank", "has.a.dot", &"a".repeat(65)] {
            assert!(!is_client_id(text), "{text:?}");
        }
    }
}
