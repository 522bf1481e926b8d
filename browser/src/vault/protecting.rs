//! Keeping the vault's key another way: a new key, every record sealed anew, and the old key gone, all in one transaction.
//!
//! Records are sealed before the transaction begins, as Web Crypto can't be waited for in one. In it everything must still
//! stand as it was read; what another tab wrote meanwhile is read and sealed once more.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::api::vault::VaultHalf;
use domain::time::Span;
use domain::vault::{
    Derivation, KeyMaterial, Protected, RecordKey, RecordStore, SealedRecord, StoreError, StoreName, VaultTrouble,
    Wrapping,
};
use web_sys::CryptoKey;

use super::credentials::unsealed;
use super::indexed_db::{IndexedDbStore, Rekey};
use super::kept_key::KeptKey;
use super::opening::new_generation;
use super::place::{KeyWrite, Place};
use super::sealing::{Sealer, new_key};
use super::unlocking::{PASSPHRASE, broken};
use super::wrapping::{RootKey, joined_key, new_browser_key, new_data_key, unwrap, wrap};
use super::{Unlocker, Vault};
use crate::clock;

/// How often records are read anew because another tab wrote in between.
const TRIES: u32 = 8;
/// How many records are sealed between two words on how far it is.
const WORD_AFTER: usize = 50;

/// How a new key is kept.
#[derive(Clone, Debug)]
pub enum NewKey {
    /// By this browser.
    Browser,
    /// By this browser and the server, with this half.
    Session(VaultHalf),
    /// By a passphrase.
    Passphrase {
        /// What was derived from it.
        root: RootKey,
        /// How.
        derivation: Derivation,
        /// How long that took.
        took: Span,
    },
}

/// A new key, ready to take over.
struct Made {
    key: CryptoKey,
    kept: KeptKey,
    sealer: Sealer,
}

/// Records as they were read, and sealed with the new key.
#[derive(Default)]
struct Resealed {
    before: BTreeMap<RecordKey, SealedRecord>,
    after: BTreeMap<RecordKey, SealedRecord>,
    keys: Vec<KeyWrite>,
    lost: usize,
}

impl Vault {
    /// Whether this opens the vault.
    ///
    /// # Errors
    ///
    /// As [`Vault::unlock`].
    pub async fn is_opened_by(&self, by: &Unlocker) -> Result<(), VaultTrouble> {
        self.data_key(by, false).await.map(drop)
    }

    /// Keeps the key another way; `progress` hears how many records are sealed, of how many.
    ///
    /// # Errors
    ///
    /// [`VaultTrouble`]; everything is as it was then.
    pub async fn protect(&self, new: &NewKey, progress: impl Fn(usize, usize)) -> Result<Protected, VaultTrouble> {
        let place = self.ladder.place();
        let Place::IndexedDb(store) = &*place else { return Err(VaultTrouble::Fixed(NOT_KEPT.to_owned())) };
        let (begun, old) = (clock::now(), self.sealer()?);
        let made = self.made(new).await?;
        let mut sealed = Resealed::default();
        for _ in 0..TRIES {
            sealed = self.resealed(store, &old, &made, sealed, &progress).await?;
            let rekey = Rekey {
                epoch: self.epoch.get(),
                from: old.generation(),
                to: made.sealer.generation(),
                entry: made.kept.entry(),
                before: sealed.before.clone(),
                after: sealed.after.clone(),
                keys: sealed.keys.clone(),
            };
            match store.rekey(&rekey).await {
                Ok(()) => {
                    let (records, lost) = (sealed.after.len(), sealed.lost);
                    self.take_over(made, sealed.after);
                    let loose_keys = self.loose_keys().await.unwrap_or(0);
                    return Ok(Protected { records, lost, loose_keys, took: clock::now().since(begun) });
                }
                Err(StoreError::Superseded { .. }) => {}
                Err(error) => {
                    if matches!(error, StoreError::KeyMoved { .. }) {
                        self.key_moved();
                    }
                    return Err(error.into());
                }
            }
        }
        Err(StoreError::Unavailable("other tabs write all the time".to_owned()).into())
    }

    fn take_over(&self, made: Made, records: BTreeMap<RecordKey, SealedRecord>) {
        let mut marks = self.key.marks.get();
        marks.key = made.sealer.generation();
        self.key.marks.set(marks);
        self.key.kept.replace(Some(made.kept));
        self.ladder.resealed(records);
        self.cache.borrow_mut().clear();
        self.use_key(made.key);
    }

