//! Single fields of an answer. A field that is missing, or not of the kind expected, is `None` and harms no other.

use serde_json::Value;

use crate::time::{Timestamp, date};

/// What stands at a path such as `name.given`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

/// A text with something in it.
pub(super) fn text(value: &Value, path: &str) -> Option<String> {
    at(value, path)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Yes or no.
pub(super) fn truth(value: &Value, path: &str) -> Option<bool> {
    at(value, path)?.as_bool()
}

/// A whole number from 0 on.
pub(super) fn number(value: &Value, path: &str) -> Option<u64> {
    at(value, path)?.as_u64()
}

/// A moment as text, or milliseconds since the epoch.
pub(super) fn moment(value: &Value, path: &str) -> Option<Timestamp> {
    let value = at(value, path)?;
    value.as_str().and_then(date::read).or_else(|| value.as_i64().map(Timestamp::from_millis))
}
