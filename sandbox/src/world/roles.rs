//! The roles there are, and who has which.

use domain::api::providers::SandboxRole;
use serde_json::{Value, json};

use super::World;
use super::dice::{self, Kind, below};

const ROLES: [(&str, &str); 6] = [
    ("Organization Admin", "Manages the organization, its environments and its licences."),
    ("Environment Admin", "Manages one environment, its settings and its audit log."),
    ("Identity Data Admin", "Reads and writes users, groups and populations."),
    ("Identity Data Read Only", "Reads users, groups and populations."),
    ("Client Application Developer", "Manages applications."),
    ("Configuration Read Only", "Reads an environment's settings."),
];

/// How many roles there are.
pub(crate) const ROLE_COUNT: u64 = ROLES.len() as u64;

/// The name of the role that a client of the sandbox needs.
pub(crate) const fn name(role: SandboxRole) -> &'static str {
    match role {
        SandboxRole::OrganizationAdmin => ROLES[0].0,
        SandboxRole::EnvironmentAdmin => ROLES[1].0,
        SandboxRole::IdentityDataReadOnly => ROLES[3].0,
    }
}

/// A role, as `GET /roles/{id}` shows it.
pub(crate) fn role(index: u64) -> Option<Value> {
    let (name, description) = ROLES.get(usize::try_from(index).ok()?)?;
    Some(json!({
        "id": dice::id(Kind::Role, index), "name": name, "description": description,
        "applicableTo": ["ENVIRONMENT", "POPULATION"],
    }))
}

impl World {
    /// The roles of a user: one user in forty has one or two.
    pub(crate) fn role_assignments(self, user: u64, environment: &str) -> Vec<Value> {
        let some = below(40, Kind::Assignment, user, 0) == 0;
        let count = if some { 1 + below(2, Kind::Assignment, user, 1) } else { 0 };
        let first = below(ROLE_COUNT, Kind::Assignment, user, 2);
        let assignment = |number: u64| {
            json!({
                "id": dice::id(Kind::Assignment, user * 4 + number), "readOnly": false,
                "role": { "id": dice::id(Kind::Role, (first + number) % ROLE_COUNT) },
                "scope": { "id": environment, "type": "ENVIRONMENT" },
            })
        };
        (0..count).map(assignment).collect()
    }
}
