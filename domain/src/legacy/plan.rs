use std::collections::{BTreeMap, BTreeSet};

use super::choice::{Choice, Client, Entry, chosen, client, entries, whole};
use super::{Draft, FoundToken, Item, LeftBehind, Reading, Record, backup};
use crate::connection::{Connection, Credential};
use crate::id::ConnectionId;
use crate::keeper::Moment;
use crate::provider::{Place, Provider, ProviderKind};
use crate::secret::Secret;
use crate::token::StoredToken;

/// A connection that is there already, with its client secret where one is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The connection.
    pub connection: Connection,
    /// Its client secret.
    pub secret: Option<Secret>,
}

/// A client that is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The connection it becomes, or the one that has it already.
    pub connection: Connection,
    /// Its credential.
    pub credential: Credential,
    /// Its token, where one was found that is still good.
    pub token: Option<StoredToken>,
    /// Whether it must be written; otherwise an earlier run did so.
    pub is_new: bool,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is taken over.
    pub adopted: Vec<Adoption>,
    /// The items, by index, that may go once everything in `adopted` was written and read back.
    pub removable: Vec<usize>,
    /// What stays as it is, and why.
    pub left: Vec<LeftBehind>,
}

/// Decides what is taken over, and what may go then. `items` are all texts of localStorage and sessionStorage, and the
/// records of the older database.
pub fn plan(items: &[Item], providers: &[Provider], held: &[Held], moment: Moment) -> Plan {
    let entries = entries(items);
    let mut plan = Plan::default();
    let mut taken = BTreeSet::new();
    for (client, choice) in chosen(&entries) {
        match adopt(&choice, &entries, providers, held, &plan.adopted, moment) {
            Ok(adoption) => {
                plan.adopted.push(adoption);
                taken.insert(client);
            }
            Err(why) => plan.left.push(LeftBehind { keys: choice.keys, why }),
        }
    }
    let coverage = Coverage { items, taken };
    let mut open: BTreeMap<usize, Option<String>> = BTreeMap::new();
    for entry in &entries {
        let why = coverage.holds_back(entry);
        let known = open.entry(entry.origin).or_default();
        if known.as_ref().is_none_or(String::is_empty) && why.is_some() {
            *known = why;
        }
    }
    for (origin, why) in open {
        match why {
            None => plan.removable.push(origin),
            // Said with its client, or not worth a word.
            Some(why) if why.is_empty() => {}
            Some(why) => plan.left.push(LeftBehind { keys: vec![items[origin].key.clone()], why }),
        }
    }
    if plan.adopted.is_empty() {
        plan.removable.clear();
    }
    plan
}

fn adopt(
    choice: &Choice,
    entries: &[Entry],
    providers: &[Provider],
    held: &[Held],
    before: &[Adoption],
    moment: Moment,
) -> Result<Adoption, String> {
    let record =
        choice.best.as_ref().ok_or_else(|| "its copies say different things, and none is the newer".to_owned())?;
    let draft = record.draft().map_err(|flaw| flaw.to_string())?;
    let Some(credential) = draft.credential.clone() else { return Err("the client secret is missing".to_owned()) };
    if let Some(held) = held.iter().find(|held| is_same_client(&held.connection, &draft)) {
        let same = matches!(&credential, Credential::ClientSecret(secret) if Some(secret) == held.secret.as_ref());
        return if same {
            Ok(Adoption { connection: held.connection.clone(), credential, token: None, is_new: false })
        } else {
            Err(format!("the connection {} is there already, with another secret", held.connection.name))
        };
    }
    let (provider, host) = provider_for(&draft.place, providers)?;
    let position = before.len() as u128;
    let names = held.iter().map(|held| &held.connection.name).chain(before.iter().map(|it| &it.connection.name));
    let connection = Connection {
        id: ConnectionId::from_random(moment.random.wrapping_add(position)),
        name: free_name(&draft, &names.map(String::as_str).collect()),
        provider: provider.id.clone(),
        place: draft.place.clone(),
        client_id: draft.client_id.clone(),
        scopes: draft.scopes.clone(),
        authentication: draft.authentication,
        keep_credential: true,
        created_at: moment.now,
        removed_at: None,
    };
    #[allow(clippy::cast_possible_truncation)]
    let dice = (moment.random >> 64) as u64;
    let token = token_of(record, entries).and_then(|token| token.stored(moment.now, &host, dice));
    Ok(Adoption { connection, credential, token, is_new: true })
}

fn is_same_client(connection: &Connection, draft: &Draft) -> bool {
    let environment = |place: &Place| place.environment_id.as_deref().map(str::to_ascii_lowercase);
    connection.removed_at.is_none()
        && connection.client_id == draft.client_id
        && environment(&connection.place) == environment(&draft.place)
}