    async fn made(&self, new: &NewKey) -> Result<Made, VaultTrouble> {
        let generation = new_generation();
        let (subtle, tenant) = (&self.subtle, &self.tenant);
        let (key, kept) = match new {
            NewKey::Browser => {
                let key = new_key(subtle).await.map_err(broken)?;
                (key.clone(), KeptKey::Itself(key))
            }
            NewKey::Session(VaultHalf { id, half }) => {
                let (browser_key, salt) = (new_browser_key(subtle).await.map_err(broken)?, clock::random_bytes::<32>());
                let under = joined_key(subtle, &browser_key, tenant, &salt, half).await.map_err(broken)?;
                let wrapping = Wrapping::Session { half: id, salt: &salt };
                let (key, wrapped) = self.wrapped_anew(&under, &wrapping.context(tenant, generation)).await?;
                let material = KeyMaterial::Session { half: id.clone(), salt: salt.to_vec(), wrapped };
                (key, KeptKey::Material { material, browser_key: Some(browser_key) })
            }
            NewKey::Passphrase { root, derivation, took } => {
                let under = root.wrapping_key(subtle, PASSPHRASE, tenant, &derivation.salt).await.map_err(broken)?;
                let context = Wrapping::Passphrase(derivation).context(tenant, generation);
                let (key, wrapped) = self.wrapped_anew(&under, &context).await?;
                let (derivation, took, passkeys) = (derivation.clone(), *took, Vec::new());
                let material = KeyMaterial::Passphrase { derivation, took, wrapped, passkeys };
                (key, KeptKey::Material { material, browser_key: None })
            }
        };
        let sealer = Sealer::new(subtle.clone(), key.clone(), tenant.clone()).of_generation(generation);
        Ok(Made { key, kept, sealer })
    }

    /// A new data key that can't be taken out, and itself wrapped.
    async fn wrapped_anew(
        &self,
        under: &CryptoKey,
        context: &[u8],
    ) -> Result<(CryptoKey, domain::vault::WrappedKey), VaultTrouble> {
        let new = new_data_key(&self.subtle).await.map_err(broken)?;
        let wrapped = wrap(&self.subtle, &new, under, context).await.map_err(broken)?;
        // Read back before anything depends on it.
        let key = unwrap(&self.subtle, &wrapped, under, context, false).await.map_err(broken)?;
        Ok((key, wrapped))
    }

    /// All records sealed with the new key; those that still stand as in `known` are not sealed twice.
    async fn resealed(
        &self,
        store: &IndexedDbStore,
        old: &Rc<Sealer>,
        made: &Made,
        mut known: Resealed,
        progress: &impl Fn(usize, usize),
    ) -> Result<Resealed, VaultTrouble> {
        let mut sealed = Resealed { keys: std::mem::take(&mut known.keys), ..Resealed::default() };
        for name in StoreName::ALL {
            let records = store.list(name).await?.into_iter();
            sealed.before.extend(records.map(|(id, record)| (RecordKey { store: name, id }, record)));
        }
        let count = sealed.before.len();
        for (done, (key, record)) in sealed.before.iter().enumerate() {
            if done % WORD_AFTER == 0 {
                progress(done, count);
            }
            if known.before.get(key) == Some(record)
                && let Some(again) = known.after.remove(key)
            {
                sealed.after.insert(key.clone(), again);
                continue;
            }
            let Ok(mut json) = old.open(key, record).await else {
                self.check_key(old).await?;
                sealed.lost += 1;
                continue;
            };
            let is_kept_here = matches!(made.kept, KeptKey::Itself(_)) && key.store == StoreName::Credentials;
            if is_kept_here && let Some((kept, write)) = unsealed(&self.subtle, &key.id, &json).await? {
                json = kept;
                sealed.keys.push(write);
            }
            let record = made.sealer.seal(key, record.generation, &json).await.map_err(broken)?;
            sealed.after.insert(key.clone(), record);
        }
        progress(count, count);
        Ok(sealed)
    }
}

/// Why nothing can be changed where records are not in IndexedDB.
pub const NOT_KEPT: &str = "This browser keeps no key for the vault: its storage can't be used, so the key lives as long as the tabs \
                            and there is nothing to be protected another way. Allow this site to store data, then reload the page.";
