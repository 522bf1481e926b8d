//! Tables as text files: comma-separated values (RFC 4180), safe to open in a spreadsheet.
//!
//! A spreadsheet runs a cell that begins like a formula, whoever wrote it, and quoting does not stop it. Such a cell gets an
//! apostrophe before it, which spreadsheets take as "this is text". Numbers are left alone, negative ones too.

mod reading;

pub use reading::rows;

/// What a cell must not begin with, so that no spreadsheet runs it; the last four are full-width forms of the first.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A file that grows row by row.
///
/// ```
/// let mut file = domain::csv::File::new(&["name", "value"]);
/// file.row(["Tea, green", "=1+1"]);
/// assert_eq!(file.into_text(), "name,value\r\n\"Tea, green\",'=1+1\r\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    text: String,
}

impl File {
    /// A file with its header line.
    pub fn new(head: &[&str]) -> Self {
        let mut file = Self { text: String::new() };
        file.row(head);
        file
    }

    /// Adds a row; it should have as many cells as the header.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        for (place, text) in cells.into_iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            self.text.push_str(&cell(text.as_ref()));
        }
        self.text.push_str("\r\n");
    }

    /// The whole file: lines end with CR LF (RFC 4180 §2, rule 1), the last one too.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// One cell as it is written: defused, and quoted where that is needed (RFC 4180 §2, rules 5 to 7).
pub fn cell(text: &str) -> String {
    let text = if is_formula(text) { format!("'{text}") } else { text.to_owned() };
    // Semicolons and tabs separate cells where a spreadsheet was told so, or thinks so for its country.
    let special = |char: char| matches!(char, ',' | ';' | '\t' | '"' | '\r' | '\n');
    if text.contains(special) || text.trim() != text { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Whether a spreadsheet could run it. What stands before the sign and can't be seen is skipped, as some of them do.
fn is_formula(text: &str) -> bool {
    let unseen = |char: char| char.is_whitespace() || char.is_control() || char == '\u{feff}' || char == '\u{200b}';
    let begins = text.trim_start_matches(unseen).starts_with(FORMULA);
    // A number in digits: `-inf` would be one too, and a spreadsheet takes it for a name.
    let is_number = text.ends_with(|char: char| char.is_ascii_digit()) && text.parse::<f64>().is_ok();
    begins && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_cells_stand_as_they_are() {
        let mut file = File::new(&["day", "identities"]);
        file.row(["2026-11-21", "3000"]);
        assert_eq!(file.into_text(), "day,identities\r\n2026-11-21,3000\r\n");
    }

    #[test]
    fn commas_quotes_and_line_ends_are_quoted() {
        for (text, written) in [
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"tea\"", "\"say \"\"tea\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            (" edge", "\" edge\""),
            ("", ""),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for text in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "＝1", "\u{feff}=1", "+-1", "-inf", "+nan"] {
            assert_eq!(cell(text), format!("'{text}"), "{text:?}");
        }
        assert_eq!(cell("\t=1"), "\"'\t=1\"");
        assert_eq!(cell(" =HYPERLINK(\"http://x\",1)"), "\"' =HYPERLINK(\"\"http://x\"\",1)\"");
    }

    #[test]
    fn numbers_stay_numbers() {
        for text in ["-12", "+3.5", "-0.5", "1e6", "-1e-3"] {
            assert_eq!(cell(text), text);
        }
    }

    #[test]
    fn a_dash_alone_or_in_a_word_is_only_defused_at_the_beginning() {
        assert_eq!(cell("a-b"), "a-b");
        assert_eq!(cell("-"), "'-");
    }
}
