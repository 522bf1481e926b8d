//! The vault's port: where sealed records are kept, and the rules every place must follow.
//!
//! A place sees only sealed bytes, a generation and an epoch. One [`RecordStore::put`] checks both and writes in a
//! single transaction, so that an old writer loses: whoever read generation 3 can only write generation 4, and whoever
//! was there before a sign-out (which moves the epoch) can write nothing at all.

use serde::{Deserialize, Serialize};

use crate::id::TenantId;

mod associated_data;
mod bytes;
#[cfg(feature = "testing")]
pub mod conformance;
mod deed;
mod derivation;
mod key_material;
mod locking;
mod memory;
mod protection;
mod view;

pub use associated_data::associated_data;
pub(crate) use associated_data::prefixed;
pub use deed::{Check, Cleared, Opener, Protected, VaultDeed, VaultTrouble, Wish};
pub use derivation::{Cost, CostRefused, Derivation};
pub use key_material::{KEY_MATERIAL_VERSION, KeyMaterial, Passkey, WrappedKey, Wrapping, purpose};
pub use locking::{AutoLock, Guesses};
pub use memory::MemoryStore;
pub use protection::Protection;
pub use view::{Locked, PasskeyFacts, PasskeySupport, VaultView, Work};

/// The kinds of record; each is a store of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreName {
    /// Connections, without their credential.
    Connections,
    /// Client secrets.
    Credentials,
    /// Tokens with their facts.
    Tokens,
    /// Renewals begun and not yet ended.
    Intents,
    /// Preferences.
    Settings,
    /// Site tokens, without their texts.
    Sites,
    /// The texts of site tokens.
    SiteTokens,
    /// What this device knows of the tenant's synced copy.
    Sync,
    /// Versions that lost when devices met.
    SyncConflicts,
    /// What the server's audit log is not known to have taken yet.
    Reports,
}

impl Write {
    /// Which record it changes.
    pub fn key(&self) -> &RecordKey {
        match self {
            Self::Put { key, .. } | Self::Remove { key, .. } => key,
        }
    }

    /// Whether it may happen while `current` is the generation that stands (0: there is no record).
    ///
    /// # Errors
    ///
    /// [`StoreError::Superseded`] when another writer was first.
    pub fn check(&self, current: u64) -> Result<(), StoreError> {
        let fits = match self {
            Self::Put { replaces, .. } => *replaces == current,
            Self::Remove { replaces, .. } => current == 0 || *replaces == current,
        };
        if fits { Ok(()) } else { Err(StoreError::Superseded { current }) }
    }
}

impl StoreName {
    /// All stores.
    pub const ALL: [Self; 10] = [
        Self::Connections,
        Self::Credentials,
        Self::Tokens,
        Self::Intents,
        Self::Settings,
        Self::Sites,
        Self::SiteTokens,
        Self::Sync,
        Self::SyncConflicts,
        Self::Reports,
    ];

    /// Those of the first build, which are the object stores of an IndexedDB database. It never gets another one: to add one
    /// its version has to be raised, and until every tab of an older build lets go nobody could open it.
    pub const OBJECT_STORES: [Self; 5] =
        [Self::Connections, Self::Credentials, Self::Tokens, Self::Intents, Self::Settings];

    /// The object store that holds its records: its own, or [`StoreName::Settings`] for those that came later. See
    /// [`StoreName::entry`].
    pub const fn object_store(self) -> Self {
        match self {
            Self::Connections | Self::Credentials | Self::Tokens | Self::Intents | Self::Settings => self,
            Self::Sites | Self::SiteTokens | Self::Sync | Self::SyncConflicts | Self::Reports => Self::Settings,
        }
    }

    /// What the keys of its records begin with in [`StoreName::object_store`]; empty where that is its own.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Connections | Self::Credentials | Self::Tokens | Self::Intents | Self::Settings => "",
            Self::Sites => "sites/",
            Self::SiteTokens => "site_tokens/",
            Self::Sync => "sync/",
            Self::SyncConflicts => "sync_conflicts/",
            Self::Reports => "reports/",
        }
    }

    /// The key of a record in [`StoreName::object_store`].
    pub fn entry(self, id: &str) -> String {
        [self.prefix(), id].concat()
    }

    /// The id of the record with this key in [`StoreName::object_store`]; `None` for a record of another store.
    pub fn id_of(self, entry: &str) -> Option<&str> {
        let is_guest = |store: &Self| store.object_store() == self && *store != self;
        let is_a_guests =
            Self::ALL.iter().filter(|store| is_guest(store)).any(|store| entry.starts_with(store.prefix()));
        entry.strip_prefix(self.prefix()).filter(|_| !is_a_guests)
    }

    /// The name in databases, keys and associated data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Credentials => "credentials",
            Self::Tokens => "tokens",
            Self::Intents => "intents",
            Self::Settings => "settings",
            Self::Sites => "sites",
            Self::SiteTokens => "site_tokens",
            Self::Sync => "sync",
            Self::SyncConflicts => "sync_conflicts",
            Self::Reports => "reports",
        }
    }
}

/// Which record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The store.
    pub store: StoreName,
    /// The record's id within it.
    pub id: String,
}

/// A record as a place keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedRecord {
    /// Counts the versions of this record from 1.
    pub generation: u64,
    /// The AES-GCM nonce, 12 bytes, never used twice with one key.
    pub nonce: Vec<u8>,
    /// Ciphertext with its 16-byte tag.
    pub ciphertext: Vec<u8>,
}

/// What must be true for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The generation the writer read; 0 for a record that was not there.
    pub generation: u64,
    /// The sign-out epoch the writer knows.
    pub epoch: u64,
}

