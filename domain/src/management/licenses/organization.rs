use serde_json::Value;

use crate::management::{Route, lenient};
use crate::time::Timestamp;

/// The organisation a token belongs to. What the answer does not say is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its identifier.
    pub id: String,
    /// Its name; the identifier when it has none.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// `PAID`, `TRIAL`, `INTERNAL`, or a word that is not known, as it stands.
    pub kind: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
}

/// Where something of an organisation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The organisation itself.
    Itself,
    /// Its licences, those that begin last first.
    Licenses,
}

/// Reads an organisation; `id` is the one that was asked for.
pub fn organization(id: &str, answer: &Value) -> Organization {
    let text = |name: &str| lenient::text(answer.get(name)?);
    let moment = |name: &str| lenient::moment(answer.get(name)?);
    let id = text("id").unwrap_or_else(|| id.to_owned());
    Organization {
        name: text("name").unwrap_or_else(|| id.clone()),
        id,
        description: text("description"),
        kind: text("type"),
        region: text("region"),
        created: moment("createdAt"),
        updated: moment("updatedAt"),
    }
}

/// The call for it.
pub fn route(organization: &str, place: Place) -> Route {
    match place {
        Place::Itself => Route::of(&["organizations", organization]),
        Place::Licenses => Route::of(&["organizations", organization, "licenses"]).with("order", "-beginsAt"),
    }
}

impl Organization {
    /// Its kind as people read it.
    pub fn kind_word(&self) -> Option<&str> {
        self.kind.as_deref().map(|kind| match kind.to_ascii_uppercase().as_str() {
            "PAID" => "Paid",
            "TRIAL" => "Trial",
            "INTERNAL" => "Internal",
            _ => kind,
        })
    }

    /// Its region as people read it, with the code of the provider where that is another word.
    pub fn region_words(&self) -> Option<String> {
        let region = self.region.as_deref()?;
        let name = match region.to_ascii_uppercase().as_str() {
            "NORTH_AMERICA" | "NA" => "North America",
            "EU" => "Europe",
            "AP" => "Asia Pacific",
            "AU" => "Australia",
            "CA" => "Canada",
            "SG" => "Singapore",
            _ => return Some(region.to_owned()),
        };
        Some(format!("{name} ({region})"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_organisation_is_read_as_far_as_it_says_something() {
        let whole = organization(
            "o",
            &json!({ "id": "o-1", "name": "Paper mill", "type": "PAID", "region": "EU", "createdAt": "2023-08-10T00:00:00.000Z" }),
        );
        assert_eq!((whole.id.as_str(), whole.name.as_str(), whole.kind_word()), ("o-1", "Paper mill", Some("Paid")));
        assert_eq!(whole.region_words().as_deref(), Some("Europe (EU)"));
        assert!(whole.created.is_some() && whole.updated.is_none());
        for answer in [json!({}), json!(null), json!([1])] {
            let empty = organization("o", &answer);
            assert_eq!((empty.name.as_str(), empty.kind_word(), empty.region_words()), ("o", None, None));
        }
    }

    #[test]
    fn words_that_are_not_known_stand_as_they_are() {
        let other = organization("o", &json!({ "type": "Partner", "region": "MOON" }));
        assert_eq!((other.kind_word(), other.region_words().as_deref()), (Some("Partner"), Some("MOON")));
    }

    #[test]
    fn licences_are_asked_for_below_the_organisation() {
        assert_eq!(route("o", Place::Licenses).path().unwrap().as_str(), "organizations/o/licenses?order=-beginsAt");
        assert_eq!(route("o", Place::Itself).path().unwrap().as_str(), "organizations/o");
        assert!(route("../x", Place::Itself).path().is_err());
    }
}
