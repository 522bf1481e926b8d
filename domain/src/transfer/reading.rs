use serde::Deserialize;
use serde_json::{Map, Value};

use super::{FILE_VERSION, FORMAT, PackedProvider, Unusable, older};
use crate::connection::Credential;
use crate::legacy::Draft;
use crate::provider::{ClientAuthentication, Place};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 2 << 20;
const MOST: usize = 500;
const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const ARMOR_END: &str = "-----END AGE ENCRYPTED FILE-----";
const BINARY: &[u8] = b"age-encryption.org/v1";

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Connections.
    Connections(Vec<Packed>),
    /// An encrypted file: a passphrase is needed.
    Encrypted,
}

/// A connection from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its provider where the file was written; `None` in files of the older app, which knew PingOne only.
    pub provider: Option<PackedProvider>,
    /// The rest.
    pub draft: Draft,
}

#[derive(Deserialize)]
struct PackedConnection {
    name: String,
    provider: PackedProvider,
    place: Place,
    client_id: String,
    scopes: Vec<String>,
    authentication: ClientAuthentication,
    credential: Option<Credential>,
}

/// Reads a file, or a text that was pasted.
///
/// # Errors
///
/// [`Unusable`] says what it is instead, and what to do.
pub fn read(file: &[u8]) -> Result<Content, Unusable> {
    if file.len() > LARGEST {
        return Err(Unusable::TooLarge);
    }
    if file.starts_with(BINARY) {
        return Ok(Content::Encrypted);
    }
    let text = std::str::from_utf8(file).map_err(|_| Unusable::NotJson)?.trim_start_matches('\u{feff}').trim();
    if text.starts_with(ARMOR) {
        return if text.ends_with(ARMOR_END) { Ok(Content::Encrypted) } else { Err(Unusable::Half) };
    }
    let connections = connections(text)?;
    match connections.len() {
        0 => Err(Unusable::Nothing),
        1..=MOST => Ok(Content::Connections(connections)),
        _ => Err(Unusable::TooMany),
    }
}

fn connections(text: &str) -> Result<Vec<Packed>, Unusable> {
    if text.is_empty() {
        return Err(Unusable::Empty);
    }
    if text.starts_with('<') {
        return Err(Unusable::WebPage);
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| if error.is_eof() { Unusable::Half } else { Unusable::NotJson })?;
    let Value::Object(file) = value else { return Err(Unusable::Unknown) };
    match file.get("format").and_then(Value::as_str) {
        Some(FORMAT) => ours(file),
        Some(_) => Err(Unusable::Unknown),
        None => older::read(&file),
    }
}

fn ours(mut file: Map<String, Value>) -> Result<Vec<Packed>, Unusable> {
    let damaged = |what: &str| Unusable::Damaged(what.to_owned());
    let version = file.get("version").and_then(Value::as_u64).ok_or_else(|| damaged("its version is no number"))?;
    if version > FILE_VERSION {
        return Err(Unusable::Newer(version));
    }
    let Some(Value::Array(list)) = file.remove("connections") else { return Err(damaged("its list is missing")) };
    if list.len() > MOST {
        return Err(Unusable::TooMany);
    }
    list.into_iter().enumerate().map(|(index, value)| packed(index, value)).collect()
}

fn packed(index: usize, value: Value) -> Result<Packed, Unusable> {
    // The error's own words could repeat what the field holds.
    let damaged = |_| Unusable::Damaged(format!("connection {} can't be read", index + 1));
    let one: PackedConnection = serde_json::from_value(value).map_err(damaged)?;
    let draft = Draft {
        name: Some(one.name).filter(|name| !name.trim().is_empty()),
        place: one.place,
        client_id: one.client_id,
        scopes: one.scopes,
        authentication: one.authentication,
        credential: one.credential,
    };
    Ok(Packed { provider: Some(one.provider), draft })
}
