//! A list as a person has it: one entry a line, or a table with a column of them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::super::users::Identifier;

/// The most entries of one lookup.
pub const MOST: usize = 10_000;

/// The longest entry, in characters; user names and addresses are shorter.
const LONGEST: usize = 256;

/// The longest quoted cell, in bytes: beyond that a quotation mark was no opening one.
const LONGEST_CELL: usize = 4_096;

/// Names of columns that hold what a user is found by.
const KNOWN: [&str; 12] = [
    "id",
    "userid",
    "uuid",
    "username",
    "user",
    "login",
    "email",
    "emailaddress",
    "mail",
    "mailaddress",
    "identifier",
    "account",
];

/// A text cut into lines and cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    rows: Vec<Vec<String>>,
}

/// How a sheet is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Whether the first line names the columns.
    pub header: bool,
    /// The column with what users are found by, from 0.
    pub column: usize,
}

/// The entries of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// What to look up, each once, in the order given.
    pub entries: Vec<String>,
    /// What was left out.
    pub left_out: LeftOut,
}

/// How much of a list is not looked up, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// How many said the same as an earlier one, whatever the case.
    pub duplicates: usize,
    /// How many lines had nothing at this place.
    pub blank: usize,
    /// How many were longer than any identifier.
    pub too_long: usize,
    /// How many were left out because the list is full.
    pub beyond: usize,
}

impl Sheet {
    /// Cuts a text: by commas, semicolons or tabs where its lines have them, else one entry a line. A single line with
    /// several entries counts as a list of them.
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let rows = match separator(text) {
            Some(separator) => cells(text, separator),
            None => lines(text).map(|line| vec![unquoted(line)]).collect(),
        };
        let mut rows: Vec<Vec<String>> =
            rows.into_iter().map(|row| row.iter().map(|cell| mended(cell)).collect()).collect();
        rows.retain(|row: &Vec<String>| !row.is_empty());
        let filled = rows.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).count();
        if filled == 1 {
            rows = rows.into_iter().flatten().map(|cell| vec![cell]).collect();
        }
        Self { rows }
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Whether nothing stands in a column.
    pub fn column_is_empty(&self, column: usize) -> bool {
        self.rows.iter().filter_map(|row| row.get(column)).all(String::is_empty)
    }

    /// What the columns are called; without a header by their number and what stands there first.
    pub fn columns(&self, header: bool) -> Vec<String> {
        let first = |column: usize| self.rows.first().and_then(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let name = |column: usize| match first(column) {
            Some(cell) if header => cell.chars().take(60).collect(),
            Some(cell) => format!("Column {} ({}…)", column + 1, cell.chars().take(24).collect::<String>()),
            None => format!("Column {}", column + 1),
        };
        (0..self.width()).map(name).collect()
    }

    /// How the sheet is most likely meant.
    pub fn layout(&self) -> Layout {
        let share = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
            let (hits, all) = cells.fold((0, 0), |(hits, all), cell| (hits + usize::from(is_sure(cell)), all + 1));
            (hits * 100_usize).checked_div(all).unwrap_or(0)
        };
        let score = |column: usize| share(column) + if self.is_named(column) { 50 } else { 0 };
        // The first of the best.
        let column = (0..self.width()).rev().max_by_key(|column| score(*column)).unwrap_or(0);
        let first = self.rows.first().and_then(|row| row.get(column)).map(String::as_str).unwrap_or_default();
        let unlike = !is_sure(first) && share(column) >= 50 && self.rows.len() > 1;
        Layout { header: self.is_named(column) || unlike, column }
    }

    /// The entries at that column.
    pub fn list(&self, layout: Layout) -> List {
        let (mut list, mut seen) = (List::default(), HashSet::new());
        for row in self.rows.iter().skip(usize::from(layout.header)) {
            let cell = row.get(layout.column).map(String::as_str).unwrap_or_default();
            if cell.is_empty() {
                list.left_out.blank += 1;
            } else if cell.chars().count() > LONGEST {
                list.left_out.too_long += 1;
            } else if seen.contains(&cell.to_lowercase()) {
                list.left_out.duplicates += 1;
            } else if list.entries.len() >= MOST {
                list.left_out.beyond += 1;
            } else {
                seen.insert(cell.to_lowercase());
                list.entries.push(cell.to_owned());
            }
        }
        list
    }

    fn is_named(&self, column: usize) -> bool {
        let Some(cell) = self.rows.first().and_then(|row| row.get(column)) else { return false };
        let plain: String = cell.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
        KNOWN.contains(&plain.as_str())
    }
}

/// Whether a cell can hardly be anything but what a user is found by.
fn is_sure(cell: &str) -> bool {
    Identifier::of(cell) != Identifier::Name && !cell.contains(' ')
}

/// A cell without what came along by copying: blanks around it, marks of no width, control characters.
fn mended(cell: &str) -> String {
    let invisible = |letter: char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let kept: String = cell.chars().filter(|letter| !letter.is_control() && !invisible(*letter)).collect();
    kept.trim().to_owned()
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
mod tests;
