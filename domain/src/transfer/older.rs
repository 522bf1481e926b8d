//! The two files of the older app.

use serde_json::{Map, Value};

use super::{Packed, Unusable};
use crate::legacy::{Fields, Flaw, Record};

/// The connection in a file of the older app, by its shape: `{version, exportDate, workerToken}` or
/// `{version, exportedAt, credentials, token}`. Its token is left alone: a new one is asked for.
pub(super) fn read(file: &Map<String, Value>) -> Result<Vec<Packed>, Unusable> {
    if !file.contains_key("version") {
        return Err(Unusable::Unknown);
    }
    let has = |name: &str| file.get(name).is_some_and(Value::is_object);
    if !has("workerToken") && !has("credentials") {
        return Err(if file.contains_key("authz") { Unusable::OtherFlows } else { Unusable::Unknown });
    }
    let draft = Record::in_fields(Fields(file)).draft().map_err(|flaw: Flaw| Unusable::Damaged(flaw.to_string()))?;
    Ok(vec![Packed { provider: None, draft }])
}