/// One change among several that happen together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Writes a record.
    Put {
        /// Which.
        key: RecordKey,
        /// The generation the writer read; 0 for a record that was not there.
        replaces: u64,
        /// The record; its generation is `replaces + 1`.
        record: SealedRecord,
    },
    /// Removes a record. Removing what is not there succeeds.
    Remove {
        /// Which.
        key: RecordKey,
        /// The generation the writer read.
        replaces: u64,
    },
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another writer was first; its generation is named.
    #[error("the record is at generation {current} already")]
    Superseded {
        /// The generation that stands (0: the record was removed).
        current: u64,
    },
    /// A sign-out happened since the writer read.
    #[error("signed out in the meantime (epoch {current})")]
    SignedOut {
        /// The epoch that stands.
        current: u64,
    },
    /// The vault is locked: its key is not in this tab.
    #[error("the vault is locked")]
    Locked,
    /// The key was replaced by another tab since this one read it. What was sealed for this write is of no use.
    #[error("the vault's key was replaced in another tab (generation {current})")]
    KeyMoved {
        /// The generation of the key that stands.
        current: u64,
    },
    /// The record opens, and says what this build can't read. It stays as it is.
    #[error("a newer Tokenkeep wrote it; reload this page to get that one")]
    Newer,
    /// No room left.
    #[error("the browser has no room left for this site")]
    QuotaExceeded,
    /// A private key that was to be kept is none the browser takes; the text says why, and what to do.
    #[error("the private key can't be used: {0}")]
    KeyRefused(String),
    /// The page came over an insecure way, where browsers offer no Web Crypto. The text is whole: nothing needs to be
    /// added for a person.
    #[error(
        "This page is not a secure context, so the browser offers no Web Crypto. Open Tokenkeep over https, or as \
         http://127.0.0.1 or http://localhost on this machine."
    )]
    InsecureContext,
    /// The place can't be used: absent, blocked, closed for good.
    #[error("the storage can't be used: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// Whether the same may work a moment later: a place that failed may come back, while room, rules and keys stay as
    /// they are.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// A place that keeps sealed records of one tenant. Writes resolve when they are durable.
///
/// Not `Send`: browser storage belongs to one thread.
#[allow(async_fn_in_trait)]
pub trait RecordStore {
    /// The record, if there is one.
    async fn get(&self, key: &RecordKey) -> Result<Option<SealedRecord>, StoreError>;

    /// These records, in their order, and the sign-out epoch, all as one moment has them. (Step by step only where no step
    /// can be interrupted.)
    async fn read(&self, keys: &[RecordKey]) -> Result<(Vec<Option<SealedRecord>>, u64), StoreError> {
        let mut records = Vec::new();
        for key in keys {
            records.push(self.get(key).await?);
        }
        Ok((records, self.epoch().await?))
    }

    /// All records of one store with their ids, in id order.
    async fn list(&self, store: StoreName) -> Result<Vec<(String, SealedRecord)>, StoreError>;

    /// Does all of `writes` in one transaction, if the sign-out epoch is `epoch` and each replaces the generation that
    /// stands; else nothing at all.
    async fn apply(&self, epoch: u64, writes: &[Write]) -> Result<(), StoreError>;

    /// Writes `record` (whose generation must be `expected.generation + 1`) if `expected` holds, in one transaction.
    async fn put(&self, key: &RecordKey, expected: Expected, record: SealedRecord) -> Result<(), StoreError> {
        self.apply(expected.epoch, &[Write::Put { key: key.clone(), replaces: expected.generation, record }]).await
    }

    /// Removes a record if `expected` holds, in one transaction. Removing what is not there succeeds.
    async fn remove(&self, key: &RecordKey, expected: Expected) -> Result<(), StoreError> {
        self.apply(expected.epoch, &[Write::Remove { key: key.clone(), replaces: expected.generation }]).await
    }

    /// The sign-out epoch: 0 at first.
    async fn epoch(&self) -> Result<u64, StoreError>;

    /// Moves the epoch on, so that all writers from before lose; gives the new one.
    async fn advance_epoch(&self) -> Result<u64, StoreError>;

    /// Removes every record of the tenant, and moves the epoch on.
    async fn clear(&self) -> Result<(), StoreError>;
}

/// How a browser keeps records: the best it offers, stepping down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageLevel {
    /// Gone with the page.
    Memory,
    /// Encrypted in localStorage; the key is for this session only, tabs agree by best effort.
    LocalStorage,
    /// Encrypted in IndexedDB under a key that can't be exported.
    IndexedDb,
}

/// The database of one tenant.
pub fn database_name(tenant: &TenantId) -> String {
    [DATABASE_PREFIX, tenant.as_str()].concat()
}

/// The tenant whose database has this name; `None` for a name that is not a vault's.
pub fn tenant_of_database(name: &str) -> Option<TenantId> {
    name.strip_prefix(DATABASE_PREFIX).filter(|id| !id.is_empty()).map(TenantId::new)
}

const DATABASE_PREFIX: &str = "tokenkeep.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_has_a_key_of_its_own_whichever_object_store_it_shares() {
        for store in StoreName::ALL {
            assert!(StoreName::OBJECT_STORES.contains(&store.object_store()), "{store:?}");
            let entry = store.entry("a");
            for other in StoreName::ALL.into_iter().filter(|other| other.object_store() == store.object_store()) {
                let expected = (other == store).then_some("a");
                assert_eq!(other.id_of(&entry), expected, "{store:?} {other:?}");
            }
        }
        assert_eq!(StoreName::Settings.id_of("worker_tokens"), Some("worker_tokens"));
    }
}
