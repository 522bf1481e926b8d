//! What is told of a user, in the order people read it.

use super::{Assignment, Consent, Device, Group, Named, User};
use crate::time::{Timestamp, words};

/// A part of a profile that is loaded by a call of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Part<T> {
    /// Not there yet.
    #[default]
    Awaited,
    /// Could not be had.
    Refused,
    /// There.
    Known(T),
}

/// A list of what belongs to a user, each with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// More on it, such as what a role is for.
    pub more: String,
}

/// A user with all that belongs to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// The population.
    pub population: Part<Named>,
    /// The groups.
    pub groups: Part<Vec<Group>>,
    /// The roles.
    pub roles: Part<Vec<Assignment>>,
    /// The names of roles, as far as they are known.
    pub role_names: Vec<Named>,
    /// Whether MFA is on.
    pub mfa: Part<bool>,
    /// The devices for MFA.
    pub devices: Part<Vec<Device>>,
    /// The consents.
    pub consents: Part<Vec<Consent>>,
}

/// A fact's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The directory has none.
    Nothing,
    /// Words.
    Text(String),
    /// An identifier.
    Code(String),
    /// Yes or no.
    Truth(bool),
    /// A moment, with what else is known about it.
    Moment(Timestamp, Option<String>),
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub shown: Shown,
}

fn fact(name: &'static str, shown: Shown) -> Fact {
    Fact { name, shown }
}

fn text(value: Option<&String>) -> Shown {
    value.map_or(Shown::Nothing, |text| Shown::Text(text.clone()))
}

fn code(value: Option<&String>) -> Shown {
    value.map_or(Shown::Nothing, |text| Shown::Code(text.clone()))
}

fn truth(value: Option<bool>) -> Shown {
    value.map_or(Shown::Nothing, Shown::Truth)
}

fn moment(value: Option<Timestamp>, more: Option<String>) -> Shown {
    value.map_or(Shown::Nothing, |at| Shown::Moment(at, more))
}

/// A word of the API for a person: `ACCOUNT_OK` becomes `Account ok`.
pub(super) fn spoken(word: &str) -> String {
    match word {
        "OK" => return word.to_owned(),
        "PING_ONE" => return "PingOne".to_owned(),
        _ => {}
    }
    let mut letters = word.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + &letters.as_str().to_lowercase().replace('_', " ")
}

fn word(value: Option<&String>) -> Shown {
    value.map_or(Shown::Nothing, |text| Shown::Text(spoken(text)))
}

/// All facts of a user by their sections; facts the directory has not, and that few directories have, are left out.
pub fn facts(user: &User) -> Vec<(&'static str, Vec<Fact>)> {
    vec![("Profile", person(user)), ("Account", account(user)), ("Dates", dates(user)), ("Identifiers", ids(user))]
}

fn person(user: &User) -> Vec<Fact> {
    let mut facts = vec![
        fact("Name", text(user.name.as_ref())),
        fact("User name", text(user.username.as_ref())),
        fact("Email", text(user.email.as_ref())),
        fact("Email verified", truth(user.email_verified)),
    ];
    let rare = [
        ("Nickname", &user.nickname),
        ("Title", &user.title),
        ("Type", &user.kind),
        ("Telephone", &user.primary_phone),
        ("Mobile", &user.mobile_phone),
        ("Locale", &user.locale),
        ("Language", &user.language),
        ("Time zone", &user.timezone),
    ];
    facts.extend(
        rare.into_iter().filter(|(_, value)| value.is_some()).map(|(name, value)| fact(name, text(value.as_ref()))),
    );
    facts
}

fn account(user: &User) -> Vec<Fact> {
    let account = &user.account;
    let mut facts = vec![
        fact("Enabled", truth(user.enabled)),
        fact("Account state", word(account.status.as_ref())),
        fact("Can sign in", truth(account.can_authenticate)),
        fact("Lifecycle", word(user.lifecycle.as_ref())),
        fact("Identity provider", word(user.identity_provider.as_ref())),
        fact("Identity verification", word(user.verify_status.as_ref())),
    ];
    if let Some(at) = account.locked_at {
        let until = account.unlocks_in.map(|span| format!("opens again {} after it was read", words::span(span)));
        facts.push(fact("Locked", moment(Some(at), until)));
    }
    if let Some(at) = account.unlock_at {
        facts.push(fact("Opens again", moment(Some(at), None)));
    }
    facts
}

