//! The vault of this browser: sealed records of one tenant, on the best rung the browser offers.
//!
//! Everything is sealed before it is written and opened after it is read; a place sees bytes only. What can't be opened
//! is set aside and counts as absent, so that one damaged record never stops a person. What opens, and says what this build
//! can't read, was written by a newer one: it stays where it is.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::audit::Report;
use domain::connection::{Connection, Credential};
use domain::id::{ConnectionId, IntentId, TenantId};
use domain::keeper::{Intent, News};
use domain::secret::Secret;
use domain::settings::WorkerTokenSettings;
use domain::storage::{Batch, Cache, Meter};
use domain::token::StoredToken;
use domain::vault::{StorageLevel, StoreError, StoreName};
use gloo_timers::callback::Timeout;
use serde::{Deserialize, Serialize};
use web_sys::SubtleCrypto;

use crate::private_key::PrivateKey;

mod credentials;
mod holding;
mod importing;
mod indexed_db;
mod kept_key;
mod key;
mod ladder;
mod later;
mod local_storage;
mod newer;
mod opening;
mod passkeys;
mod place;
mod protecting;
mod reading;
mod records;
mod rehearsal;
mod reports;
mod returning;
mod said;
pub mod sealing;
mod session_key;
mod sharing;
mod sites;
mod syncing;
mod tokens;
mod unlocking;
pub mod wrapping;

pub use indexed_db::{IndexedDbStore, leaving, open_existing};
pub use kept_key::KeptKey;
pub use key::Standing;
pub use local_storage::LocalStorageStore;
pub use opening::Contents;
pub use passkeys::NewPasskey;
pub use place::Fence;
pub use protecting::{NOT_KEPT, NewKey};
pub use reports::Parcel;
pub use sites::{LegacyBackup, Read, SiteSettings, SiteWrite, Versioned};
pub use syncing::{SyncMemory, Touched};
pub use unlocking::Unlocker;

use key::Key;
use ladder::Ladder;
use later::{Asker, Setting};
use newer::{Newer, or_none};
use reading::Opened;
use records::Change;
use sealing::Sealer;
use session_key::SessionKey;

/// The id of the one record in [`StoreName::Settings`] that names the current connection.
const CURRENT: &str = "current";
/// The id of the one record in [`StoreName::Settings`] that says how worker tokens behave.
const WORKER_TOKENS: &str = domain::sync::WORKER_TOKENS;

/// A credential, ready to be used.
#[derive(Clone, Debug)]
pub enum UsableCredential {
    /// The client secret.
    ClientSecret(Secret),
    /// A private key the browser holds.
    PrivateKey(PrivateKey),
}

/// A credential as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum KeptCredential {
    ClientSecret {
        secret: Secret,
    },
    /// In the key store: at the level of this browser's key.
    PrivateKey,
    /// The key itself, as it was entered: above that level, where it must not be usable without what opens the vault.
    PrivateKeyText {
        text: Secret,
    },
}

/// The open vault of one tenant.
pub struct Vault {
    ladder: Ladder,
    /// What seals and opens records; `None` while the vault is locked.
    sealer: RefCell<Option<Rc<Sealer>>>,
    key: Key,
    subtle: SubtleCrypto,
    tenant: TenantId,
    /// Whether it ever did, so that its sign-out epoch is the one there.
    used_indexed_db: Cell<bool>,
    cache: RefCell<Cache<Opened>>,
    batch: RefCell<Batch<String, Setting, Asker>>,
    flush_timer: RefCell<Option<Timeout>>,
    meter: Rc<RefCell<Meter>>,
    on_written: Box<dyn Fn(News)>,
    /// The epoch this tab opened the vault in: after a sign-out anywhere, it writes nothing more.
    epoch: Cell<u64>,
    /// Credentials that are not to be kept, or can't be.
    in_memory: RefCell<BTreeMap<ConnectionId, UsableCredential>>,
    set_aside: RefCell<Vec<String>>,
    newer: Newer,
    /// The renewal begun for each connection, as far as this tab saw, with the generation of its record.
    intents: RefCell<BTreeMap<ConnectionId, (IntentId, u64)>>,
    _session_key: Option<SessionKey>,
    /// Hears that something was changed that other devices should know.
    on_synced_change: RefCell<Option<Rc<dyn Fn()>>>,
    /// Hears what was written for the audit log with a deed.
    on_told: RefCell<Option<reports::OnTold>>,
}

impl Vault {
    /// The rung in use.
    pub fn level(&self) -> StorageLevel {
        self.ladder.place().level()
    }

