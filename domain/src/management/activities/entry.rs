use serde::Deserialize;
use serde_json::Value;

use crate::time::{Timestamp, date};

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Activity {
    /// Its identifier; empty where there is none.
    pub id: String,
    /// When it was recorded, else when it was created.
    pub at: Option<Timestamp>,
    /// What was done: `USER.CREATED`.
    pub action: String,
    /// The same in the provider's words.
    pub description: String,
    /// What the entries of one request have in common.
    pub correlation_id: String,
    /// The application that did it.
    pub client: Option<Party>,
    /// The person who did it.
    pub user: Option<Party>,
    /// What it was done to.
    pub resources: Vec<Resource>,
    /// How it ended.
    pub outcome: Outcome,
    /// How it ended, in the provider's words.
    pub result: String,
    /// The provider's marks, such as `adminIdentityEvent`.
    pub tags: Vec<String>,
    /// The whole entry as the provider gave it.
    pub whole: Value,
    /// All texts of it in lower case, to be searched.
    texts: String,
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What something was done to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// `USER`, `APPLICATION`, …
    pub kind: String,
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The population it belongs to, if the entry says so.
    pub population: String,
}

/// How something ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `SUCCESS`.
    Success,
    /// `FAILED` or `FAILURE`.
    Failed,
    /// Another word, as it came; empty where there is none.
    Other(String),
}

impl Outcome {
    fn of(status: &str) -> Self {
        match status.to_ascii_uppercase().as_str() {
            "SUCCESS" => Self::Success,
            "FAILED" | "FAILURE" => Self::Failed,
            _ => Self::Other(status.to_owned()),
        }
    }

    /// The word for a person: another word than ours as it came.
    pub fn word(&self) -> &str {
        match self {
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::Other(word) if word.is_empty() => "Not said",
            Self::Other(word) => word,
        }
    }
}

impl Party {
    /// Its name, else its identifier.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

impl Resource {
    /// Its name, else its identifier.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

impl Activity {
    /// Whether some text of it contains this one, in lower case.
    pub fn contains(&self, lower: &str) -> bool {
        self.texts.contains(lower)
    }

    /// Who did it: the person, else the application.
    pub fn actor(&self) -> Option<&Party> {
        self.user.as_ref().or(self.client.as_ref())
    }
}

/// Only what is no object can't be read; of an object each part stands for itself.
impl TryFrom<Value> for Activity {
    type Error = &'static str;

    fn try_from(whole: Value) -> Result<Self, Self::Error> {
        if !whole.is_object() {
            return Err("an entry of the audit log is an object");
        }
        let moment = |name| whole.get(name)?.as_str().and_then(date::read);
        let mut texts = String::new();
        gather(&whole, &mut texts);
        let list = |name: &str| whole.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(Self {
            id: text(&whole, "/id"),
            at: moment("recordedAt").or_else(|| moment("createdAt")),
            action: text(&whole, "/action/type"),
            description: text(&whole, "/action/description"),
            correlation_id: text(&whole, "/correlationId"),
            client: whole.pointer("/actors/client").and_then(party),
            user: whole.pointer("/actors/user").and_then(party),
            resources: list("resources").iter().filter(|one| one.is_object()).map(resource).collect(),
            outcome: Outcome::of(&text(&whole, "/result/status")),
            result: text(&whole, "/result/description"),
            tags: list("tags").iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
            texts,
            whole,
        })
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn party(value: &Value) -> Option<Party> {
    let party = Party { id: text(value, "/id"), name: text(value, "/name") };
    (party != Party::default()).then_some(party)
}

fn resource(value: &Value) -> Resource {
    Resource {
        kind: text(value, "/type"),
        id: text(value, "/id"),
        name: text(value, "/name"),
        population: text(value, "/population/id"),
    }
}

/// All texts below a value, each on a line of its own, so that none is found across two. Addresses of the API repeat what
/// stands elsewhere.
fn gather(value: &Value, texts: &mut String) {
    match value {
        Value::String(text) => {
            texts.extend(text.chars().flat_map(char::to_lowercase));
            texts.push('\n');
        }
        Value::Array(list) => list.iter().for_each(|one| gather(one, texts)),
        Value::Object(fields) => {
            fields
                .iter()
                .filter(|(name, _)| *name != "href" && *name != "_links")
                .for_each(|(_, one)| gather(one, texts));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_read_with_all_its_parts() {
        let entry = json!({
            "id": "a", "recordedAt": "2026-11-21T02:00:00.120Z", "createdAt": "2026-11-21T01:00:00.000Z",
            "correlationId": "c", "action": { "type": "USER.CREATED", "description": "User created" },
            "actors": { "client": { "id": "k", "name": "Portal" }, "user": { "id": "u", "name": "ida" } },
            "resources": [{ "type": "USER", "id": "r", "name": "Zoë", "population": { "id": "p" } }, 7],
            "result": { "status": "SUCCESS", "description": "Done" }, "tags": ["adminIdentityEvent", 1],
        });
        let read = Activity::try_from(entry.clone()).unwrap();
        assert_eq!(read.at, Some(Timestamp::from_millis(1_795_226_400_120)));
        assert_eq!(
            (read.action.as_str(), read.outcome.clone(), read.result.as_str()),
            ("USER.CREATED", Outcome::Success, "Done")
        );
        assert_eq!((read.actor().unwrap().shown(), read.client.as_ref().unwrap().shown()), ("ida", "Portal"));
        assert_eq!(
            read.resources,
            [Resource { kind: "USER".into(), id: "r".into(), name: "Zoë".into(), population: "p".into() }]
        );
        assert_eq!((read.tags.clone(), &read.whole), (vec!["adminIdentityEvent".to_owned()], &entry));
        assert!(read.contains("zoë") && read.contains("portal") && !read.contains("idau"));
    }

    #[test]
    fn what_is_missing_or_of_another_kind_loses_nothing_else() {
        for entry in [
            json!({ "id": "a", "action": "x", "actors": [], "resources": {}, "result": null, "recordedAt": 5 }),
            json!({ "id": "a", "createdAt": "soon", "tags": "t", "actors": { "user": {} } }),
        ] {
            let read = Activity::try_from(entry).unwrap();
            assert_eq!((read.id.as_str(), read.at, read.actor()), ("a", None, None));
            assert_eq!((read.outcome.word(), read.resources.len()), ("Not said", 0));
        }
        for entry in [json!(null), json!([]), json!("x"), json!(3)] {
            assert!(Activity::try_from(entry).is_err());
        }
    }

    #[test]
    fn a_failure_has_two_words_and_any_other_is_kept() {
        for (status, outcome, word) in [
            ("FAILED", Outcome::Failed, "Failed"),
            ("FAILURE", Outcome::Failed, "Failed"),
            ("success", Outcome::Success, "Success"),
            ("Partial", Outcome::Other("Partial".to_owned()), "Partial"),
        ] {
            let read = Activity::try_from(json!({ "result": { "status": status } })).unwrap();
            assert_eq!((read.outcome.word(), &read.outcome), (word, &outcome));
        }
    }
}
