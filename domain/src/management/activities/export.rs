use serde_json::{Value, json};

use super::{Activity, Log};
use crate::csv::File;
use crate::time::date;

const HEAD: [&str; 14] = [
    "recorded_at",
    "action_type",
    "action",
    "result_status",
    "result",
    "user_name",
    "user_id",
    "client_name",
    "client_id",
    "resource_types",
    "resource_names",
    "resource_ids",
    "correlation_id",
    "id",
];

/// The entries as a table; several resources of one entry stand in one cell, with a bar between.
pub fn csv(entries: &[&Activity]) -> String {
    let mut file = File::new(&HEAD);
    for entry in entries {
        file.row(row(entry));
    }
    file.into_text()
}

fn row(entry: &Activity) -> [String; 14] {
    let (user, client) = (entry.user.clone().unwrap_or_default(), entry.client.clone().unwrap_or_default());
    let joined = |part: fn(&super::Resource) -> &String| {
        let texts = entry.resources.iter().map(|resource| part(resource).as_str()).filter(|text| !text.is_empty());
        texts.collect::<Vec<_>>().join(" | ")
    };
    let status = entry.whole.pointer("/result/status").and_then(Value::as_str).unwrap_or_default();
    [
        entry.at.map(date::utc_millis).unwrap_or_default(),
        entry.action.clone(),
        entry.description.clone(),
        status.to_owned(),
        entry.result.clone(),
        user.name,
        user.id,
        client.name,
        client.id,
        joined(|resource| &resource.kind),
        joined(|resource| &resource.name),
        joined(|resource| &resource.id),
        entry.correlation_id.clone(),
        entry.id.clone(),
    ]
}

/// The entries as the provider gave them, with what was asked and whether that is all of it.
pub fn json(log: &Log, entries: &[&Activity]) -> String {
    let range = log.search().range;
    let beside = log.search().beside.as_ref();
    let file = json!({
        "kind": "tokenkeep.audit-activities",
        "version": 1,
        "from": date::utc_millis(range.from),
        "to": date::utc_millis(range.to),
        "filter": beside.map(|(beside, value)| json!({ "attribute": beside.attribute(), "value": value })),
        "entries_read": log.entries().len(),
        "all_read": log.is_complete(),
        "activities": entries.iter().map(|entry| &entry.whole).collect::<Vec<_>>(),
    });
    format!("{file:#}\n")
}

#[cfg(test)]
mod tests {
    use super::super::{Beside, Range, Search};
    use super::*;
    use crate::time::Timestamp;

    fn log() -> Log {
        let range = Range { from: Timestamp::from_seconds(0), to: Timestamp::from_seconds(60) };
        let mut log = Log::new(Search { range, beside: Some((Beside::ActionType, "USER.CREATED".to_owned())) }, "e");
        log.take(&json!({ "_embedded": { "activities": [
            { "id": "a", "recordedAt": "1970-01-01T00:00:01.5Z", "action": { "type": "USER.CREATED" },
              "actors": { "user": { "id": "u", "name": "=cmd()" } }, "result": { "status": "FAILED" },
              "resources": [{ "type": "USER", "name": "a, b" }, { "type": "GROUP", "name": "c" }] },
        ] } }));
        log
    }

    #[test]
    fn a_table_has_one_row_for_each_entry_and_runs_nothing() {
        let log = log();
        let text = csv(&log.entries().iter().collect::<Vec<_>>());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[1],
            "1970-01-01T00:00:01.500Z,USER.CREATED,,FAILED,,'=cmd(),u,,,USER | GROUP,\"a, b | c\",,,a"
        );
    }

    #[test]
    fn a_file_holds_the_entries_as_they_came_and_what_was_asked() {
        let log = log();
        let file: Value = serde_json::from_str(&json(&log, &log.entries().iter().collect::<Vec<_>>())).unwrap();
        assert_eq!(file["activities"][0], log.entries()[0].whole);
        assert_eq!(file["filter"]["attribute"], "action.type");
        assert_eq!((&file["to"], &file["all_read"]), (&json!("1970-01-01T00:01:00.000Z"), &json!(true)));
    }
}
