//! Tables as people have them: RFC 4180 where it is kept, and what spreadsheets and hands make of it.

/// The longest quoted cell, in bytes: longer than any token; beyond that a quotation mark was no opening one.
const LONGEST_CELL: usize = 16_384;

/// The rows of a text: cut by commas, semicolons or tabs where most of its lines have them, else one cell a line.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    match separator(text) {
        Some(separator) => cells(text, separator),
        None => lines(text).map(|line| vec![unquoted(line)]).collect(),
    }
}

/// Lines ended by LF, CR LF, or CR as on old Macs.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).flat_map(|line| line.split('\r'))
}

/// What separates cells: the sign that most of the first lines have.
fn separator(text: &str) -> Option<char> {
    let sample: Vec<&str> = lines(text).filter(|line| !line.trim().is_empty()).take(50).collect();
    let having = |sign: char| sample.iter().filter(|line| outside_quotes(line).any(|letter| letter == sign)).count();
    let best = ['\t', ';', ','].into_iter().rev().max_by_key(|sign| having(*sign))?;
    (having(best) * 2 > sample.len()).then_some(best)
}

fn outside_quotes(line: &str) -> impl Iterator<Item = char> {
    let mut quoted = false;
    line.chars().filter(move |letter| {
        quoted ^= *letter == '"';
        !quoted
    })
}

/// A line without quotation marks around it (RFC 4180 §2, rules 5 to 7).
fn unquoted(line: &str) -> String {
    let trimmed = line.trim();
    let inner = trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.map_or_else(|| trimmed.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// The cells of a table (RFC 4180 §2). A quotation mark that is never closed is a letter like others.
fn cells(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut rest) = (Vec::new(), Vec::new(), text);
    while !rest.is_empty() {
        let (cell, after) = cell(rest, separator);
        row.push(cell);
        rest = after;
        if let Some(after) = rest.strip_prefix(separator) {
            rest = after;
            // A separator at the very end has an empty cell after it.
            if rest.is_empty() {
                row.push(String::new());
            }
            continue;
        }
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
        rows.push(std::mem::take(&mut row));
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

/// One cell, and what follows it: a separator, the end of a line, or nothing.
fn cell(text: &str, separator: char) -> (String, &str) {
    let is_end = |letter: char| letter == separator || letter == '\n' || letter == '\r';
    let blanks = text.len() - text.trim_start_matches(' ').len();
    let quoted = text[blanks..].strip_prefix('"').and_then(closed);
    let (start, rest) = quoted.unwrap_or((String::new(), text));
    let end = rest.find(is_end).unwrap_or(rest.len());
    (start + &rest[..end], &rest[end..])
}

/// What stands before the closing quotation mark, and what after it.
fn closed(text: &str) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        inside.push_str(&rest[..at]);
        if inside.len() > LONGEST_CELL {
            return None;
        }
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                inside.push('"');
                rest = after;
            }
            None => return Some((inside, rest)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_longest_kind_stands_in_a_quoted_cell() {
        let long = "x".repeat(10_000);
        assert_eq!(
            rows(&format!("a,\"{long}\"\r\nb,\"c\"\"d\"")),
            [["a".to_owned(), long], ["b", "c\"d"].map(str::to_owned)]
        );
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_a_letter() {
        assert_eq!(rows("a,\"b\nc,d"), [["a", "\"b"], ["c", "d"]]);
    }
}
