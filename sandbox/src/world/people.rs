//! The users: a few thousand, each computed from its number.

use domain::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::dice::{self, Kind, below, pick};
use super::{DAY, World, dates, names, structure};

/// How many users there are.
pub(crate) const PEOPLE: u64 = 3_000;

/// How many of them were there two years before the sandbox was opened.
const FIRST: u64 = 1_200;

const TITLES: [&str; 6] = ["Binder", "Printer", "Paper maker", "Clerk", "Courier", "Archivist"];
const LOCALES: [&str; 4] = ["en", "de", "fr", "ja"];

/// The one whose name needs escaping in a filter.
const AWKWARD: u64 = 13;

/// A user, with what filters look at.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Their number.
    pub(crate) index: u64,
    /// The given name.
    pub(crate) given: &'static str,
    /// The family name.
    pub(crate) family: String,
    /// The user name, unlike all others.
    pub(crate) username: String,
    /// The mail address; a few share one, as at a front desk.
    pub(crate) email: String,
    /// Whether they may sign in.
    pub(crate) enabled: bool,
    /// Whether they have MFA.
    pub(crate) mfa: bool,
    /// When they joined.
    pub(crate) created_at: Timestamp,
}

impl World {
    /// When a user joined: later numbers later, the last shortly before the sandbox was opened.
    fn joined(self, index: u64) -> Timestamp {
        let (days, left, of) =
            if index < FIRST { (400, FIRST - index, FIRST) } else { (730, PEOPLE - index, PEOPLE - FIRST) };
        let earlier = if index < FIRST { DAY.millis() * 730 } else { 0 };
        self.born() - Span::from_millis(earlier + DAY.millis() * days * left / of)
    }

    /// How many users had joined before a moment.
    pub(crate) fn joined_before(self, moment: Timestamp) -> u64 {
        let (mut least, mut most) = (0, PEOPLE);
        while least < most {
            let middle = least.midpoint(most);
            if self.joined(middle) < moment { least = middle + 1 } else { most = middle }
        }
        least
    }

    /// A user's population.
    pub(super) fn population_of(self, person: u64) -> u64 {
        [0, 0, 0, 1, 2, 2, 2, 2, 2, 3][usize::try_from(below(10, Kind::User, person, 20)).unwrap_or(0)]
    }

    /// Whether a user is in a group.
    pub(super) fn is_in(self, person: u64, group: u64) -> bool {
        let share = usize::try_from(group).ok().and_then(|at| structure::GROUPS.get(at)).map_or(0, |(_, share)| *share);
        below(100, Kind::Group, group, person) < share
    }

    /// The numbers of a user's groups.
    pub(crate) fn groups_of(self, person: u64) -> Vec<u64> {
        (0..structure::GROUP_COUNT).filter(|group| self.is_in(person, *group)).collect()
    }

    /// A user.
    pub(crate) fn person(self, index: u64) -> Option<Person> {
        if index >= PEOPLE {
            return None;
        }
        let (given, family) = names::of(index);
        let name = format!("{}.{}", names::plain(given), names::plain(&family));
        let shares_a_mailbox = index % 500 == 7;
        let email = if shares_a_mailbox { "front.desk".to_owned() } else { name.clone() };
        Some(Person {
            index,
            given,
            family,
            username: if index == AWKWARD { format!("{name} \"the\\quote\"") } else { name },
            email: format!("{email}@papermill.example"),
            enabled: below(25, Kind::User, index, 21) != 0,
            mfa: below(5, Kind::User, index, 22) < 3,
            created_at: self.joined(index),
        })
    }

    /// All users.
    pub(crate) fn people(self) -> impl Iterator<Item = Person> {
        (0..PEOPLE).filter_map(move |index| self.person(index))
    }
}

