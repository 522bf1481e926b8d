//! A token's text as a person pastes it: mended, checked and read.

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::time::Timestamp;
use crate::token::jwt;

/// The fewest characters a token has.
pub const SHORTEST: usize = 20;
/// The most.
pub const LONGEST: usize = 10_000;
/// The longest identity that is kept, in characters.
const IDENTITY_MAX: usize = 256;

/// What was pasted, mended: blanks and line breaks anywhere, quotes around it, a header's name and `Bearer` before it, and
/// characters that can't be seen are taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The token.
    pub token: Secret,
    /// What was taken away, in the order of [`Mend`].
    pub mends: Vec<Mend>,
}

/// Something that was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mend {
    /// A header's name, such as `X-ACE-Token:` or `Authorization:`.
    HeaderName,
    /// `Bearer`.
    Bearer,
    /// Quotes around it.
    Quotes,
    /// Line breaks, blanks, and characters that can't be seen.
    Blanks,
}

/// Why a text is no site token. The text of the error is for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Nothing is there.
    #[error("Paste the token.")]
    Empty,
    /// Fewer than [`SHORTEST`] characters.
    #[error("This is too short for a token: it has {0} characters, and a token at least 20. Copy it again, whole.")]
    TooShort(usize),
    /// More than [`LONGEST`] characters.
    #[error("This is too long for a token: it has {0} characters, and a token at most 10,000.")]
    TooLong(usize),
    /// Not exactly three parts with dots between.
    #[error("A token has three parts with a dot between them; this has {0}. Copy it again, whole.")]
    Parts(usize),
    /// One of the three parts is empty.
    #[error("A part of the token is empty. Copy it again, whole.")]
    EmptyPart,
    /// A character no token has.
    #[error("This has a character no token has. Copy only the token.")]
    Character,
}

/// What a token says of itself. Nobody has verified it, as only the API has the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whom it is for: the claim `identity`, else `sub`; at most 256 characters.
    pub identity: Option<String>,
    /// When it ends (`exp`, RFC 7519 §4.1.4); `None` when it does not say.
    pub expires_at: Option<Timestamp>,
    /// When it was issued (`iat`).
    pub issued_at: Option<Timestamp>,
    /// From when it is good (`nbf`).
    pub not_before: Option<Timestamp>,
    /// Whether the claims could be read; else all else here is empty.
    pub is_readable: bool,
}

impl Claims {
    /// Reads a token's claims; what can't be read is empty, which is fine.
    pub fn of(token: &Secret) -> Self {
        let Ok(jwt) = jwt::decode(token.expose()) else { return Self::default() };
        let text = |name: &str| jwt.claims.get(name).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
        let identity = text("identity").or_else(|| text("sub"));
        let time = |name: &str| jwt.numeric_date(name).map(Timestamp::from_seconds);
        Self {
            identity: identity.map(|text| text.chars().take(IDENTITY_MAX).collect()),
            expires_at: time("exp"),
            issued_at: time("iat"),
            not_before: time("nbf"),
            is_readable: true,
        }
    }
}

impl Pasted {
    /// Mends what was pasted. Nothing is checked yet; see [`Pasted::check`].
    pub fn mend(text: &str) -> Self {
        let mut mends = Vec::new();
        let mut rest = text;
        // What is around a token may be nested: `"Bearer 'eyJ…'"`. Each turn takes one thing away, so that it ends.
        loop {
            rest = trimmed(rest, &mut mends);
            let (mend, shorter) = match (header_name(rest), bearer(rest), unquoted(rest)) {
                (Some(shorter), ..) => (Mend::HeaderName, shorter),
                (_, Some(shorter), _) => (Mend::Bearer, shorter),
                (_, _, Some(shorter)) => (Mend::Quotes, shorter),
                _ => break,
            };
            mends.push(mend);
            rest = shorter;
        }
        let token: String = rest.chars().filter(|char| !is_blank(*char)).collect();
        if token.len() != rest.len() {
            mends.push(Mend::Blanks);
        }
        mends.sort_unstable();
        mends.dedup();
        Self { token: Secret::new(token), mends }
    }

    /// Whether it has a token's form, and what it says of itself.
    ///
    /// # Errors
    ///
    /// [`FormatError`] says what is wrong.
    pub fn check(&self) -> Result<Claims, FormatError> {
        check(&self.token).map(|()| Claims::of(&self.token))
    }
}

/// Whether a text has a token's form: [`SHORTEST`] to [`LONGEST`] characters, in three parts none of which is empty.
///
/// # Errors
///
/// [`FormatError`] says what is wrong.
pub fn check(token: &Secret) -> Result<(), FormatError> {
    let text = token.expose();
    let count = text.chars().count();
    let parts = text.split('.').count();
    match count {
        0 => return Err(FormatError::Empty),
        1..SHORTEST => return Err(FormatError::TooShort(count)),
        _ if count > LONGEST => return Err(FormatError::TooLong(count)),
        _ => {}
    }
    if parts != 3 {
        return Err(FormatError::Parts(parts));
    }
    if text.split('.').any(str::is_empty) {
        return Err(FormatError::EmptyPart);
    }
    // It travels in a header: visible ASCII, and nothing that would end or split it.
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+/~".contains(&byte);
    if text.bytes().all(fine) { Ok(()) } else { Err(FormatError::Character) }
}

