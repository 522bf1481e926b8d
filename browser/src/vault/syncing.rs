//! What of the vault is synced, and what is known of the synced copy: a store of its own, sealed like all others.
//!
//! What a round changes is written in one transaction: things that came from elsewhere, versions that lost, and what is
//! remembered of both. Each of them is fenced by the version it was worked out from.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use domain::connection::Connection;
use domain::connection::purpose::{WorkerTokens, is_filed_for};
use domain::id::{ConnectionId, SiteTokenId};
use domain::secret::Secret;
use domain::settings::WorkerTokenSettings;
use domain::site::{Kept, SiteToken, TokenTexts};
use domain::sync::{
    Conflict, DEFAULT_SITE, ItemKey, ItemKind, Known, Memory, Shard, SyncState, SyncedConnection, SyncedSite,
    WORKER_TOKENS, shard_of, synced_settings,
};
use domain::vault::{RecordKey, StoreError, StoreName};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::credentials::worker_file;
use super::records::{Change, json};
use super::{KeptCredential, Vault};

mod keeping;
mod planning;

/// The id of the record in [`StoreName::Sync`] with this device's part in the copy.
const STATE: &str = "state";
/// What the ids of those begin with that hold what is known of the items.
const KNOWN: &str = "known/";
/// What the ids of those begin with that name records which were lost here, so that they are not taken for removed.
const LOST: &str = "lost/";

/// What a write touched, for who shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Connections, and whether the way to get a token is another one now.
    pub connections: Vec<(ConnectionId, bool)>,
    /// Site tokens.
    pub sites: Vec<SiteTokenId>,
    /// Whether the settings of worker tokens were.
    pub settings: bool,
    /// Whether the default site was.
    pub default_site: bool,
    /// Whether versions that lost were.
    pub conflicts: bool,
}

/// What is known of the copy, as it stands in the vault.
#[derive(Clone, Debug)]
pub struct SyncMemory {
    /// This device's part.
    pub state: SyncState,
    /// What is known of the items.
    pub memory: Memory,
    /// Which things were lost here and are to be read from the copy again.
    lost: Vec<ItemKey>,
    /// The marks that say so.
    marks: Vec<String>,
}

/// Whether other devices should know of a change of this record.
pub(super) fn is_synced(key: &RecordKey) -> bool {
    match key.store {
        StoreName::Connections | StoreName::Credentials => true,
        StoreName::Sites | StoreName::SiteTokens | StoreName::SyncConflicts => true,
        StoreName::Settings => key.id == WORKER_TOKENS || key.id == DEFAULT_SITE,
        StoreName::Tokens | StoreName::Intents | StoreName::Sync | StoreName::Reports => false,
    }
}

/// The thing a record belongs to.
fn thing(key: &RecordKey) -> Option<ItemKey> {
    let kind = match key.store {
        StoreName::Connections => ItemKind::Connection,
        StoreName::Sites | StoreName::SiteTokens => ItemKind::Site,
        StoreName::SyncConflicts => ItemKind::Conflict,
        StoreName::Settings if is_synced(key) => ItemKind::Setting,
        _ => return None,
    };
    Some(ItemKey::new(kind, key.id.as_str()))
}

impl Vault {
    /// Has this told of each change that other devices should know.
    pub fn on_synced_change(&self, then: impl Fn() + 'static) {
        self.on_synced_change.replace(Some(Rc::new(then)));
    }

    pub(super) fn changed_what_is_synced(&self) {
        let then = self.on_synced_change.borrow().clone();
        if let Some(then) = then {
            then();
        }
    }

    /// A record that can't be opened was set aside: other devices may have it yet, so it is not one a person removed.
    pub(super) async fn note_lost(&self, key: &RecordKey) -> Result<(), StoreError> {
        let Some(thing) = thing(key) else { return Ok(()) };
        let mark = [LOST, thing.kind.name(), "/", &thing.id].concat();
        self.make(self.epoch.get(), &[Change::put(StoreName::Sync, &mark, &thing)], &[]).await.map(drop)
    }

