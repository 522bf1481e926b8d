use serde::Deserialize;
use serde_json::Value;

use super::fields::{moment, number, text, truth};
use crate::time::{Span, Timestamp};

/// A user of the directory (`GET /environments/{environment}/users/{user}`).
///
/// Only the identifier must be there; whatever else is missing or odd is `None`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct User {
    /// The identifier, a UUID.
    pub id: String,
    /// The user name, unlike all others of the environment.
    pub username: Option<String>,
    /// The mail address; several users may share one.
    pub email: Option<String>,
    /// Whether the address was verified.
    pub email_verified: Option<bool>,
    /// The whole name, as the directory or else its parts give it.
    pub name: Option<String>,
    /// The given name.
    pub given: Option<String>,
    /// The family name.
    pub family: Option<String>,
    /// Whether the user is enabled.
    pub enabled: Option<bool>,
    /// The state of the account.
    pub account: Account,
    /// `ACCOUNT_OK`, `VERIFICATION_REQUIRED`.
    pub lifecycle: Option<String>,
    /// Whether MFA is on.
    pub mfa_enabled: Option<bool>,
    /// `NOT_INITIATED`, `ENABLED`, …
    pub verify_status: Option<String>,
    /// Who checks the password: `PING_ONE`, or another.
    pub identity_provider: Option<String>,
    /// The population's identifier.
    pub population_id: Option<String>,
    /// The population's name, where the answer has it.
    pub population_name: Option<String>,
    /// The last sign-on.
    pub last_sign_on: Option<Timestamp>,
    /// Where that came from.
    pub last_sign_on_from: Option<String>,
    /// When the user was made.
    pub created_at: Option<Timestamp>,
    /// When the user was last changed.
    pub updated_at: Option<Timestamp>,
    /// The identifier in another system.
    pub external_id: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The kind of user.
    pub kind: Option<String>,
    /// The nickname.
    pub nickname: Option<String>,
    /// The locale, such as `en`.
    pub locale: Option<String>,
    /// The language preferred.
    pub language: Option<String>,
    /// The zone, such as `Europe/Berlin`.
    pub timezone: Option<String>,
    /// The first telephone number.
    pub primary_phone: Option<String>,
    /// The mobile number.
    pub mobile_phone: Option<String>,
}

/// The state of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Whether the user could sign in now.
    pub can_authenticate: Option<bool>,
    /// `OK`, `LOCKED`.
    pub status: Option<String>,
    /// When it was locked.
    pub locked_at: Option<Timestamp>,
    /// When it opens by itself.
    pub unlock_at: Option<Timestamp>,
    /// How long until then, when the answer was made.
    pub unlocks_in: Option<Span>,
}

/// An entry that names no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry has no identifier")]
pub struct NoIdentifier;

impl User {
    /// Reads a user; `None` without an identifier.
    pub fn read(value: &Value) -> Option<Self> {
        let (given, family) = (text(value, "name.given"), text(value, "name.family"));
        let parts = || {
            let parts: Vec<String> = [&given, &family].into_iter().flatten().cloned().collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        };
        Some(Self {
            id: text(value, "id")?,
            username: text(value, "username"),
            email: text(value, "email"),
            email_verified: truth(value, "emailVerified"),
            name: text(value, "name.formatted").or_else(parts),
            given,
            family,
            enabled: truth(value, "enabled"),
            account: Account::read(value),
            lifecycle: text(value, "lifecycle.status"),
            mfa_enabled: truth(value, "mfaEnabled"),
            verify_status: text(value, "verifyStatus"),
            identity_provider: text(value, "identityProvider.type"),
            population_id: text(value, "population.id"),
            population_name: text(value, "_embedded.population.name").or_else(|| text(value, "population.name")),
            last_sign_on: moment(value, "lastSignOn.at"),
            last_sign_on_from: text(value, "lastSignOn.remoteIp"),
            created_at: moment(value, "createdAt"),
            updated_at: moment(value, "updatedAt"),
            external_id: text(value, "externalId"),
            title: text(value, "title"),
            kind: text(value, "type"),
            nickname: text(value, "nickname"),
            locale: text(value, "locale"),
            language: text(value, "preferredLanguage"),
            timezone: text(value, "timezone"),
            primary_phone: text(value, "primaryPhone"),
            mobile_phone: text(value, "mobilePhone"),
        })
    }

