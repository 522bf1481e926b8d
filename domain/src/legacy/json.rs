use serde_json::{Map, Value};

use crate::secret::Secret;
use crate::time::Timestamp;

/// A text that is no JSON object that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than what is read.
    #[error("it is larger than 1 MB")]
    TooLarge,
    /// Not JSON, or nested too deep.
    #[error("it is broken: no whole JSON")]
    Broken,
}

/// The longest text read as one record, in bytes.
pub(super) const LONGEST: usize = 1 << 20;
/// The longest text of one field, in bytes; a longer one counts as absent.
const LONGEST_FIELD: usize = 16 * 1024;
/// Milliseconds below this are seconds somebody took for them, or no time at all: 1973.
const EARLIEST: i64 = 100_000_000_000;
/// Later than any true time: the year 2286.
const LATEST: i64 = 10_000_000_000_000;

/// Reads a JSON object. What nests deeper than 128 levels is refused by the parser.
///
/// # Errors
///
/// [`Unreadable`] says why there is none.
pub fn read_object(text: &str) -> Result<Map<String, Value>, Unreadable> {
    match read_value(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Unreadable::Broken),
    }
}

pub(super) fn read_value(text: &str) -> Result<Value, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::TooLarge);
    }
    serde_json::from_str(text).map_err(|_| Unreadable::Broken)
}

/// The fields of an object, each under one of several names.
#[derive(Clone, Copy)]
pub struct Fields<'a>(pub &'a Map<String, Value>);

impl Fields<'_> {
    /// The first non-empty text under one of the names, trimmed.
    pub fn text(self, names: &[&str]) -> Option<String> {
        let texts = names.iter().filter_map(|name| self.0.get(*name)?.as_str());
        let usable = |text: &&str| !text.is_empty() && text.len() <= LONGEST_FIELD;
        texts.map(str::trim).find(usable).map(str::to_owned)
    }

    /// As [`Fields::text`], for a secret: blanks around it stay, as they may belong to it.
    pub fn secret(self, names: &[&str]) -> Option<Secret> {
        let texts = names.iter().filter_map(|name| self.0.get(*name)?.as_str());
        texts.into_iter().find(|text| !text.trim().is_empty() && text.len() <= LONGEST_FIELD).map(Secret::new)
    }

    /// Scopes as a list, or as one text with blanks between.
    pub fn scopes(self, names: &[&str]) -> Vec<String> {
        let found = names.iter().find_map(|name| match self.0.get(*name)? {
            Value::String(text) if text.len() <= LONGEST_FIELD => Some(text.clone()),
            Value::Array(list) => {
                let texts: Vec<&str> = list.iter().filter_map(Value::as_str).take(200).collect();
                Some(texts.join(" "))
            }
            _ => None,
        });
        crate::connection::scopes(&found.unwrap_or_default())
    }

    /// A time in milliseconds, as a number or as digits.
    pub fn time(self, names: &[&str]) -> Option<Timestamp> {
        let millis = names.iter().find_map(|name| self.number(name))?;
        (EARLIEST..LATEST).contains(&millis).then(|| Timestamp::from_millis(millis))
    }

    /// A whole number of seconds above zero.
    pub fn seconds(self, names: &[&str]) -> Option<u64> {
        let number = names.iter().find_map(|name| self.number(name))?;
        u64::try_from(number).ok().filter(|seconds| *seconds > 0)
    }

    /// The object under one of the names.
    pub fn object(&self, names: &[&str]) -> Option<Fields<'_>> {
        names.iter().find_map(|name| self.0.get(*name)?.as_object()).map(Fields)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn number(self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}
