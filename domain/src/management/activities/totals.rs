use std::collections::BTreeSet;

use super::{Activity, Outcome};

/// Which results are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    #[default]
    All,
    /// What succeeded.
    Success,
    /// What failed.
    Failed,
    /// What ended in another way, or does not say how.
    Other,
}

impl Wanted {
    /// All of them, with the words for a person.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "all", "All results"),
        (Self::Success, "success", "Success"),
        (Self::Failed, "failed", "Failed"),
        (Self::Other, "other", "Other"),
    ];

    /// The one with that name; any other text is all.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(wanted, ..)| wanted).unwrap_or_default()
    }
}

/// What is looked for in what was read: the API can't be asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// How it ended.
    pub result: Wanted,
    /// A text that must stand in it, in upper or lower case.
    pub text: String,
}

impl Narrowing {
    /// Whether it leaves anything out at all.
    pub fn is_any(&self) -> bool {
        self.result != Wanted::All || !self.text.trim().is_empty()
    }

    /// The places of those entries that fit, in their order.
    pub fn of(&self, entries: &[Activity]) -> Vec<usize> {
        let text = self.text.trim().to_lowercase();
        let fits = |entry: &Activity| {
            let result = match self.result {
                Wanted::All => true,
                Wanted::Success => entry.outcome == Outcome::Success,
                Wanted::Failed => entry.outcome == Outcome::Failed,
                Wanted::Other => matches!(entry.outcome, Outcome::Other(_)),
            };
            result && (text.is_empty() || entry.contains(&text))
        };
        let found = entries.iter().enumerate().filter(|(_, entry)| fits(entry));
        found.map(|(place, _)| place).collect()
    }
}

/// What entries come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many there are.
    pub all: usize,
    /// How many succeeded.
    pub success: usize,
    /// How many failed.
    pub failed: usize,
    /// How many ended in another way.
    pub other: usize,
    /// How many kinds of action there are among them.
    pub action_types: usize,
    /// How many people and applications acted.
    pub actors: usize,
}

/// Counts entries. An actor is the person, else the application; entries without either add none.
pub fn totals(entries: &[&Activity]) -> Totals {
    let (mut types, mut actors) = (BTreeSet::new(), BTreeSet::new());
    let mut totals = Totals { all: entries.len(), ..Totals::default() };
    for entry in entries {
        match entry.outcome {
            Outcome::Success => totals.success += 1,
            Outcome::Failed => totals.failed += 1,
            Outcome::Other(_) => totals.other += 1,
        }
        types.insert(entry.action.as_str());
        if let Some(actor) = entry.actor() {
            // Names are not unique; where there is an identifier it counts.
            actors.insert(if actor.id.is_empty() { actor.name.as_str() } else { actor.id.as_str() });
        }
    }
    types.remove("");
    Totals { action_types: types.len(), actors: actors.len(), ..totals }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entries() -> Vec<Activity> {
        let entry = |action: &str, status: &str, user: &str| {
            let entry = json!({
                "action": { "type": action }, "result": { "status": status },
                "actors": { "user": { "id": user, "name": "Same Name" }, "client": { "id": "k" } },
            });
            Activity::try_from(entry).unwrap()
        };
        vec![
            entry("USER.CREATED", "SUCCESS", "a"),
            entry("USER.CREATED", "FAILED", "b"),
            entry("SESSION.CREATED", "FAILURE", "b"),
            entry("", "ODD", "a"),
        ]
    }

    #[test]
    fn totals_count_results_kinds_and_actors() {
        let entries = entries();
        let all = totals(&entries.iter().collect::<Vec<_>>());
        assert_eq!(all, Totals { all: 4, success: 1, failed: 2, other: 1, action_types: 2, actors: 2 });
        assert_eq!(totals(&[]), Totals::default());
    }

    #[test]
    fn entries_are_narrowed_by_result_and_by_text_together() {
        let entries = entries();
        let found = |result, text: &str| Narrowing { result, text: text.to_owned() }.of(&entries).len();
        assert_eq!((found(Wanted::All, ""), found(Wanted::Failed, ""), found(Wanted::Other, "")), (4, 2, 1));
        assert_eq!((found(Wanted::All, " user.created "), found(Wanted::Failed, "User.Created")), (2, 1));
        assert_eq!(found(Wanted::Success, "nowhere"), 0);
    }
}
