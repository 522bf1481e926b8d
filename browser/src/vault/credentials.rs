//! Where a credential goes: into the vault, or into this tab's memory only.

use domain::connection::purpose::{Purpose, WorkerTokens, file, id_of};
use domain::connection::{Connection, Credential};
use domain::id::ConnectionId;
use domain::secret::Secret;
use domain::vault::{Protection, StorageLevel, StoreError, StoreName};
use web_sys::SubtleCrypto;
use zeroize::Zeroizing;

use super::place::{KeyWrite, Place};
use super::records::{Change, json as json_of};
use super::{KeptCredential, UsableCredential, Vault};
use crate::js;
use crate::private_key::PrivateKey;

/// What writing a connection does with its credential.
#[derive(Default)]
pub struct Plan {
    /// The sealed record's change.
    pub change: Option<Change>,
    /// The key store's.
    pub keys: Vec<KeyWrite>,
    /// What this tab holds in memory afterwards.
    pub in_memory: Option<UsableCredential>,
}

impl KeptCredential {
    /// The client secret, if that is what it is.
    pub(super) fn client_secret(self) -> Option<Secret> {
        match self {
            Self::ClientSecret { secret } => Some(secret),
            Self::PrivateKey | Self::PrivateKeyText { .. } => None,
        }
    }
}
/// Where private keys begin in the key store.
const PRIVATE_KEYS: &str = "private_key/";

/// The entry of a connection's private key in the key store.
fn key_entry(id: &ConnectionId) -> String {
    [PRIVATE_KEYS, id.as_str()].concat()
}

/// Removes a connection's private key from the key store.
pub fn no_key(id: &ConnectionId) -> KeyWrite {
    KeyWrite { id: key_entry(id), value: None }
}

/// The file of a connection's credential.
pub fn worker_file(id: &ConnectionId) -> String {
    file::<WorkerTokens>(id.as_str())
}

