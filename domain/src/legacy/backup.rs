//! Copies of all of localStorage that the older app made before its own migrations, and never removed.

use serde_json::Value;

use super::Unreadable;
use super::item::{Area, Item, Kind};
use crate::secret::Secret;

/// localStorage holds about 5 MB, so no copy of it is larger.
const LARGEST: usize = 6 << 20;
/// Names of fields that hold what must not lie around, in lower case without `_` and `-`.
const SECRETS: [&str; 5] = ["secret", "token", "password", "privatekey", "credential"];
/// How deep a foreign value is searched.
const DEEPEST: usize = 12;

/// The texts a backup holds, as they stood in localStorage.
pub(super) fn texts(text: &str) -> Result<Vec<Item>, Unreadable> {
    if text.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let Ok(Value::Object(object)) = serde_json::from_str(text) else { return Err(Unreadable::Broken) };
    let item = |(key, value): (String, Value)| {
        let text = match value {
            Value::String(text) => text,
            value => value.to_string(),
        };
        Item { area: Area::Local, key, text: Secret::new(text) }
    };
    // Some were made with the copy one level down.
    let inner = object.get("data").or_else(|| object.get("localStorage")).and_then(Value::as_object).cloned();
    Ok(inner.unwrap_or(object).into_iter().map(item).collect())
}

/// Whether a text we know nothing of may hold a secret: a JWT, or a filled field with such a name.
pub(super) fn may_hold_a_secret(item: &Item) -> bool {
    let text = item.text.expose();
    if Kind::of(item.area, &item.key) == Kind::Backup {
        return true;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) => holds_a_secret(&value, names_a_secret(&item.key), 0),
        Err(_) => names_a_secret(&item.key) || is_jwt(text),
    }
}

fn holds_a_secret(value: &Value, named: bool, depth: usize) -> bool {
    match value {
        _ if depth > DEEPEST => true,
        Value::String(text) => (named && !text.trim().is_empty()) || is_jwt(text),
        Value::Array(list) => list.iter().any(|value| holds_a_secret(value, named, depth + 1)),
        Value::Object(object) => {
            object.iter().any(|(name, value)| holds_a_secret(value, names_a_secret(name), depth + 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn names_a_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|letter| !matches!(letter, '_' | '-')).collect();
    let plain = plain.to_ascii_lowercase();
    SECRETS.iter().any(|secret| plain.contains(secret))
}

fn is_jwt(text: &str) -> bool {
    crate::token::jwt::decode(text.trim()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(key: &str, text: &str) -> bool {
        may_hold_a_secret(&Item { area: Area::Local, key: key.to_owned(), text: Secret::new(text) })
    }

    #[test]
    fn a_filled_field_of_that_name_is_a_secret_wherever_it_stands() {
        assert!(holds("flow", r#"{"a":[{"client_secret":"x"}]}"#));
        assert!(holds("refresh_token", "\"abc\""));
        assert!(holds("note", "e30.e30.c2ln"));
        assert!(!holds("flow", r#"{"client_secret":"","theme":"dark","n":1}"#));
        assert!(!holds("theme", "dark"));
    }

    #[test]
    fn values_stand_as_text_or_as_json() {
        let texts = texts(r#"{"a":"b","worker_credentials":{"clientId":"c"}}"#).unwrap();
        let found: Vec<_> = texts.iter().map(|item| (item.key.as_str(), item.text.expose())).collect();
        assert_eq!(found, [("a", "b"), ("worker_credentials", r#"{"clientId":"c"}"#)]);
        assert_eq!(super::texts("[1]"), Err(Unreadable::Broken));
    }
}
