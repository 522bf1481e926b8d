//! A filter's text, cut into words.

/// A word of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// An attribute, an operator, a number or a truth value.
    Name(String),
    /// A text that stood in quotation marks.
    Text(String),
    /// A bracket or a comma.
    Sign(char),
}

impl Word {
    /// A word of the language.
    pub(super) fn name(text: &str) -> Self {
        Self::Name(text.to_owned())
    }

    /// Whether they are the same; the language's own words are so in any case.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(one), Self::Name(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one == other,
        }
    }
}

/// Cuts a text into words. In quotation marks, a backslash stands before a quotation mark or a backslash that is meant.
pub(super) fn words(text: &str) -> Result<Vec<Word>, &'static str> {
    let mut letters = text.chars().peekable();
    let mut words = Vec::new();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => {}
            '(' | ')' | '[' | ']' | ',' => words.push(Word::Sign(letter)),
            '"' => words.push(Word::Text(quoted(&mut letters)?)),
            _ if is_name(letter) => {
                let mut name = String::from(letter);
                while let Some(letter) = letters.next_if(|letter| is_name(*letter)) {
                    name.push(letter);
                }
                words.push(Word::Name(name));
            }
            _ => return Err("it has a character that stands for nothing"),
        }
    }
    Ok(words)
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | ':' | '$')
}

fn quoted(letters: &mut impl Iterator<Item = char>) -> Result<String, &'static str> {
    let mut text = String::new();
    loop {
        match letters.next() {
            Some('"') => return Ok(text),
            Some('\\') => match letters.next() {
                Some(letter @ ('"' | '\\')) => text.push(letter),
                _ => return Err("a backslash stands before something that needs none"),
            },
            Some(letter) => text.push(letter),
            None => return Err("a quotation mark is not closed"),
        }
    }
}
