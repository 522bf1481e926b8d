//! A list as a person has it: one entry a line, or a table with a column of them.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::super::users::Identifier;
use crate::csv;

/// The most entries of one lookup.
pub const MOST: usize = 10_000;

/// The longest entry, in characters; user names and addresses are shorter.
const LONGEST: usize = 256;

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
        let mut rows: Vec<Vec<String>> =
            csv::rows(text).into_iter().map(|row| row.iter().map(|cell| mended(cell)).collect()).collect();
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

#[cfg(test)]
mod tests;