    /// This device's part in the copy, as the place has it now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn sync_state(&self) -> Result<Option<SyncState>, StoreError> {
        self.fresh(StoreName::Sync, STATE).await
    }

    /// All that is known of the copy; `None` when this device takes no part.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn sync_memory(&self) -> Result<Option<SyncMemory>, StoreError> {
        let (mut state, mut known, mut lost, mut marks) = (None, BTreeMap::new(), Vec::new(), Vec::new());
        for (id, value) in self.values::<Value>(StoreName::Sync).await? {
            if id == STATE {
                state = serde_json::from_value::<SyncState>(value).ok();
            } else if id.starts_with(KNOWN) {
                known.extend(serde_json::from_value::<Shard>(value).unwrap_or_default());
            } else if id.starts_with(LOST) {
                lost.extend(serde_json::from_value::<ItemKey>(value));
                marks.push(id);
            }
        }
        let Some(state) = state else { return Ok(None) };
        let memory = Memory { cursor: state.cursor, known };
        Ok(Some(SyncMemory { state, memory, lost, marks }))
    }

    /// Begins to take part in a copy, with nothing known of it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn begin_sync(&self, state: &SyncState) -> Result<(), StoreError> {
        let mut changes = self.forgetting().await?;
        changes.retain(|change| change.key().id != STATE);
        changes.push(Change::put(StoreName::Sync, STATE, state));
        self.change(self.epoch.get(), &changes, &[]).await
    }

    /// Takes part no more. Versions that lost stay until somebody looked at them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn end_sync(&self) -> Result<(), StoreError> {
        let changes = self.forgetting().await?;
        self.change(self.epoch.get(), &changes, &[]).await
    }

    async fn forgetting(&self) -> Result<Vec<Change>, StoreError> {
        let records = self.ladder.list(StoreName::Sync).await?;
        Ok(records.iter().map(|(id, _)| Change::remove(StoreName::Sync, id)).collect())
    }

    /// Notes how the last round went.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_sync_state(&self, state: &SyncState) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Sync, STATE, state)], &[]).await
    }

    /// Everything that is synced, as other devices should have it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn synced_contents(&self) -> Result<Vec<(ItemKey, Zeroizing<Vec<u8>>)>, StoreError> {
        let mut contents = self.synced_connections().await?;
        contents.extend(self.synced_sites().await?);
        if let Some(settings) = self.fresh::<WorkerTokenSettings>(StoreName::Settings, WORKER_TOKENS).await? {
            contents.push((ItemKey::new(ItemKind::Setting, WORKER_TOKENS), json(&synced_settings(settings))));
        }
        if let Some(default) = self.fresh::<Option<SiteTokenId>>(StoreName::Settings, DEFAULT_SITE).await? {
            contents.push((ItemKey::new(ItemKind::Setting, DEFAULT_SITE), json(&default)));
        }
        for (key, conflict) in self.sync_conflicts().await? {
            contents.push((key, json(&conflict)));
        }
        Ok(contents)
    }

    async fn synced_connections(&self) -> Result<Vec<(ItemKey, Zeroizing<Vec<u8>>)>, StoreError> {
        let secrets: BTreeMap<String, Secret> = self
            .values::<KeptCredential>(StoreName::Credentials)
            .await?
            .into_iter()
            .filter(|(file, _)| is_filed_for::<WorkerTokens>(file))
            .filter_map(|(file, kept)| Some((file, kept.client_secret()?)))
            .collect();
        let connections: Vec<(String, Connection)> = self.values(StoreName::Connections).await?;
        let shared = connections.into_iter().filter_map(|(id, connection)| {
            let secret = secrets.get(&worker_file(&connection.id));
            Some((ItemKey::new(ItemKind::Connection, id), json(&SyncedConnection::of(&connection, secret)?)))
        });
        Ok(shared.collect())
    }

    async fn synced_sites(&self) -> Result<Vec<(ItemKey, Zeroizing<Vec<u8>>)>, StoreError> {
        let mut texts: BTreeMap<String, TokenTexts> = self.values(StoreName::SiteTokens).await?.into_iter().collect();
        let tokens: Vec<(String, SiteToken)> = self.values(StoreName::Sites).await?;
        let mut shared = Vec::new();
        for (id, token) in tokens {
            let kept = match texts.remove(&id) {
                Some(texts) if texts.generation == token.generation => Some(Kept { token, texts }),
                // Another tab wrote between the two lists.
                _ => self.kept_sites(&[token.id]).await?.pop().flatten().map(|(kept, _)| kept),
            };
            if let Some(synced) = kept.as_ref().and_then(SyncedSite::of) {
                shared.push((ItemKey::new(ItemKind::Site, id), json(&synced)));
            }
        }
        Ok(shared)
    }

    /// What other devices should have of a thing now, as JSON; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn synced_content(&self, key: &ItemKey) -> Result<Option<Value>, StoreError> {
        let moment = self.moment(records_of(key)).await?;
        let content = self.content(&moment, key).await?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
    }

    /// The versions that lost, in the order of their keys.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn sync_conflicts(&self) -> Result<Vec<(ItemKey, Conflict)>, StoreError> {
        let conflicts = self.values(StoreName::SyncConflicts).await?;
        Ok(conflicts.into_iter().map(|(id, conflict)| (ItemKey::new(ItemKind::Conflict, id), conflict)).collect())
    }
}