impl Vault {
    /// A secret kept for this purpose; what is kept for another is not there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn secret_for<P: Purpose>(&self, id: &str) -> Result<Option<Secret>, StoreError> {
        Ok(match self.value(StoreName::Credentials, &file::<P>(id)).await? {
            Some(KeptCredential::ClientSecret { secret }) => Some(secret),
            Some(KeptCredential::PrivateKey | KeptCredential::PrivateKeyText { .. }) | None => None,
        })
    }

    /// Keeps a secret for this purpose, at once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn keep_secret_for<P: Purpose>(&self, id: &str, secret: &Secret) -> Result<(), StoreError> {
        let kept = KeptCredential::ClientSecret { secret: secret.clone() };
        let change = Change::put(StoreName::Credentials, &file::<P>(id), &kept);
        self.change(self.epoch.get(), &[change], &[]).await
    }

    /// The credential of a connection, from memory or from the vault.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn credential(&self, id: &ConnectionId) -> Result<Option<UsableCredential>, StoreError> {
        let in_memory = self.in_memory.borrow().get(id).cloned();
        match in_memory {
            Some(credential) => Ok(Some(credential)),
            None => self.kept(id).await,
        }
    }

    /// Whether there is one, as the place has it now.
    pub(super) async fn has_credential(&self, id: &ConnectionId) -> Result<bool, StoreError> {
        if self.in_memory.borrow().contains_key(id) {
            return Ok(true);
        }
        let kept = self.fresh(StoreName::Credentials, &worker_file(id)).await?;
        Ok(self.opened_credential(id, kept).await?.is_some())
    }

    pub(super) fn remember(&self, id: &ConnectionId, credential: Option<UsableCredential>) {
        let mut in_memory = self.in_memory.borrow_mut();
        match credential {
            Some(credential) => in_memory.insert(id.clone(), credential),
            None => in_memory.remove(id),
        };
    }

    /// Decides where the credential entered, or the one known so far, goes.
    pub(super) async fn plan(&self, connection: &Connection, entered: Option<&Credential>) -> Result<Plan, StoreError> {
        let id = &connection.id;
        if let (Some(Credential::PrivateKey(text)), true, true) =
            (entered, connection.keep_credential, self.seals_private_keys())
        {
            PrivateKey::import(&self.subtle, text).await.map_err(|error| StoreError::KeyRefused(error.to_string()))?;
            let kept = KeptCredential::PrivateKeyText { text: text.clone() };
            let change = Some(Change::put(StoreName::Credentials, &worker_file(id), &kept));
            return Ok(Plan { change, keys: vec![no_key(id)], in_memory: None });
        }
        let known = self.in_memory.borrow().get(id).cloned();
        let credential = match entered {
            Some(credential) => Some(self.usable(credential).await?),
            None if connection.keep_credential => known,
            None => self.credential(id).await?,
        };
        Ok(match credential {
            Some(credential) if connection.keep_credential => self.keeping(id, credential),
            None if connection.keep_credential => Plan::default(),
            in_memory => Plan {
                change: Some(Change::remove(StoreName::Credentials, &worker_file(id))),
                keys: vec![no_key(id)],
                in_memory,
            },
        })
    }

    fn keeping(&self, id: &ConnectionId, credential: UsableCredential) -> Plan {
        let put = |kept: &KeptCredential| Some(Change::put(StoreName::Credentials, &worker_file(id), kept));
        match credential {
            UsableCredential::ClientSecret(secret) => {
                let change = put(&KeptCredential::ClientSecret { secret });
                Plan { change, keys: vec![no_key(id)], in_memory: None }
            }
            UsableCredential::PrivateKey(key) => {
                // Only IndexedDB can hold a key without its text; elsewhere it stays as long as this tab.
                let in_memory =
                    (self.level() != StorageLevel::IndexedDb).then(|| UsableCredential::PrivateKey(key.clone()));
                let keys = vec![KeyWrite { id: key_entry(id), value: Some(key.to_js()) }];
                Plan { change: put(&KeptCredential::PrivateKey), keys, in_memory }
            }
        }
    }

    async fn usable(&self, credential: &Credential) -> Result<UsableCredential, StoreError> {
        match credential {
            Credential::ClientSecret(secret) => Ok(UsableCredential::ClientSecret(secret.clone())),
            Credential::PrivateKey(text) => {
                let key = PrivateKey::import(&self.subtle, text).await;
                key.map(UsableCredential::PrivateKey).map_err(|error| StoreError::KeyRefused(error.to_string()))
            }
        }
    }

    async fn kept(&self, id: &ConnectionId) -> Result<Option<UsableCredential>, StoreError> {
        let kept = self.value(StoreName::Credentials, &worker_file(id)).await?;
        self.opened_credential(id, kept).await
    }

    pub(super) async fn opened_credential(
        &self,
        id: &ConnectionId,
        kept: Option<KeptCredential>,
    ) -> Result<Option<UsableCredential>, StoreError> {
        match kept {
            Some(KeptCredential::ClientSecret { secret }) => Ok(Some(UsableCredential::ClientSecret(secret))),
            Some(KeptCredential::PrivateKey) => {
                let entry = self.ladder.key(&key_entry(id)).await?;
                Ok(entry.as_ref().and_then(PrivateKey::from_js).map(UsableCredential::PrivateKey))
            }
            Some(KeptCredential::PrivateKeyText { text }) => {
                Ok(PrivateKey::import(&self.subtle, &text).await.ok().map(UsableCredential::PrivateKey))
            }
            None => Ok(None),
        }
    }

    /// Whether a private key is sealed like everything else: the browser's key store opens without what opens the vault.
    fn seals_private_keys(&self) -> bool {
        self.protection().is_some_and(Protection::can_lock)
    }

    /// How many private keys lie in the browser's key store.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn loose_keys(&self) -> Result<usize, StoreError> {
        match &*self.ladder.place() {
            Place::IndexedDb(store) => {
                let keys = store.keys().await?;
                Ok(keys.iter().filter(|(id, _)| id.starts_with(PRIVATE_KEYS)).count())
            }
            Place::LocalStorage(_) | Place::Memory(_) => Ok(0),
        }
    }
}

/// What a connection's credential becomes in a vault whose key the browser itself keeps, if it has to: a private key goes to
/// the key store.
pub async fn unsealed(
    subtle: &SubtleCrypto,
    file: &str,
    json: &[u8],
) -> Result<Option<(Zeroizing<Vec<u8>>, KeyWrite)>, StoreError> {
    let Some(KeptCredential::PrivateKeyText { text }) = js::from_json(json) else { return Ok(None) };
    // A file of another purpose has no connection's name, and no private key.
    let Some(id) = id_of::<WorkerTokens>(file) else { return Ok(None) };
    let key = PrivateKey::import(subtle, &text).await;
    let key = key.map_err(|error| StoreError::KeyRefused(error.to_string()))?;
    let write = KeyWrite { id: key_entry(&ConnectionId::new(id)), value: Some(key.to_js()) };
    Ok(Some((json_of(&KeptCredential::PrivateKey), write)))
}