fn trimmed<'a>(text: &'a str, mends: &mut Vec<Mend>) -> &'a str {
    let shorter = text.trim_matches(is_blank);
    if shorter.len() != text.len() {
        mends.push(Mend::Blanks);
    }
    shorter
}

/// White space, and what is copied along from mails and chats without being seen.
fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn header_name(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(':')?;
    let known = ["authorization", "x-ace-token", "token", "x-api-key"];
    let name = name.trim_matches(is_blank).trim_matches(['"', '\'']);
    known.iter().any(|known| name.eq_ignore_ascii_case(known)).then_some(rest)
}

fn bearer(text: &str) -> Option<&str> {
    let rest = text.get(..6).filter(|word| word.eq_ignore_ascii_case("bearer")).map(|_| &text[6..])?;
    rest.starts_with(|char| is_blank(char) || matches!(char, '"' | '\'')).then_some(rest)
}

fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 7] =
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('‘', '’'), ('«', '»')];
    let inner = |(open, close): &(char, char)| text.strip_prefix(*open)?.strip_suffix(*close);
    // A quote on one side only was left behind by a hasty hand.
    let hanging = || text.strip_prefix(['"', '\'', '`']).or_else(|| text.strip_suffix(['"', '\'', '`', ',', ';']));
    PAIRS.iter().find_map(inner).or_else(hanging)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use Mend::{Bearer, Blanks, HeaderName, Quotes};

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";

    #[test]
    fn what_stands_around_a_token_is_taken_away() {
        for (text, mends) in [
            (TOKEN.to_owned(), vec![]),
            (format!("  {TOKEN}\r\n"), vec![Blanks]),
            (format!("Bearer {TOKEN}"), vec![Bearer, Blanks]),
            (format!("\"{TOKEN}\""), vec![Quotes]),
            (format!("'bearer {TOKEN}',"), vec![Bearer, Quotes, Blanks]),
            (format!("Authorization: Bearer {TOKEN}"), vec![HeaderName, Bearer, Blanks]),
            (format!("X-ACE-Token:{TOKEN}"), vec![HeaderName]),
            (format!("\"token\": \"{TOKEN}\","), vec![HeaderName, Quotes, Blanks]),
            (format!("\u{feff}“{TOKEN}”"), vec![Quotes, Blanks]),
            (format!("{}\n  {}", &TOKEN[..30], &TOKEN[30..]), vec![Blanks]),
            (format!("{}\u{200b}{}", &TOKEN[..30], &TOKEN[30..]), vec![Blanks]),
        ] {
            let pasted = Pasted::mend(&text);
            assert_eq!((pasted.token.expose(), pasted.mends), (TOKEN, mends), "{text:?}");
        }
    }

    #[test]
    fn only_what_has_a_tokens_form_is_taken() {
        let refused = |text: &str| check(&Secret::new(text)).unwrap_err();
        assert_eq!(check(&Secret::new(TOKEN)), Ok(()));
        assert_eq!(refused(""), FormatError::Empty);
        assert_eq!(refused("a.b.c"), FormatError::TooShort(5));
        assert_eq!(refused(&"a".repeat(10_001)), FormatError::TooLong(10_001));
        assert_eq!(refused(&"a".repeat(20)), FormatError::Parts(1));
        assert_eq!(refused("aaaaaaaaaa.bbbbbbbbbb"), FormatError::Parts(2));
        assert_eq!(refused("aaaaaa.bbbbbb.ccccc.ddd"), FormatError::Parts(4));
        assert_eq!(refused("aaaaaaaaaa..bbbbbbbbbb"), FormatError::EmptyPart);
        assert_eq!(refused("aaaaaaaaaa.bbbbbbbb.ccccccé"), FormatError::Character);
        assert_eq!(check(&Secret::new(format!("{}.b.c", "a".repeat(16)))), Ok(()));
        assert_eq!(check(&Secret::new(format!("{}.b.c", "a".repeat(9_996)))), Ok(()));
    }

    #[test]
    fn claims_are_read_and_a_token_without_readable_ones_is_fine() {
        let token = sample::text(r#"{"identity":"ses_a_admin","sub":"x","exp":100,"iat":50,"nbf":60}"#);
        let claims = Pasted::mend(token.expose()).check().unwrap();
        let expected = Claims {
            identity: Some("ses_a_admin".to_owned()),
            expires_at: Some(Timestamp::from_seconds(100)),
            issued_at: Some(Timestamp::from_seconds(50)),
            not_before: Some(Timestamp::from_seconds(60)),
            is_readable: true,
        };
        assert_eq!(claims, expected);
        assert_eq!(Claims::of(&sample::text(r#"{"sub":"x"}"#)).identity.as_deref(), Some("x"));
        assert_eq!(Pasted::mend("aaaaaaaaaa.bbbbbbbb.cccccc").check(), Ok(Claims::default()));
    }
}
