//! Text from a provider, made fit to be shown.

use domain::secret::Secret;

/// What a secret is replaced with when a provider repeats it.
const HIDDEN: &str = "•••";

/// The text without control characters and direction marks, in one line, at most `length` characters; `None` when
/// nothing is left.
pub(super) fn shown(text: &str, length: usize) -> Option<String> {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_mark(*c)).collect();
    let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(length).collect();
    (!cut.is_empty()).then_some(cut)
}

/// The text with every one of `secrets` replaced. Called before [`shown`], which could cut one in two.
pub(super) fn without(text: &str, secrets: &[Secret]) -> String {
    let hide = |text: String, secret: &Secret| text.replace(secret.expose(), HIDDEN);
    secrets.iter().filter(|secret| !secret.is_empty()).fold(text.to_owned(), hide)
}

/// A sentence from an error's words: a capital at the start, a full stop at the end.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Characters that are not seen and change what is seen: bidirectional and zero-width marks, and tags.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_marks_go_and_lines_become_one() {
        assert_eq!(shown("a\u{0}b\r\n\tc\u{202e}d \u{1b}[31m", 99).as_deref(), Some("a b cd [31m"));
        assert_eq!(shown("\u{7}\n\u{200b}", 99), None);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        assert_eq!(shown(&"ü".repeat(300), 200).map(|text| text.chars().count()), Some(200));
    }

    #[test]
    fn a_repeated_secret_is_hidden() {
        let secrets = [Secret::new("canary"), Secret::default()];
        assert_eq!(without("bad secret canary, canary", &secrets), "bad secret •••, •••");
    }

    #[test]
    fn words_become_a_sentence() {
        assert_eq!(sentence("choose a region"), "Choose a region.");
        assert_eq!(sentence(""), ".");
    }
}
