use serde_json::{Map, Value};

use crate::csv;
use crate::management::bulk::{self, Unreadable};
use crate::secret::Secret;

/// The largest file read, in bytes.
pub const LARGEST: usize = bulk::LARGEST;
/// The most rows of one file.
pub const MOST: usize = 10_000;

/// Why a file can't be used. The text of the error is for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing is in it.
    #[error("The file is empty.")]
    Empty,
    /// Larger than [`LARGEST`].
    #[error("The file is larger than 8 MB. Split it, or leave out columns that are not needed.")]
    TooLarge,
    /// A spreadsheet, a picture, or something else that is no text.
    #[error("The file is no text. Save a spreadsheet as CSV first.")]
    Binary,
    /// JSON that ends too early, or is damaged.
    #[error("The file begins like JSON and is none: line {line}, column {column}.")]
    Broken {
        /// The line the parser stopped at, from 1.
        line: usize,
        /// The column there.
        column: usize,
    },
    /// No column or field has tokens.
    #[error(
        "No tokens were found. A table needs a column \"token\" and one \"site_id\"; JSON needs a list of objects with them."
    )]
    NoTokens,
    /// More than [`MOST`] rows.
    #[error("The file has {0} tokens, and at most 10,000 are taken at once. Split it.")]
    TooMany(usize),
}

/// A row as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raw {
    pub line: usize,
    pub provider: String,
    pub site: String,
    pub name: String,
    pub device: String,
    pub token: Secret,
    pub is_default: bool,
}

/// What a column or a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Provider,
    Site,
    Name,
    Device,
    Token,
    Default,
}

impl Field {
    /// What a name stands for, whatever its case and signs: `site_id`, `siteId`, `Site ID`.
    fn of(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
        Some(match plain.as_str() {
            "provider" | "providerid" => Self::Provider,
            "site" | "siteid" | "sitekey" | "id" => Self::Site,
            "sitename" | "name" | "nicename" | "label" | "title" => Self::Name,
            "device" | "deviceid" => Self::Device,
            "token" | "apitoken" | "acetoken" | "aceapitoken" | "sitetoken" | "jwt" | "acejwt" | "accesstoken" => {
                Self::Token
            }
            "default" | "isdefault" => Self::Default,
            _ => return None,
        })
    }
}

impl Raw {
    fn set(&mut self, field: Field, text: &str) {
        match field {
            Field::Provider => self.provider = text.to_owned(),
            Field::Site => self.site = text.to_owned(),
            Field::Name => self.name = text.to_owned(),
            Field::Device => self.device = text.to_owned(),
            Field::Token => self.token = Secret::new(text),
            Field::Default => {
                self.is_default = matches!(text.trim().to_lowercase().as_str(), "true" | "yes" | "1" | "x");
            }
        }
    }
}

/// The rows of a file.
pub fn raws(file: &[u8]) -> Result<Vec<Raw>, Unusable> {
    let (text, _) = bulk::decode(file).map_err(|error| match error {
        Unreadable::Empty => Unusable::Empty,
        Unreadable::TooLarge => Unusable::TooLarge,
        Unreadable::Binary => Unusable::Binary,
    })?;
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if text.is_empty() {
        return Err(Unusable::Empty);
    }
    let raws = if text.starts_with(['{', '[']) { of_json(text)? } else { of_table(text) };
    match raws.len() {
        _ if raws.iter().all(|raw| raw.token.is_empty()) => Err(Unusable::NoTokens),
        count if count > MOST => Err(Unusable::TooMany(count)),
        _ => Ok(raws),
    }
}

fn of_json(text: &str) -> Result<Vec<Raw>, Unusable> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| Unusable::Broken { line: error.line(), column: error.column() })?;
    let raws = match value {
        Value::Array(list) => of_list(&list),
        Value::Object(object) => of_object(&object),
        _ => Vec::new(),
    };
    Ok(raws)
}

fn of_list(list: &[Value]) -> Vec<Raw> {
    let objects = list.iter().enumerate().filter_map(|(index, value)| Some((index, value.as_object()?)));
    objects.map(|(index, object)| of_fields(index + 1, object)).collect()
}

/// An object is one token, holds a list of them, or names each by its site.
fn of_object(object: &Map<String, Value>) -> Vec<Raw> {
    if object.iter().any(|(name, value)| Field::of(name) == Some(Field::Token) && value.is_string()) {
        return vec![of_fields(1, object)];
    }
    if let Some(list) =
        object.values().find_map(|value| value.as_array().filter(|list| list.iter().any(Value::is_object)))
    {
        return of_list(list);
    }
    let inner = ["tokens", "sites", "data"].iter().find_map(|name| object.get(*name)?.as_object());
    let by_site = inner.unwrap_or(object).iter().enumerate();
    let raws = by_site.filter_map(|(index, (site, value))| {
        let mut raw = match value {
            Value::String(token) => Raw { line: index + 1, token: Secret::new(token.as_str()), ..Raw::default() },
            Value::Object(fields) => of_fields(index + 1, fields),
            _ => return None,
        };
        if raw.site.is_empty() {
            raw.site.clone_from(site);
        }
        Some(raw)
    });
    raws.collect()
}

fn of_fields(line: usize, object: &Map<String, Value>) -> Raw {
    let mut raw = Raw { line, ..Raw::default() };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    // A site may have an id of its own beside the site's: "site_id" wins over "id", whichever comes first.
    let is_plain_id = |name: &str| name.eq_ignore_ascii_case("id");
    let names_site = object.keys().any(|name| Field::of(name) == Some(Field::Site) && !is_plain_id(name));
    for (name, value) in object {
        if let (Some(field), Some(text)) = (Field::of(name), text(value))
            && !(names_site && is_plain_id(name))
        {
            raw.set(field, &text);
        }
    }
    raw
}

fn of_table(text: &str) -> Vec<Raw> {
    let rows = csv::rows(text);
    let named: Vec<Option<Field>> =
        rows.first().map(|row| row.iter().map(|cell| Field::of(cell)).collect()).unwrap_or_default();
    let has_header = named.contains(&Some(Field::Token));
    let columns = if has_header { named } else { guessed(&rows) };
    let rows = rows.iter().enumerate().skip(usize::from(has_header));
    let filled = rows.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    let raw = |(index, row): (usize, &Vec<String>)| {
        let mut raw = Raw { line: index + 1, ..Raw::default() };
        for (cell, field) in row.iter().zip(&columns) {
            if let Some(field) = field {
                raw.set(*field, cell);
            }
        }
        raw
    };
    filled.map(raw).collect()
}

/// Columns without names: the one whose first cell has a token's form is that, and the others are site, name and device.
fn guessed(rows: &[Vec<String>]) -> Vec<Option<Field>> {
    let is_token = |cell: &String| super::super::Pasted::mend(cell).check().is_ok();
    let token = rows.iter().find_map(|row| row.iter().position(is_token));
    let mut others = [Field::Site, Field::Name, Field::Device].into_iter();
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..width).map(|column| if Some(column) == token { Some(Field::Token) } else { others.next() }).collect()
}