    /// What to call this user: the name, else the user name, else the address, else the identifier.
    pub fn called(&self) -> &str {
        let names = [&self.name, &self.username, &self.email];
        names.into_iter().flatten().next().map_or(self.id.as_str(), String::as_str)
    }

    /// Whether the account is locked.
    pub fn is_locked(&self) -> bool {
        self.account.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("LOCKED"))
    }
}

impl Account {
    fn read(value: &Value) -> Self {
        Self {
            can_authenticate: truth(value, "account.canAuthenticate"),
            status: text(value, "account.status"),
            locked_at: moment(value, "account.lockedAt"),
            unlock_at: moment(value, "account.unlockAt"),
            unlocks_in: number(value, "account.secondsUntilUnlock").map(Span::from_seconds),
        }
    }
}

impl TryFrom<Value> for User {
    type Error = NoIdentifier;

    fn try_from(value: Value) -> Result<Self, NoIdentifier> {
        Self::read(&value).ok_or(NoIdentifier)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::management::Page;

    #[test]
    fn a_user_is_read_whole() {
        let user = User::read(&json!({
            "id": "u-1", "username": "mill.owner", "email": "owner@papermill.example", "emailVerified": true,
            "name": { "given": "Mill", "family": "Owner", "formatted": "Dr. Mill Owner" }, "enabled": true,
            "account": { "canAuthenticate": false, "status": "LOCKED", "lockedAt": "2026-11-21T02:00:00Z", "secondsUntilUnlock": 300 },
            "lifecycle": { "status": "ACCOUNT_OK" }, "population": { "id": "p-1" }, "lastSignOn": { "at": "1970-01-02T00:00:00Z", "remoteIp": "192.0.2.17" },
            "_embedded": { "population": { "id": "p-1", "name": "Staff" } },
        }))
        .unwrap();
        assert_eq!((user.called(), user.is_locked()), ("Dr. Mill Owner", true));
        assert_eq!(user.account.unlocks_in, Some(Span::from_seconds(300)));
        assert_eq!(user.last_sign_on, Some(Timestamp::from_seconds(86_400)));
        assert_eq!(user.population_name.as_deref(), Some("Staff"));
    }

    #[test]
    fn a_field_that_is_missing_or_odd_never_loses_the_rest() {
        let odd = json!({
            "id": "u-1", "username": 7, "email": { "x": 1 }, "name": "flat", "enabled": "yes", "account": [],
            "createdAt": "yesterday", "lastSignOn": null, "population": "p", "mobilePhone": "  ", "new": { "a": [] },
        });
        let expected = User { id: "u-1".to_owned(), ..User::default() };
        assert_eq!(User::read(&odd), Some(expected));
    }

    #[test]
    fn without_formatted_the_name_is_put_together_from_its_parts() {
        let called =
            |name| User::read(&json!({ "id": "u-1", "username": "nick", "name": name })).unwrap().called().to_owned();
        assert_eq!(called(json!({ "given": "Ada", "family": "Reed" })), "Ada Reed");
        assert_eq!(called(json!({ "family": "Reed" })), "Reed");
        assert_eq!(called(json!({})), "nick");
    }

    #[test]
    fn an_entry_without_an_identifier_is_counted_and_not_read() {
        let answer = json!({ "_embedded": { "users": [{ "id": "a" }, { "username": "x" }, 7, { "id": " " }] } });
        let page = Page::<User>::read(&answer, "users");
        assert_eq!((page.items.len(), page.unread), (1, 3));
    }
}
