use serde_json::Value;

use super::item::{Item, Kind};
use super::json::read_value;
use super::{Area, Fields, FoundToken, Record, Unreadable};

/// What one text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Something of a client, whole or half, perhaps with its token.
    Client(Box<Record>),
    /// A token without a client.
    Token(FoundToken),
    /// The environment id meant where a record names none.
    Environment(String),
    /// Nothing to take over.
    Nothing,
    /// Nothing of the older app's worker tokens: it is never touched.
    Foreign,
    /// Something that can't be read.
    Unreadable(Unreadable),
}

/// Reads one text by its key. A backup is read by its parts, so as a whole it is foreign here.
pub fn read(item: &Item) -> Reading {
    let text = item.text.expose();
    match Kind::of(item.area, &item.key) {
        Kind::Foreign | Kind::Backup => Reading::Foreign,
        Kind::Expiry | Kind::Trail => Reading::Nothing,
        Kind::Environment => environment(text),
        Kind::Worker => worker(text),
        Kind::Shared => shared(item.area, text),
    }
}

fn environment(text: &str) -> Reading {
    let bare = text.trim().trim_matches('"');
    if crate::provider::is_uuid(bare) { Reading::Environment(bare.to_owned()) } else { Reading::Nothing }
}

fn worker(text: &str) -> Reading {
    match read_value(text) {
        Ok(Value::Object(object)) if object.is_empty() => Reading::Nothing,
        Ok(Value::Object(object)) => of_client(Record::in_fields(Fields(&object))),
        Ok(Value::Null) => Reading::Nothing,
        Ok(Value::String(text)) => bare(&text),
        Err(Unreadable::Broken) => bare(text),
        Err(Unreadable::TooLarge) => Reading::Unreadable(Unreadable::TooLarge),
        Ok(_) => Reading::Unreadable(Unreadable::Broken),
    }
}

fn bare(text: &str) -> Reading {
    if text.trim().is_empty() {
        return Reading::Nothing;
    }
    FoundToken::bare(text).map_or(Reading::Unreadable(Unreadable::Broken), Reading::Token)
}

fn of_client(mut record: Record) -> Reading {
    match record.token.take() {
        Some(token) if record.is_empty() => Reading::Token(token),
        token => Reading::Client(Box::new(Record { token, ..record })),
    }
}

/// Settings the older app shared among its flows. In a session's context only the flow says what the client is for.
fn shared(area: Area, text: &str) -> Reading {
    let object = match read_value(text) {
        Ok(Value::Object(object)) => object,
        Ok(Value::Null) => return Reading::Nothing,
        Ok(_) => return Reading::Unreadable(Unreadable::Broken),
        Err(_) if text.trim().is_empty() => return Reading::Nothing,
        Err(error) => return Reading::Unreadable(error),
    };
    let fields = Fields(&object);
    let mut record = Record::in_fields(fields);
    if area == Area::Session {
        let flow = fields.text(&["flow"]).unwrap_or_default().to_ascii_lowercase();
        record.redirects |= !["worker", "client_credentials", "client-credentials"].iter().any(|it| flow.contains(it));
    }
    if record.is_empty() { Reading::Nothing } else { of_client(record) }
}
