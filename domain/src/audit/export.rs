use super::Event;
use crate::csv::cell;
use crate::time::date;

const HEAD: [&str; 19] = [
    "seq",
    "at",
    "happened_at",
    "action",
    "outcome",
    "reason",
    "source",
    "username",
    "user",
    "tenant",
    "site",
    "provider",
    "connection",
    "subject",
    "label",
    "count",
    "address",
    "request",
    "report",
];

/// The first line of the table, with its line end.
pub fn csv_head() -> String {
    line(HEAD.map(str::to_owned))
}

/// An event as a row of the table, with its line end; safe to open in a spreadsheet (see [`crate::csv`]). Times are in UTC.
pub fn csv_row(event: &Event) -> String {
    let entry = &event.entry;
    let text = |text: Option<String>| text.unwrap_or_default();
    line([
        event.seq.to_string(),
        date::utc_millis(entry.at),
        text(entry.happened_at.map(date::utc_millis)),
        entry.action.name().to_owned(),
        entry.outcome.name().to_owned(),
        text(entry.reason.as_ref().map(ToString::to_string)),
        entry.source.name().to_owned(),
        text(entry.username.clone()),
        text(entry.user.as_ref().map(ToString::to_string)),
        text(entry.tenant.as_ref().map(ToString::to_string)),
        text(entry.site.as_ref().map(ToString::to_string)),
        text(entry.provider.as_ref().map(ToString::to_string)),
        text(entry.connection.as_ref().map(ToString::to_string)),
        text(entry.subject.clone()),
        text(entry.label.as_ref().map(ToString::to_string)),
        text(entry.count.map(|count| count.to_string())),
        entry.address.clone(),
        text(entry.request.as_ref().map(ToString::to_string)),
        text(entry.report.as_ref().map(ToString::to_string)),
    ])
}

/// An event as one line of JSON, with its line end. Times are in UTC, as RFC 3339 writes them.
pub fn json_line(event: &Event) -> String {
    let mut value = serde_json::to_value(event).unwrap_or_default();
    value["at"] = date::utc_millis(event.entry.at).into();
    if let Some(at) = event.entry.happened_at {
        value["happened_at"] = date::utc_millis(at).into();
    }
    format!("{value}\n")
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Action, Entry, Outcome};
    use crate::time::Timestamp;

    fn event() -> Event {
        let mut entry = Entry::by_server(Action::TokenAdded, Outcome::Done, Timestamp::from_millis(1_500));
        entry.username = Some("=HYPERLINK(\"http://x\")".to_owned());
        Event { seq: 7, entry: entry.named("Omaha, clinic").counting(2) }
    }

    #[test]
    fn a_row_has_a_cell_for_each_name_and_nothing_a_spreadsheet_would_run() {
        let (head, row) = (csv_head(), csv_row(&event()));
        assert_eq!(head.split(',').count(), 19);
        assert_eq!(
            row,
            "7,1970-01-01T00:00:01.500Z,,token:added,done,,server,\"'=HYPERLINK(\"\"http://x\"\")\",,,,,,,\"Omaha, clinic\",2,,,\r\n"
        );
    }

    #[test]
    fn a_line_of_json_is_one_object_with_times_people_can_read() {
        let line = json_line(&event());
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
        assert_eq!((&value["seq"], &value["at"]), (&7.into(), &"1970-01-01T00:00:01.500Z".into()));
    }
}
