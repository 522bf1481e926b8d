//! Users and what belongs to them.

use serde_json::{Value, json};

use super::error::ApiError;
use super::filter::{Allowed, Filter, Operator};
use super::page::{Page, Sizes};
use super::{Answer, Asked};
use crate::world::people::{Person, group_name};
use crate::world::structure::{GROUP_COUNT, POPULATION_COUNT};
use crate::world::{Kind, id, index, roles as known_roles};

const TEXT: &[Operator] = &[Operator::Eq, Operator::Sw, Operator::Ew, Operator::Co];
const EXACT: &[Operator] = &[Operator::Eq];
const MOMENT: &[Operator] = &[Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];

const ALLOWED: &[Allowed] = &[
    ("id", EXACT),
    ("username", TEXT),
    ("email", TEXT),
    ("enabled", EXACT),
    ("mfaEnabled", EXACT),
    ("name.given", TEXT),
    ("name.family", TEXT),
    ("name.formatted", TEXT),
    ("externalId", TEXT),
    ("population.id", EXACT),
    ("memberOfGroups.id", EXACT),
    ("memberOfGroups.name", TEXT),
    ("createdAt", MOMENT),
];

const PAGE: Sizes = Sizes { usual: 100, most: 200 };

impl Asked {
    fn environment(&self) -> &str {
        self.sandbox.environment_id()
    }

    /// The user of the path.
    fn user(&self) -> Result<Person, ApiError> {
        let found = index(Kind::User, self.parameter("user")).and_then(|index| self.world.person(index));
        found.ok_or_else(ApiError::not_found)
    }

    fn expands_population(&self) -> Result<bool, ApiError> {
        match self.query("expand") {
            None => Ok(false),
            Some("population") => Ok(true),
            Some(_) => {
                let inner = json!({ "allowedValues": ["population"] });
                Err(ApiError::invalid("INVALID_VALUE", "expand", "This can't be expanded.", &inner))
            }
        }
    }

    fn indexed(&self, kind: Kind, name: &str, show: impl Fn(u64) -> Option<Value>) -> Answer {
        index(kind, self.parameter(name)).and_then(show).ok_or_else(ApiError::not_found)
    }
}

/// `GET …/users`.
pub(super) fn list(asked: &Asked) -> Answer {
    let filter = asked.query("filter").map(|text| Filter::read(text, ALLOWED)).transpose()?;
    let (expand, wanted) = (asked.expands_population()?, asked.wanted(PAGE)?);
    let fits = |person: &Person| {
        filter.as_ref().is_none_or(|filter| filter.holds(&|name| person.attribute(asked.world, name)))
    };
    let people: Vec<Person> = asked.world.people().filter(fits).collect();
    let from = usize::try_from(wanted.after.unwrap_or(0)).unwrap_or(usize::MAX);
    let (count, to) = (people.len(), from.saturating_add(wanted.limit));
    let shown = people.iter().skip(from).take(wanted.limit);
    let items = shown.map(|person| person.shown(asked.world, asked.now, asked.environment(), expand)).collect();
    Ok(asked.page(Page { name: "users", items, count: Some(count), next: (to < count).then_some(to as u64) }))
}

/// `GET …/users/{user}`.
pub(super) fn one(asked: &Asked) -> Answer {
    let expand = asked.expands_population()?;
    Ok(asked.user()?.shown(asked.world, asked.now, asked.environment(), expand))
}

/// `GET …/users/{user}/memberOfGroups`.
pub(super) fn groups_of(asked: &Asked) -> Answer {
    let groups = asked.world.groups_of(asked.user()?.index).into_iter();
    let shown = groups.filter_map(|group| {
        let name = group_name(group)?;
        Some(json!({ "id": id(Kind::Group, group), "name": name, "type": "DIRECT" }))
    });
    asked.page_of("groupMemberships", shown.collect(), PAGE)
}

/// `GET …/users/{user}/roleAssignments`.
pub(super) fn roles_of(asked: &Asked) -> Answer {
    let assignments = asked.world.role_assignments(asked.user()?.index, asked.environment());
    asked.page_of("roleAssignments", assignments, PAGE)
}

/// `GET …/users/{user}/mfaEnabled`.
pub(super) fn mfa_of(asked: &Asked) -> Answer {
    Ok(json!({ "mfaEnabled": asked.user()?.mfa }))
}

/// `GET …/users/{user}/devices`.
pub(super) fn devices_of(asked: &Asked) -> Answer {
    asked.page_of("devices", asked.user()?.devices(), PAGE)
}

/// `GET …/users/{user}/consents`.
pub(super) fn consents_of(asked: &Asked) -> Answer {
    asked.page_of("consents", asked.user()?.consents(), PAGE)
}

/// `GET …/groups`.
pub(super) fn groups(asked: &Asked) -> Answer {
    asked.page_of("groups", (0..GROUP_COUNT).filter_map(|group| asked.world.group(group)).collect(), PAGE)
}

/// `GET …/groups/{group}`.
pub(super) fn group(asked: &Asked) -> Answer {
    asked.indexed(Kind::Group, "group", |group| asked.world.group(group))
}

/// `GET …/populations`.
pub(super) fn populations(asked: &Asked) -> Answer {
    let all = (0..POPULATION_COUNT).filter_map(|population| asked.world.population(population));
    asked.page_of("populations", all.collect(), PAGE)
}

/// `GET …/populations/{population}`.
pub(super) fn population(asked: &Asked) -> Answer {
    asked.indexed(Kind::Population, "population", |population| asked.world.population(population))
}

/// `GET /roles`.
pub(super) fn roles(asked: &Asked) -> Answer {
    asked.page_of("roles", (0..known_roles::ROLE_COUNT).filter_map(known_roles::role).collect(), PAGE)
}

/// `GET /roles/{role}`.
pub(super) fn role(asked: &Asked) -> Answer {
    asked.indexed(Kind::Role, "role", known_roles::role)
}
