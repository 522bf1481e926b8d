//! Populations, groups and environments.

use domain::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::dice::{self, Kind};
use super::{DAY, World, dates};

/// The populations' names; the first is the default one.
const POPULATIONS: [&str; 4] = ["Staff", "Partners", "Customers", "Contractors"];

/// The groups' names, with how many in a hundred people are in each.
pub(super) const GROUPS: [(&str, u64); 12] = [
    ("All hands", 70),
    ("Paper works", 20),
    ("Ink kitchen", 12),
    ("Bindery", 10),
    ("Dispatch", 9),
    ("Front desk", 6),
    ("Bookkeeping", 5),
    ("Night shift", 4),
    ("First aiders", 3),
    ("Works council", 2),
    ("Support tier 2", 2),
    ("Archive keys", 1),
];

/// Environments beside the sandbox's own, which can be listed and not looked into.
const ENVIRONMENTS: [&str; 2] = ["Proofing", "Workshop"];

/// How many populations there are.
pub(crate) const POPULATION_COUNT: u64 = POPULATIONS.len() as u64;

/// How many groups there are.
pub(crate) const GROUP_COUNT: u64 = GROUPS.len() as u64;

/// How many environments there are, the sandbox's own included.
pub(crate) const ENVIRONMENT_COUNT: u64 = ENVIRONMENTS.len() as u64 + 1;

impl World {
    fn founded(self) -> Timestamp {
        self.born() - Span::from_millis(DAY.millis() * 1_200)
    }

    /// A population, as `GET …/populations/{id}` shows it.
    pub(crate) fn population(self, index: u64) -> Option<Value> {
        let name = POPULATIONS.get(usize::try_from(index).ok()?)?;
        Some(json!({
            "id": dice::id(Kind::Population, index), "name": name, "default": index == 0,
            "description": format!("{name} of the paper mill"),
            "userCount": (0..super::people::PEOPLE).filter(|person| self.population_of(*person) == index).count(),
            "createdAt": dates::text(self.founded()), "updatedAt": dates::text(self.founded()),
        }))
    }

    /// A group, as `GET …/groups/{id}` shows it.
    pub(crate) fn group(self, index: u64) -> Option<Value> {
        let (name, _) = GROUPS.get(usize::try_from(index).ok()?)?;
        let members = (0..super::people::PEOPLE).filter(|person| self.is_in(*person, index)).count();
        Some(json!({
            "id": dice::id(Kind::Group, index), "name": name, "description": format!("{name} at the paper mill"),
            "directMemberCounts": { "users": members, "groups": 0 }, "totalMemberCounts": { "users": members },
            "createdAt": dates::text(self.founded()), "updatedAt": dates::text(self.founded()),
        }))
    }

    /// An environment, as `GET /environments/{id}` shows it; the first is the sandbox's own.
    pub(crate) fn environment(self, index: u64, own: &str, organization: &str) -> Option<Value> {
        let at = usize::try_from(index).ok()?;
        let (id, name) = match at.checked_sub(1) {
            None => (own.to_owned(), "Paper mill"),
            Some(other) => (dice::id(Kind::Environment, index), *ENVIRONMENTS.get(other)?),
        };
        Some(json!({
            "id": id, "name": name, "type": if index == 0 { "PRODUCTION" } else { "SANDBOX" }, "region": "EU",
            "organization": { "id": organization }, "license": { "id": dice::id(Kind::License, index.min(1)) },
            "createdAt": dates::text(self.founded()), "updatedAt": dates::text(self.founded()),
        }))
    }

    /// The organization, as `GET /organizations/{id}` shows it.
    pub(crate) fn organization(self, id: &str) -> Value {
        json!({
            "id": id, "name": "Imaginary Paper Mill", "description": "A company that exists in the sandbox only.",
            "type": "PAID", "region": "EU", "billingConnections": [],
            "createdAt": dates::text(self.founded()), "updatedAt": dates::text(self.founded()),
        })
    }
}