fn dates(user: &User) -> Vec<Fact> {
    let from = user.last_sign_on_from.as_ref().map(|address| format!("from {address}"));
    vec![
        fact("Last sign-on", moment(user.last_sign_on, from)),
        fact("Created", moment(user.created_at, None)),
        fact("Updated", moment(user.updated_at, None)),
    ]
}

fn ids(user: &User) -> Vec<Fact> {
    let mut facts =
        vec![fact("User id", code(Some(&user.id))), fact("Population id", code(user.population_id.as_ref()))];
    if user.external_id.is_some() {
        facts.push(fact("External id", code(user.external_id.as_ref())));
    }
    facts
}

impl Group {
    /// What is shown of it.
    pub fn entry(&self) -> Entry {
        let more = self.kind.as_deref().map(spoken).unwrap_or_default();
        Entry { name: self.name.clone().unwrap_or_else(|| format!("Group {}", self.id)), more }
    }
}

impl Assignment {
    /// What is shown of it, with the names of roles as far as they are known.
    pub fn entry(&self, names: &[Named]) -> Entry {
        let known = names.iter().find(|role| Some(&role.id) == self.role_id.as_ref());
        let id = || self.role_id.as_ref().map_or_else(|| "A role without an id".to_owned(), |id| format!("Role {id}"));
        let scope = match (&self.scope_kind, &self.scope_id) {
            (Some(kind), Some(id)) => format!("{} {id}", spoken(kind)),
            (Some(kind), None) => spoken(kind),
            (None, Some(id)) => id.clone(),
            (None, None) => String::new(),
        };
        Entry { name: known.and_then(|role| role.name.clone()).unwrap_or_else(id), more: scope }
    }
}

impl Device {
    /// What is shown of it.
    pub fn entry(&self) -> Entry {
        // TOTP, FIDO2 and SMS stay as they are.
        let kind = self.kind.clone().unwrap_or_else(|| "Device".to_owned());
        Entry { name: kind, more: self.status.as_deref().map(spoken).unwrap_or_default() }
    }
}

impl Consent {
    /// What is shown of it.
    pub fn entry(&self) -> Entry {
        let name = self.name.clone().or_else(|| self.id.clone()).unwrap_or_default();
        Entry { name, more: self.status.as_deref().map(spoken).unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_the_directory_has_not_are_said_where_everyone_expects_them_and_left_out_where_few_do() {
        let user = User { id: "u".to_owned(), title: Some("Clerk".to_owned()), ..User::default() };
        let facts = facts(&user);
        let names: Vec<&str> = facts[0].1.iter().map(|fact| fact.name).collect();
        assert_eq!(names, ["Name", "User name", "Email", "Email verified", "Title"]);
        assert_eq!(facts[0].1[2].shown, Shown::Nothing);
        assert_eq!(facts[3].1[0].shown, Shown::Code("u".to_owned()));
    }

    #[test]
    fn the_apis_words_become_words() {
        assert_eq!(spoken("ACCOUNT_OK"), "Account ok");
        assert_eq!(spoken("LOCKED"), "Locked");
        assert_eq!((spoken("OK"), spoken("PING_ONE")), ("OK".to_owned(), "PingOne".to_owned()));
        assert_eq!(spoken(""), "");
    }

    #[test]
    fn a_role_whose_name_is_not_known_shows_its_id() {
        let assignment = Assignment {
            id: "a".to_owned(),
            role_id: Some("r".to_owned()),
            scope_kind: Some("ENVIRONMENT".to_owned()),
            scope_id: Some("e".to_owned()),
            read_only: None,
        };
        let known = Named { id: "r".to_owned(), name: Some("Environment Admin".to_owned()), ..Named::default() };
        assert_eq!(assignment.entry(&[known]).name, "Environment Admin");
        let unknown = assignment.entry(&[]);
        assert_eq!((unknown.name.as_str(), unknown.more.as_str()), ("Role r", "Environment e"));
    }
}