    /// The sign-out epoch that stands.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn epoch(&self) -> Result<u64, StoreError> {
        self.ladder.epoch().await
    }

    /// The connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn connection(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        self.value(StoreName::Connections, id.as_str()).await
    }

    /// The newest token with its text, as the place has it now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn newest_token(&self, id: &ConnectionId) -> Result<Option<StoredToken>, StoreError> {
        let token: Option<StoredToken> = self.fresh(StoreName::Tokens, id.as_str()).await?;
        Ok(token.filter(|token| !token.facts.is_cleared()))
    }

    /// The newest token with its text that this tab has heard of.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn token(&self, id: &ConnectionId) -> Result<Option<StoredToken>, StoreError> {
        let token: Option<StoredToken> = self.value(StoreName::Tokens, id.as_str()).await?;
        Ok(token.filter(|token| !token.facts.is_cleared()))
    }

    /// The renewal begun and not ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn intent(&self, id: &ConnectionId) -> Result<Option<Intent>, StoreError> {
        self.fresh(StoreName::Intents, id.as_str()).await
    }

    /// The current connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn current(&self) -> Result<Option<ConnectionId>, StoreError> {
        Ok(self.setting::<Option<ConnectionId>>(CURRENT).await?.flatten())
    }

    /// Notes the current connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_current(&self, current: Option<&ConnectionId>) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Settings, CURRENT, &current)], &[]).await
    }

    /// How worker tokens behave; `None` for the defaults.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn settings(&self) -> Result<Option<WorkerTokenSettings>, StoreError> {
        or_none(self.fresh(StoreName::Settings, WORKER_TOKENS).await)
    }

    /// Writes how worker tokens behave.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn write_settings(&self, settings: &WorkerTokenSettings) -> Result<(), StoreError> {
        self.change(self.epoch.get(), &[Change::put(StoreName::Settings, WORKER_TOKENS, settings)], &[]).await
    }

    /// Writes a connection and, in the same transaction, its credential where it is to be kept and what the audit log is `told`.
    ///
    /// # Errors
    ///
    /// [`StoreError::KeyRefused`] for a private key that can't be used; else as the place gives it.
    pub async fn write_connection(
        &self,
        connection: &Connection,
        credential: Option<&Credential>,
        told: &[Report],
    ) -> Result<(), StoreError> {
        let id = &connection.id;
        let plan = self.plan(connection, credential).await?;
        let mut changes = vec![Change::put(StoreName::Connections, id.as_str(), connection)];
        changes.extend(plan.change);
        self.change_telling(self.epoch.get(), changes, &plan.keys, told).await?;
        self.remember(id, plan.in_memory);
        Ok(())
    }

    /// Removes a connection with all that belongs to it, if it is still marked as removed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn erase(&self, id: &ConnectionId) -> Result<(), StoreError> {
        let connection: Option<Connection> = self.fresh(StoreName::Connections, id.as_str()).await?;
        if connection.is_some_and(|connection| connection.removed_at.is_none()) {
            return Ok(());
        }
        let stores = [StoreName::Connections, StoreName::Tokens, StoreName::Intents];
        let mut changes = Vec::from(stores.map(|store| Change::remove(store, id.as_str())));
        changes.push(Change::remove(StoreName::Credentials, &credentials::worker_file(id)));
        self.change(self.epoch.get(), &changes, &[credentials::no_key(id)]).await?;
        self.remember(id, None);
        Ok(())
    }

    /// Writes an intent over the one before, and with it what the audit log is `told`.
    ///
    /// # Errors
    ///
    /// [`StoreError::SignedOut`] when a sign-out came in between; else as the place gives it.
    pub async fn write_intent(&self, id: &ConnectionId, intent: &Intent, told: &[Report]) -> Result<(), StoreError> {
        let change = Change::put(StoreName::Intents, id.as_str(), intent);
        let written = self.change_telling(intent.epoch, vec![change], &[], told).await?;
        written.first().into_iter().for_each(|(_, generation)| self.note_intent(id, Some(&intent.id), *generation));
        Ok(())
    }

    /// Removes an intent, if it is still this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn end_intent(&self, id: &ConnectionId, intent: &IntentId) -> Result<(), StoreError> {
        if self.intent(id).await?.is_none_or(|found| found.id != *intent) {
            return Ok(());
        }
        self.change(self.epoch.get(), &[Change::remove(StoreName::Intents, id.as_str())], &[]).await
    }

    /// Writes a token over the generation before its own, removes its intent, and writes what the audit log is `told`, in one
    /// transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] and [`StoreError::SignedOut`] when this tab is too late; else as the place gives it.
    pub async fn commit(
        &self,
        id: &ConnectionId,
        token: &StoredToken,
        epoch: u64,
        intent: &IntentId,
        told: &[Report],
    ) -> Result<(), StoreError> {
        let replaces = token.facts.generation.saturating_sub(1);
        let put = || Change::put(StoreName::Tokens, id.as_str(), token).only_over(replaces);
        let remove = || Change::remove(StoreName::Intents, id.as_str());
        // Under the lock the intent stands as this tab last saw it, so that it need not be read first.
        if let Some(seen) = self.intent_generation(id, intent) {
            match self.change_telling(epoch, vec![put(), remove().only_over(seen)], &[], told).await {
                Err(StoreError::Superseded { .. }) => {}
                outcome => return outcome.map(drop),
            }
        }
        let mut changes = vec![put()];
        if self.intent(id).await?.is_some_and(|found| found.id == *intent) {
            changes.push(remove());
        }
        self.change_telling(epoch, changes, &[], told).await.map(drop)
    }

    /// Moves the sign-out epoch on, and forgets all that is held in memory; gives the new epoch.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn advance_epoch(&self) -> Result<u64, StoreError> {
        self.forget();
        self.ladder.advance_epoch().await
    }
}
