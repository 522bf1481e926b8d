//! What belongs to a user: groups, roles, devices, consents, a population.

use serde::Deserialize;
use serde_json::Value;

use super::fields::{moment, text, truth};
use super::user::NoIdentifier;
use crate::time::Timestamp;

/// A membership of a group (`…/users/{user}/memberOfGroups`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Group {
    /// The group's identifier.
    pub id: String,
    /// Its name, where the answer has it.
    pub name: Option<String>,
    /// `DIRECT`, or how else the user came into it.
    pub kind: Option<String>,
}

/// A role given to a user (`…/users/{user}/roleAssignments`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Assignment {
    /// The assignment's identifier.
    pub id: String,
    /// The role's identifier; its name is asked for apart (`/roles/{role}`).
    pub role_id: Option<String>,
    /// What the role is for: `ORGANIZATION`, `ENVIRONMENT`, `POPULATION`, `APPLICATION`.
    pub scope_kind: Option<String>,
    /// The identifier of that.
    pub scope_id: Option<String>,
    /// Whether it can't be taken away.
    pub read_only: Option<bool>,
}

/// A device for MFA (`…/users/{user}/devices`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Device {
    /// The identifier.
    pub id: String,
    /// `TOTP`, `FIDO2`, `MOBILE`, `EMAIL`, `SMS`, `VOICE`, …
    pub kind: Option<String>,
    /// `ACTIVE`, `ACTIVATION_REQUIRED`, …
    pub status: Option<String>,
    /// What the user calls it; else its address, number or model.
    pub name: Option<String>,
    /// Since when it is there.
    pub created_at: Option<Timestamp>,
}

/// What a user agreed to (`…/users/{user}/consents`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Consent {
    /// The identifier; not all answers have one.
    pub id: Option<String>,
    /// What it is about.
    pub name: Option<String>,
    /// `ACCEPTED`, `EXPIRED`, …
    pub status: Option<String>,
    /// Since when.
    pub consented_at: Option<Timestamp>,
}

/// A thing with a name: a role, a population.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Named {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is what new users get.
    pub is_default: Option<bool>,
}

impl TryFrom<Value> for Group {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        let id = text(&value, "id").ok_or(NoIdentifier)?;
        Ok(Self { id, name: text(&value, "name"), kind: text(&value, "type") })
    }
}

impl TryFrom<Value> for Assignment {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        Ok(Self {
            id: text(&value, "id").ok_or(NoIdentifier)?,
            role_id: text(&value, "role.id"),
            scope_kind: text(&value, "scope.type"),
            scope_id: text(&value, "scope.id"),
            read_only: truth(&value, "readOnly"),
        })
    }
}

impl TryFrom<Value> for Device {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        let names = ["nickname", "email", "phone", "model.name", "name"];
        Ok(Self {
            id: text(&value, "id").ok_or(NoIdentifier)?,
            kind: text(&value, "type"),
            status: text(&value, "status"),
            name: names.into_iter().find_map(|name| text(&value, name)),
            created_at: moment(&value, "createdAt"),
        })
    }
}

impl TryFrom<Value> for Consent {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        let (names, moments) = (["agreement.name", "definition.name", "name"], ["consentedAt", "createdAt"]);
        let consent = Self {
            id: text(&value, "id"),
            name: names.into_iter().find_map(|name| text(&value, name)).or_else(|| text(&value, "agreement.id")),
            status: text(&value, "status"),
            consented_at: moments.into_iter().find_map(|name| moment(&value, name)),
        };
        if consent.id.is_none() && consent.name.is_none() { Err(NoIdentifier) } else { Ok(consent) }
    }
}

impl TryFrom<Value> for Named {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        Ok(Self {
            id: text(&value, "id").ok_or(NoIdentifier)?,
            name: text(&value, "name"),
            description: text(&value, "description"),
            is_default: truth(&value, "default"),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
        serde_json::from_value(value).ok()
    }

    #[test]
    fn a_device_is_called_by_the_best_name_there_is() {
        let name = |value| read::<Device>(value).and_then(|device| device.name);
        assert_eq!(name(json!({ "id": "d", "nickname": "Phone", "email": "a@b.example" })).as_deref(), Some("Phone"));
        assert_eq!(name(json!({ "id": "d", "email": "a@b.example" })).as_deref(), Some("a@b.example"));
        assert_eq!(name(json!({ "id": "d", "model": { "name": "Pixel" } })).as_deref(), Some("Pixel"));
        assert_eq!(name(json!({ "id": "d" })), None);
    }

    #[test]
    fn a_consent_without_an_identifier_is_known_by_its_agreement() {
        let consent: Consent = read(json!({ "agreement": { "name": "House rules" }, "status": "ACCEPTED" })).unwrap();
        assert_eq!((consent.name.as_deref(), consent.id), (Some("House rules"), None));
        assert_eq!(read::<Consent>(json!({ "status": "ACCEPTED" })), None);
    }

    #[test]
    fn a_role_assignment_keeps_what_it_is_for() {
        let assignment: Assignment = read(json!({
            "id": "a", "role": { "id": "r" }, "scope": { "id": "e", "type": "ENVIRONMENT" }, "readOnly": "no",
        }))
        .unwrap();
        assert_eq!(assignment.role_id.as_deref(), Some("r"));
        assert_eq!((assignment.scope_kind.as_deref(), assignment.read_only), (Some("ENVIRONMENT"), None));
    }

    #[test]
    fn what_has_no_identifier_is_not_read() {
        for value in [json!({}), json!(null), json!([1]), json!({ "id": 7 })] {
            assert!(read::<Group>(value.clone()).is_none() && read::<Device>(value.clone()).is_none(), "{value}");
            assert!(read::<Assignment>(value.clone()).is_none() && read::<Named>(value.clone()).is_none(), "{value}");
        }
    }
}