impl SyncMemory {
    /// What the engine begins with: things that were lost here are unknown, and everything is read anew.
    pub fn to_begin_with(&self) -> Memory {
        let mut memory = self.memory.clone();
        let there = memory.known.len();
        memory.known.retain(|_, known| !self.lost.contains(&known.key));
        if memory.known.len() < there {
            memory.cursor = 0;
        }
        memory
    }

    /// Takes up what was just remembered; gives the parts that are to be written.
    fn learn(&mut self, known: &[(domain::id::SyncItemId, Known)]) -> BTreeSet<String> {
        let mut touched: BTreeSet<String> = known.iter().map(|(id, _)| shard_of(id)).collect();
        if !self.lost.is_empty() {
            let lost = self.memory.known.iter().filter(|(_, known)| self.lost.contains(&known.key));
            let lost: Vec<_> = lost.map(|(id, _)| id.clone()).collect();
            touched.extend(lost.iter().map(shard_of));
            self.memory.known.retain(|id, _| !lost.contains(id));
        }
        self.memory.known.extend(known.iter().cloned());
        touched
    }

    fn parts<'a>(
        &'a self,
        touched: &'a BTreeSet<String>,
    ) -> BTreeMap<&'a str, BTreeMap<&'a domain::id::SyncItemId, &'a Known>> {
        let mut parts: BTreeMap<&str, BTreeMap<_, _>> =
            touched.iter().map(|part| (part.as_str(), BTreeMap::new())).collect();
        for (id, known) in &self.memory.known {
            if let Some(part) = parts.get_mut(shard_of(id).as_str()) {
                part.insert(id, known);
            }
        }
        parts
    }
}

/// A record of the store of its own.
fn put(id: &str, value: &impl Serialize) -> Change {
    Change::put(StoreName::Sync, id, value)
}

/// The records a thing consists of.
fn records_of(key: &ItemKey) -> Vec<RecordKey> {
    let record = |store| Vault::key_of(store, &key.id);
    match key.kind {
        ItemKind::Connection => {
            let file = worker_file(&ConnectionId::new(key.id.as_str()));
            vec![
                record(StoreName::Connections),
                Vault::key_of(StoreName::Credentials, &file),
                record(StoreName::Tokens),
                record(StoreName::Intents),
            ]
        }
        ItemKind::Site => vec![record(StoreName::Sites), record(StoreName::SiteTokens)],
        ItemKind::Setting => vec![record(StoreName::Settings)],
        ItemKind::Conflict => vec![record(StoreName::SyncConflicts)],
    }
}