/// The first PingOne provider that allows the place, and the host it asks there.
fn provider_for<'a>(place: &Place, providers: &'a [Provider]) -> Result<(&'a Provider, String), String> {
    let pingone = providers.iter().filter(|provider| matches!(provider.kind, ProviderKind::PingOne { .. }));
    let found = pingone.filter_map(|provider| Some((provider, provider.target(place).ok()?))).next();
    found.map(|(provider, target)| (provider, target.token_endpoint.host().to_owned())).ok_or_else(|| {
        let what = match (&place.custom_domain, place.region) {
            (Some(domain), _) => format!("the custom domain {}", domain.as_str()),
            (None, Some(region)) => format!("the region {}", region.name()),
            (None, None) => "its place".to_owned(),
        };
        format!("an admin must allow {what} at a PingOne provider first")
    })
}

/// A token found alone belongs to the client its claims name; one that names none, to the only client there is.
fn token_of(record: &Record, entries: &[Entry]) -> Option<FoundToken> {
    let own = record.token.clone().filter(|token| token.client_id().is_none_or(|id| Some(id) == record.client_id));
    let clients: BTreeSet<Client> = entries.iter().filter_map(|entry| whole(of_client(entry)?)).collect();
    let alone = entries.iter().filter(|entry| entry.backup.is_none()).filter_map(|entry| match &entry.reading {
        Reading::Token(token) => Some(token),
        _ => None,
    });
    let fits = |token: &&FoundToken| match token.client_id() {
        Some(id) => Some(&id) == record.client_id.as_ref(),
        None => clients.len() == 1,
    };
    own.into_iter().chain(alone.filter(fits).cloned()).max_by_key(|token| (token.saved_at, token.expires_at))
}

fn of_client(entry: &Entry) -> Option<&Record> {
    match &entry.reading {
        Reading::Client(record) => Some(record),
        _ => None,
    }
}

fn free_name(draft: &Draft, names: &BTreeSet<&str>) -> String {
    let wanted = draft.name.clone().unwrap_or_else(|| {
        let start: String = draft.client_id.chars().take(8).collect();
        format!("PingOne worker {start}")
    });
    crate::connection::free_name(&wanted, |name| names.contains(name))
}

/// Which texts may go once the clients taken are safe.
struct Coverage<'a> {
    items: &'a [Item],
    taken: BTreeSet<Client>,
}

impl Coverage<'_> {
    /// Why a text must stay; `Some("")` when there is nothing to say about it, `None` when it may go.
    fn holds_back(&self, entry: &Entry) -> Option<String> {
        let quiet = Some(String::new());
        // A copy of what still stands outside the backup loses nothing by going.
        if entry.backup.is_some() && self.stands_outside(entry) {
            return None;
        }
        let why = match &entry.reading {
            Reading::Environment(_) | Reading::Nothing => return None,
            Reading::Foreign if entry.backup.is_none() => return quiet,
            Reading::Foreign if !backup::may_hold_a_secret(&entry.item) => return None,
            Reading::Foreign => "it holds secrets of other parts of the older app".to_owned(),
            Reading::Unreadable(error) => error.to_string(),
            Reading::Token(token) if self.is_replaced(token) => return None,
            Reading::Token(_) => "it is a token without the client it was issued to".to_owned(),
            Reading::Client(record) if self.is_taken(record) => return None,
            Reading::Client(record) if whole(record).is_some() => return quiet,
            Reading::Client(record) if record.redirects => {
                "it is of a client that people sign in with, not of a worker".to_owned()
            }
            Reading::Client(record) => record.draft().err().map(|flaw| flaw.to_string()).unwrap_or_default(),
        };
        Some(why)
    }

    fn stands_outside(&self, entry: &Entry) -> bool {
        self.items
            .iter()
            .any(|item| item.area == entry.item.area && item.key == entry.item.key && item.text == entry.item.text)
            && matches!(entry.reading, Reading::Foreign)
    }

    /// Whether a new token can be had for it, or nobody can tell whose it was and there is a client.
    fn is_replaced(&self, token: &FoundToken) -> bool {
        match token.client_id() {
            Some(id) => self.taken.iter().any(|(_, taken)| *taken == id),
            None => !self.taken.is_empty(),
        }
    }

    /// Whether it says nothing that is not safe by now: of a client taken, or half a record of one without another secret.
    fn is_taken(&self, record: &Record) -> bool {
        match (client(record), &record.client_id) {
            (Some(client), _) => self.taken.contains(&client),
            (None, Some(id)) => self.taken.iter().any(|(_, taken)| taken == id),
            (None, None) => record.client_secret.is_none() && !self.taken.is_empty(),
        }
    }
}
