use serde_json::{Map, Value};

use crate::number::grouped;

/// The most features of a licence that are shown, so that no answer can fill the page.
const MOST: usize = 500;

/// How deep features are looked for within each other.
const DEEPEST: usize = 4;

/// What is no group of features, though it is an object.
const OTHERS: [&str; 5] = ["_links", "organization", "replacesLicense", "replacedByLicense", "_embedded"];

/// Words that are written in their own way.
const OWN: [(&str, &str); 19] = [
    ("api", "API"),
    ("aic", "AIC"),
    ("davinci", "DaVinci"),
    ("fido2", "FIDO2"),
    ("fraud", "fraud"),
    ("id", "ID"),
    ("ip", "IP"),
    ("ldap", "LDAP"),
    ("mfa", "MFA"),
    ("oauth", "OAuth"),
    ("oidc", "OIDC"),
    ("otp", "OTP"),
    ("pingid", "PingID"),
    ("pingone", "PingOne"),
    ("radius", "RADIUS"),
    ("saml", "SAML"),
    ("sms", "SMS"),
    ("sso", "SSO"),
    ("totp", "TOTP"),
];

/// Features that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, for people.
    pub name: String,
    /// Its features, in the order of the answer.
    pub features: Vec<Feature>,
}

/// One thing a licence allows or limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name, for people.
    pub name: String,
    /// Its value, for people: `Yes`, `No`, a number, words.
    pub value: String,
    /// Whether it is switched on; `None` when it is no switch.
    pub on: Option<bool>,
}

/// The groups of an answer: every object that is not known to be something else.
pub(super) fn groups(fields: &Map<String, Value>) -> Vec<Group> {
    let mut room = MOST;
    let mut groups = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str())) {
        let Some(inner) = value.as_object() else { continue };
        let mut features = Vec::new();
        collect(inner, "", 0, &mut room, &mut features);
        if !features.is_empty() {
            groups.push(Group { name: readable(name), features });
        }
    }
    groups
}

fn collect(fields: &Map<String, Value>, before: &str, depth: usize, room: &mut usize, features: &mut Vec<Feature>) {
    for (name, value) in fields {
        let name = if before.is_empty() { readable(name) } else { format!("{before}: {}", readable(name)) };
        if let Value::Object(inner) = value {
            if depth < DEEPEST {
                collect(inner, &name, depth + 1, room, features);
            }
        } else if let (Some(words), Some(left)) = (words(value), room.checked_sub(1)) {
            *room = left;
            features.push(Feature { name, value: words, on: value.as_bool() });
        }
    }
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("Yes".to_owned()),
        Value::Bool(false) => Some("No".to_owned()),
        Value::Number(number) => Some(number.as_u64().map_or_else(|| number.to_string(), grouped)),
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(list) if list.is_empty() => Some("None".to_owned()),
        Value::Array(list) => Some(list.iter().filter_map(words).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Object(_) => None,
    }
}

/// A name of the API as words: `allowPushNotification` is `Allow push notification`.
pub(super) fn readable(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut before_is_small = false;
    for char in name.chars() {
        if matches!(char, '_' | '-' | '.' | ' ') {
            before_is_small = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (char.is_uppercase() && before_is_small) {
            words.push(String::new());
        }
        before_is_small = !char.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase());
        }
    }
    let words = words.into_iter().filter(|word| !word.is_empty());
    let own = |word: String| OWN.iter().find(|(plain, _)| *plain == word).map_or(word, |(_, own)| (*own).to_owned());
    let text = words.map(own).collect::<Vec<_>>().join(" ");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Vec<(String, Vec<(String, String)>)> {
        let shown = |group: Group| {
            (group.name, group.features.into_iter().map(|feature| (feature.name, feature.value)).collect())
        };
        groups(value.as_object().unwrap()).into_iter().map(shown).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn names_are_made_readable() {
        for (name, words) in [
            ("allowPushNotification", "Allow push notification"),
            ("mfa", "MFA"),
            ("allowFido2Devices", "Allow FIDO2 devices"),
            ("allowTotp", "Allow TOTP"),
            ("allowLdapGateway", "Allow LDAP gateway"),
            ("hardLimitMax", "Hard limit max"),
            ("some_snake-case", "Some snake case"),
            ("", ""),
        ] {
            assert_eq!(readable(name), words, "{name}");
        }
    }

    #[test]
    fn every_object_is_a_group_but_links_and_other_licences() {
        let read = of(&json!({
            "id": "l", "_links": { "self": { "href": "x" } }, "organization": { "id": "o" }, "replacesLicense": { "id": "l-0" },
            "mfa": { "allowTotp": false }, "newThing": { "max": 5_000 },
        }));
        assert_eq!(
            read,
            [("MFA".to_owned(), vec![pair("Allow TOTP", "No")]), ("New thing".to_owned(), vec![pair("Max", "5,000")]),]
        );
    }

    #[test]
    fn values_of_every_kind_are_words() {
        let read = of(&json!({ "a": { "regions": ["EU", "CA"], "none": [], "null": null, "rate": -1.5, "text": "soft",
            "inner": { "allowDeep": true } } }));
        let mut features = read[0].1.clone();
        features.sort();
        assert_eq!(
            features,
            [
                pair("Inner: Allow deep", "Yes"),
                pair("None", "None"),
                pair("Rate", "-1.5"),
                pair("Regions", "EU, CA"),
                pair("Text", "soft")
            ]
        );
    }

    #[test]
    fn endless_features_are_cut_off() {
        let many: Map<String, Value> = (0..2_000).map(|number| (format!("f{number}"), json!(true))).collect();
        assert_eq!(of(&json!({ "a": many.clone(), "b": many }))[0].1.len(), MOST);
        let mut deep = json!({ "end": true });
        for _ in 0..100 {
            deep = json!({ "in": deep });
        }
        assert_eq!(of(&json!({ "a": deep })), []);
    }
}
