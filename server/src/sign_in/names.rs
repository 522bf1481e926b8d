use domain::secret::Secret;

/// A user name as it is kept and compared: without surrounding blanks, in lower case.
pub fn folded(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Whether a folded name may be taken: 1 to 64 of `a-z 0-9 . _ - @ +`.
pub fn is_username(folded: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-@+".contains(&byte);
    (1..=64).contains(&folded.len()) && folded.bytes().all(fine)
}

/// Whether a password may be taken: 12 to 256 characters (NIST SP 800-63B §5.1.1.2 asks for length, not for kinds of
/// characters), and not just one of them repeated.
///
/// # Errors
///
/// What is wrong, for a person.
pub fn checked_password(password: &Secret) -> Result<(), &'static str> {
    let text = password.expose();
    let count = text.chars().count();
    if count < 12 {
        return Err("Use at least 12 characters. A few words in a row are easy to remember.");
    }
    if count > 256 {
        return Err("Use at most 256 characters.");
    }
    let first = text.chars().next();
    if text.chars().all(|character| Some(character) == first) {
        return Err("Use more than one character.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_folded_before_it_is_checked() {
        assert!(is_username(&folded("  Ada.Lovelace+1@Example.com ")));
    }

    #[test]
    fn names_with_other_characters_or_lengths_are_refused() {
        for name in ["", "a b", "ä", "a/b", "a\n", "<b>", &"a".repeat(65)] {
            assert!(!is_username(name), "{name:?}");
        }
    }

    #[test]
    fn a_password_is_measured_in_characters() {
        assert!(checked_password(&Secret::new("äöüäöüäöüäöü")).is_ok());
        assert!(checked_password(&Secret::new("eleven-char")).is_err());
        assert!(checked_password(&Secret::new("ab".repeat(128))).is_ok());
        assert!(checked_password(&Secret::new("ab".repeat(129))).is_err());
        assert!(checked_password(&Secret::new("aaaaaaaaaaaaaa")).is_err());
    }
}
