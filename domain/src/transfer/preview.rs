use std::collections::BTreeSet;

use super::{Chosen, Packed, PackedProvider};
use crate::connection::validation::{Field, Severity, findings};
use crate::connection::{Connection, free_name};
use crate::id::ConnectionId;
use crate::keeper::ConnectionView;
use crate::provider::{Place, Provider, ProviderKind};
use crate::time::Timestamp;

/// What importing one connection of a file would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The name it has in the file, or would get.
    pub name: String,
    /// The client id.
    pub client_id: String,
    /// Whether the file has its credential.
    pub has_credential: bool,
    /// What would happen.
    pub change: Change,
}

/// What would happen to one connection.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is added.
    New {
        /// What would be written.
        chosen: Chosen,
        /// The name in the file, where another connection has it already.
        renamed_from: Option<String>,
    },
    /// It is there already, as it stands in the file.
    Same,
    /// It is there already, and would become another.
    Differs {
        /// What would be written.
        chosen: Chosen,
        /// What would change.
        what: Vec<&'static str>,
    },
    /// It can't be imported here: why, for a person.
    Refused(String),
}

/// What importing `packed` would do here, line by line, in the file's order. `random` gives the new connections their ids.
pub fn preview(
    packed: &[Packed],
    here: &[ConnectionView],
    providers: &[Provider],
    now: Timestamp,
    random: u128,
) -> Vec<Line> {
    let mut names: BTreeSet<String> = here.iter().map(|one| one.connection.name.clone()).collect();
    let mut seen: BTreeSet<Identity> = BTreeSet::new();
    let mut lines = Vec::new();
    for (one, position) in packed.iter().zip(0_u128..) {
        let id = ConnectionId::from_random(random.wrapping_add(position));
        let change = change(one, id, here, providers, now, &names, &mut seen);
        if let Change::New { chosen, .. } = &change {
            names.insert(chosen.connection.name.clone());
        }
        let name = match &change {
            Change::New { chosen, .. } => chosen.connection.name.clone(),
            _ => wanted_name(one),
        };
        lines.push(Line {
            name,
            client_id: one.draft.client_id.clone(),
            has_credential: one.draft.credential.is_some(),
            change,
        });
    }
    lines
}

/// Provider, environment and client: two connections with the same are one.
type Identity = (String, String, String);

fn identity(provider: &str, place: &Place, client_id: &str) -> Identity {
    let environment = place.environment_id.as_deref().unwrap_or_default().to_ascii_lowercase();
    (provider.to_owned(), environment, client_id.to_owned())
}

fn change(
    packed: &Packed,
    id: ConnectionId,
    here: &[ConnectionView],
    providers: &[Provider],
    now: Timestamp,
    names: &BTreeSet<String>,
    seen: &mut BTreeSet<Identity>,
) -> Change {
    let draft = &packed.draft;
    let provider = match provider_here(packed, providers) {
        Ok(provider) => provider,
        Err(why) => return Change::Refused(why),
    };
    let own = identity(provider.id.as_str(), &draft.place, &draft.client_id);
    if !seen.insert(own.clone()) {
        return Change::Refused("The file has it twice; the first one counts.".to_owned());
    }
    let wanted = wanted_name(packed);
    let known = here.iter().find(|one| {
        let it = &one.connection;
        identity(it.provider.as_str(), &it.place, &it.client_id) == own
    });
    let connection = Connection {
        id: known.map_or(id, |known| known.connection.id.clone()),
        name: known.map_or_else(|| free_name(&wanted, |name| names.contains(name)), |it| it.connection.name.clone()),
        provider: provider.id.clone(),
        place: draft.place.clone(),
        client_id: draft.client_id.clone(),
        scopes: draft.scopes.clone(),
        authentication: draft.authentication,
        keep_credential: known.is_none_or(|known| known.connection.keep_credential || draft.credential.is_some()),
        created_at: known.map_or(now, |known| known.connection.created_at),
        removed_at: None,
    };
    if let Some(why) = flaw(&connection, provider, packed) {
        return Change::Refused(why);
    }
    let renamed_from = (connection.name != wanted).then_some(wanted);
    let what = known.map(|known| differences(&known.connection, &connection, packed));
    let chosen = Chosen { connection, credential: draft.credential.clone() };
    match what {
        None => Change::New { chosen, renamed_from },
        Some(what) if what.is_empty() => Change::Same,
        Some(what) => Change::Differs { chosen, what },
    }
}

/// The first thing that can't work, by the rules of the form. A missing credential can be entered later.
fn flaw(connection: &Connection, provider: &Provider, packed: &Packed) -> Option<String> {
    let found =
        findings(connection, Some(provider), packed.draft.credential.as_ref(), packed.draft.credential.is_none());
    let counts = |field| !matches!(field, Field::Name);
    found.into_iter().find(|it| it.severity == Severity::Error && counts(it.field)).map(|it| it.text)
}

fn differences(known: &Connection, wanted: &Connection, packed: &Packed) -> Vec<&'static str> {
    let checks = [
        (known.place.region != wanted.place.region, "region"),
        (known.place.custom_domain != wanted.place.custom_domain, "custom domain"),
        (known.scopes != wanted.scopes, "scopes"),
        (known.authentication != wanted.authentication, "authentication method"),
        (packed.draft.credential.is_some(), "credential"),
    ];
    checks.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
}

fn wanted_name(packed: &Packed) -> String {
    let start = || packed.draft.client_id.chars().take(8).collect::<String>();
    let name = packed.draft.name.clone().unwrap_or_else(|| format!("PingOne worker {}", start()));
    free_name(&name, |_| false)
}

/// The provider here that is the file's: the same id and kind, else the first of its kind that allows the place.
fn provider_here<'a>(packed: &Packed, providers: &'a [Provider]) -> Result<&'a Provider, String> {
    let fits = |provider: &&Provider| is_of_kind(provider, packed.provider.as_ref());
    let same = |provider: &&Provider| packed.provider.as_ref().is_some_and(|packed| packed.id == provider.id);
    let allows = |provider: &&Provider| provider.target(&packed.draft.place).is_ok();
    let all = || providers.iter().filter(fits);
    let found = all().filter(same).find(allows).or_else(|| all().find(allows));
    found.ok_or_else(|| {
        let refusal = all().find_map(|provider| provider.target(&packed.draft.place).err());
        let named = packed.provider.as_ref().map(|it| it.name.as_str()).filter(|name| !name.is_empty());
        let named = named.unwrap_or("PingOne");
        match refusal {
            Some(error) => format!("No provider here takes it: {error}."),
            None => {
                format!("No provider here is the file's ({named}). An admin must allow it first; then reload the page.")
            }
        }
    })
}

fn is_of_kind(provider: &Provider, packed: Option<&PackedProvider>) -> bool {
    match (&provider.kind, packed.map(|packed| packed.kind.as_str())) {
        (ProviderKind::PingOne { .. }, None | Some("pingone")) | (ProviderKind::Sandbox { .. }, Some("sandbox")) => {
            true
        }
        (ProviderKind::OAuth { token_endpoint, .. }, Some("oauth")) => {
            packed.and_then(|packed| packed.token_endpoint.as_deref()) == Some(token_endpoint.as_str())
        }
        _ => false,
    }
}