impl Person {
    /// The values of an attribute, for a filter.
    pub(crate) fn attribute(&self, world: World, name: &str) -> Vec<String> {
        match name.to_ascii_lowercase().as_str() {
            "id" => vec![self.id()],
            "username" => vec![self.username.clone()],
            "email" => vec![self.email.clone()],
            "enabled" => vec![self.enabled.to_string()],
            "mfaenabled" => vec![self.mfa.to_string()],
            "name.given" => vec![self.given.to_owned()],
            "name.family" => vec![self.family.clone()],
            "name.formatted" => vec![self.formatted()],
            "externalid" => vec![self.external_id()],
            "population.id" => vec![dice::id(Kind::Population, world.population_of(self.index))],
            "createdat" => vec![dates::text(self.created_at)],
            "memberofgroups.id" => world.groups_of(self.index).into_iter().map(|g| dice::id(Kind::Group, g)).collect(),
            "memberofgroups.name" => {
                world.groups_of(self.index).into_iter().filter_map(group_name).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The user's identifier.
    pub(crate) fn id(&self) -> String {
        dice::id(Kind::User, self.index)
    }

    fn formatted(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    fn external_id(&self) -> String {
        format!("PM-{:05}", self.index)
    }

    /// When they signed in last; one in eight never did.
    pub(crate) fn last_sign_on(&self, now: Timestamp) -> Option<Timestamp> {
        let (kind, index) = (Kind::User, self.index);
        let minutes = 5 + below(60 * 24 * 45, kind, index, 23);
        let moment = now - Span::from_seconds(minutes * 60);
        (below(8, kind, index, 24) != 0 && moment > self.created_at).then_some(moment)
    }

    /// The user, as `GET …/users/{id}` shows them; `expand` puts the population in whole.
    pub(crate) fn shown(&self, world: World, now: Timestamp, environment: &str, expand: bool) -> Value {
        let (kind, index) = (Kind::User, self.index);
        let population = world.population_of(index);
        let locked = below(60, kind, index, 25) == 0;
        let mut user = json!({
            "id": self.id(), "environment": { "id": environment }, "username": self.username, "email": self.email,
            "emailVerified": below(6, kind, index, 26) != 0, "enabled": self.enabled, "mfaEnabled": self.mfa,
            "name": { "given": self.given, "family": self.family, "formatted": self.formatted() },
            "population": { "id": dice::id(Kind::Population, population) },
            "account": { "canAuthenticate": self.enabled && !locked, "status": if locked { "LOCKED" } else { "OK" } },
            "lifecycle": { "status": "ACCOUNT_OK" }, "identityProvider": { "type": "PING_ONE" },
            "verifyStatus": "NOT_INITIATED", "title": pick(&TITLES, kind, index, 27),
            "locale": pick(&LOCALES, kind, index, 28), "externalId": self.external_id(),
            "createdAt": dates::text(self.created_at), "updatedAt": dates::text(self.created_at + DAY),
        });
        if locked {
            user["account"]["lockedAt"] = dates::text(now - Span::from_seconds(600)).into();
            user["account"]["secondsUntilUnlock"] = 300.into();
        }
        if let Some(moment) = self.last_sign_on(now) {
            user["lastSignOn"] = json!({ "at": dates::text(moment), "remoteIp": "192.0.2.17" });
        }
        if expand {
            user["_embedded"] = json!({ "population": world.population(population) });
        }
        user
    }

    /// The user's MFA devices.
    pub(crate) fn devices(&self) -> Vec<Value> {
        let count = if self.mfa { 1 + below(2, Kind::Device, self.index, 0) } else { 0 };
        (0..count).map(|number| device(self, number)).collect()
    }

    /// What the user agreed to.
    pub(crate) fn consents(&self) -> Vec<Value> {
        let agreed = |number: u64| {
            let name = if number == 0 { "House rules" } else { "Newsletter" };
            json!({
                "id": dice::id(Kind::Consent, self.index * 4 + number), "status": "ACCEPTED",
                "agreement": { "name": name }, "consentedAt": dates::text(self.created_at + Span::from_seconds(3_600)),
            })
        };
        (0..below(3, Kind::Consent, self.index, 0)).map(agreed).collect()
    }
}

/// A group's name.
pub(crate) fn group_name(group: u64) -> Option<&'static str> {
    Some(structure::GROUPS.get(usize::try_from(group).ok()?)?.0)
}

fn device(person: &Person, number: u64) -> Value {
    let kind = ["TOTP", "FIDO2", "MOBILE", "EMAIL"];
    let type_name = pick(&kind, Kind::Device, person.index, number + 1);
    let since = dates::text(person.created_at + DAY);
    let mut device = json!({
        "id": dice::id(Kind::Device, person.index * 4 + number), "type": type_name, "status": "ACTIVE",
        "user": { "id": person.id() }, "createdAt": since, "updatedAt": since,
    });
    if type_name == "EMAIL" {
        device["email"] = person.email.clone().into();
    } else {
        device["nickname"] = format!("{}’s {}", person.given, type_name.to_ascii_lowercase()).into();
    }
    device
}
