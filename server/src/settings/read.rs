//! From text to a draft: the file's tables and the environment's variables name the same keys.

use std::collections::BTreeMap;

use super::SettingsError;
use super::draft::Draft;
use super::error::Place;
use super::keys::{KEYS, Key};

/// Takes over what the file says.
pub(super) fn apply_file(draft: &mut Draft, text: &str) -> Result<(), SettingsError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| SettingsError::Syntax(described(&error, text)))?;
    apply_table(draft, "", &table)
}

/// Takes over every variable that begins with `TOKENKEEP_`.
pub(super) fn apply_environment(
    draft: &mut Draft,
    environment: &BTreeMap<String, String>,
) -> Result<(), SettingsError> {
    for (name, text) in environment.iter().filter(|(name, _)| name.starts_with("TOKENKEEP_")) {
        let key = KEYS.iter().find(|key| key.variable() == *name);
        let unknown = || SettingsError::UnknownKey { key: name.clone(), place: Place::Environment };
        draft.take(key.ok_or_else(unknown)?, text, Place::Environment)?;
    }
    Ok(())
}

fn apply_table(draft: &mut Draft, prefix: &str, table: &toml::Table) -> Result<(), SettingsError> {
    for (name, value) in table {
        let name = format!("{prefix}{name}");
        match (KEYS.iter().find(|key| key.name == name), value) {
            (Some(key), value) => draft.take(key, &text_of(key, value)?, Place::File)?,
            (None, toml::Value::Table(inner)) if is_table(&name) => apply_table(draft, &format!("{name}."), inner)?,
            (None, _) => return Err(SettingsError::UnknownKey { key: name, place: Place::File }),
        }
    }
    Ok(())
}

fn is_table(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

fn text_of(key: &Key, value: &toml::Value) -> Result<String, SettingsError> {
    let bad = |why: &str| SettingsError::BadValue { key: key.name.to_owned(), place: Place::File, why: why.to_owned() };
    match value {
        toml::Value::String(text) if !key.list => Ok(text.clone()),
        toml::Value::Integer(number) if !key.list => Ok(number.to_string()),
        toml::Value::Array(items) if key.list => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            Ok(texts.ok_or_else(|| bad("every item must be a text"))?.join(","))
        }
        _ if key.list => Err(bad("it must be a list of texts")),
        _ => Err(bad("it must be a text or a whole number")),
    }
}

/// The error's own words and the line, without the line's text: it may hold a secret put in the wrong place.
fn described(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    }
}
