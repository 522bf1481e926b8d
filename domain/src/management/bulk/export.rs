//! The files a lookup becomes.

use serde_json::{Value, json};

use super::{Entry, Hit, Job, Kind, Outcome};
use crate::csv::File;
use crate::time::Timestamp;

/// The columns of the table.
const HEAD: [&str; 12] = [
    "entry",
    "result",
    "match",
    "matches",
    "id",
    "username",
    "email",
    "name",
    "enabled",
    "account",
    "population_id",
    "reason",
];

/// The table (UTF-8 with its mark, so that spreadsheets read all letters). An ambiguous entry has a row for each user it may
/// mean.
pub fn csv(job: &Job) -> String {
    let mut file = File::new(&HEAD);
    for entry in job.entries() {
        let hits = entry.hits();
        let matches = hits.len().to_string();
        for (at, hit) in hits.iter().enumerate() {
            file.row(row(entry, &(at + 1).to_string(), &matches, hit));
        }
        if hits.is_empty() {
            file.row(row(entry, "", "", &Hit::default()));
        }
    }
    format!("\u{feff}{}", file.into_text())
}

fn row(entry: &Entry, number: &str, matches: &str, hit: &Hit) -> [String; HEAD.len()] {
    let reason = match &entry.outcome {
        Outcome::Refused { reason, .. } => reason.as_str(),
        Outcome::Ambiguous { more: true, .. } => "There are more.",
        _ => "",
    };
    let known = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        entry.text.clone(),
        entry.outcome.kind().name().to_owned(),
        number.to_owned(),
        matches.to_owned(),
        hit.id.clone(),
        known(&hit.username),
        known(&hit.email),
        known(&hit.name),
        hit.enabled.map_or_else(String::new, |enabled| enabled.to_string()),
        known(&hit.account),
        known(&hit.population),
        reason.to_owned(),
    ]
}

/// The same as JSON, with nothing changed for spreadsheets.
pub fn json(job: &Job, now: Timestamp) -> String {
    let counts: serde_json::Map<String, Value> =
        Kind::ALL.iter().map(|kind| (kind.name().to_owned(), job.counts().of(*kind).into())).collect();
    let entry = |entry: &Entry| {
        let mut told = json!({ "entry": entry.text, "result": entry.outcome.kind().name(), "users": entry.hits() });
        match &entry.outcome {
            Outcome::Refused { reason, .. } => told["reason"] = reason.as_str().into(),
            Outcome::Ambiguous { more: true, .. } => told["more"] = true.into(),
            _ => {}
        }
        told
    };
    let file = json!({
        "format": "tokenkeep.lookup", "version": 1, "exported_at": now.millis(), "begun_at": job.begun_at.millis(),
        "environment": job.environment, "counts": counts, "left_out": job.left_out,
        "entries": job.entries().iter().map(entry).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Layout, LeftOut, List, Sheet};
    use super::*;

    fn job(entries: Vec<Entry>) -> Job {
        let now = Timestamp::from_seconds(1);
        Job::of("j".to_owned(), "env".to_owned(), entries, (LeftOut::default(), now))
    }

    fn entry(text: &str, outcome: Outcome) -> Entry {
        Entry { outcome, ..Entry::new(text) }
    }

    fn hit(id: &str, name: &str) -> Hit {
        Hit { id: id.to_owned(), name: Some(name.to_owned()), enabled: Some(true), ..Hit::default() }
    }

    #[test]
    fn each_outcome_has_its_line_and_an_ambiguous_one_a_line_for_each_user() {
        let job = job(vec![
            entry("ada", Outcome::Found(hit("1", "Ada \"A\" Reed"))),
            entry("desk", Outcome::Ambiguous { hits: vec![hit("2", "Bo"), hit("3", "Cy, jr.")], more: true }),
            entry("nobody", Outcome::NotFound),
            entry("odd", Outcome::Refused { reason: "No; really.".to_owned(), barred: false }),
            Entry::new("later"),
        ]);
        let expected = [
            "\u{feff}entry,result,match,matches,id,username,email,name,enabled,account,population_id,reason",
            "ada,found,1,1,1,,,\"Ada \"\"A\"\" Reed\",true,,,",
            "desk,ambiguous,1,2,2,,,Bo,true,,,There are more.",
            "desk,ambiguous,2,2,3,,,\"Cy, jr.\",true,,,There are more.",
            "nobody,not_found,,,,,,,,,,",
            "odd,refused,,,,,,,,,,\"No; really.\"",
            "later,not_asked,,,,,,,,,,",
            "",
        ];
        assert_eq!(csv(&job), expected.join("\r\n"));
    }

    #[test]
    fn a_cell_that_begins_like_a_formula_is_defused() {
        for text in ["=1+1", "+49 1", "-x", "@SUM(A1)"] {
            let table = csv(&job(vec![entry(text, Outcome::NotFound)]));
            assert!(table.contains(&format!("\r\n'{text}")), "{table}");
        }
    }

    #[test]
    fn json_keeps_everything_as_it_is() {
        let job = job(vec![entry("=1", Outcome::Found(hit("1", "Ada"))), Entry::new("b")]);
        let file: Value = serde_json::from_str(&json(&job, Timestamp::from_seconds(9))).unwrap();
        assert_eq!(file["entries"][0]["entry"], "=1");
        assert_eq!(file["entries"][0]["users"][0]["name"], "Ada");
        assert_eq!(file["counts"], json!({ "found": 1, "not_found": 0, "ambiguous": 0, "refused": 0, "not_asked": 1 }));
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_cell_is_read_back(texts in proptest::collection::vec("[\\PC,;\"']{1,12}", 1..20)) {
            let texts: Vec<String> = texts.into_iter().map(|text| text.trim().to_owned()).collect();
            let job = Job::new("j".to_owned(), "e".to_owned(), List { entries: texts.clone(), left_out: LeftOut::default() }, Timestamp::default());
            let table = csv(&job);
            let read = Sheet::read(&table);
            let found = read.list(Layout { header: true, column: 0 });
            let plain = |text: &String| text.trim_start_matches('\'').trim().to_owned();
            for entry in &found.entries {
                prop_assert!(texts.iter().any(|text| plain(text) == plain(entry)), "{entry:?} of {texts:?}");
            }
        }
    }
}
