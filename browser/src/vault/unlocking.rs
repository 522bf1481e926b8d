//! Locking the vault, and bringing its key back.

use std::rc::Rc;

use domain::api::vault::VaultHalf;
use domain::vault::{KeyMaterial, Passkey, Protection, StoreError, VaultTrouble, WrappedKey, Wrapping};
use web_sys::CryptoKey;

use super::Vault;
use super::indexed_db::Marks;
use super::kept_key::KeptKey;
use super::place::Place;
use super::sealing::Sealer;
use super::sharing::{self, Offer};
use super::wrapping::{RootKey, joined_key, unwrap};

/// What opens the vault, brought by whoever has it.
#[derive(Clone, Debug)]
pub enum Unlocker {
    /// The server's half.
    Half(VaultHalf),
    /// The key of a passphrase.
    Passphrase(RootKey),
    /// The key of a passkey, by the credential's id.
    Passkey(Vec<u8>, RootKey),
}

impl Vault {
    /// What is kept of the key; `None` where the key itself is, or lives as long as the tabs.
    pub fn key_material(&self) -> Option<KeyMaterial> {
        match &*self.key.kept.borrow() {
            Some(KeptKey::Material { material, .. }) => Some(material.clone()),
            Some(KeptKey::Itself(_)) | None => None,
        }
    }

    /// Looks anew what is kept of the key, and takes the key where no person is needed for it: the browser's own, or that of
    /// another tab which is unlocked. Else the vault is locked. Everything read before is forgotten.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn look_for_key(&self) -> Result<(), StoreError> {
        let place = self.ladder.place();
        let Place::IndexedDb(store) = &*place else { return Ok(()) };
        let (entry, marks) = store.sealing_key().await?;
        let kept = KeptKey::read(&entry)?.ok_or_else(|| StoreError::Unavailable("it keeps no key".to_owned()))?;
        self.sealer.replace(None);
        self.forget_opened();
        self.take_kept(kept, marks).await;
        if self.is_locked() {
            self.abandon(&StoreError::Locked);
        }
        Ok(())
    }

    /// Takes the key from another tab that is unlocked, if there is one; where that is not so nothing is changed.
    pub async fn ask_other_tabs(&self) {
        if self.protection() != Some(Protection::Passphrase) {
            return;
        }
        let Ok(Some(marks)) = self.ladder.marks().await else { return };
        let given = sharing::asked(&self.tenant, marks).await;
        if let Some(key) = given.filter(|_| self.is_locked()) {
            self.key.marks.set(marks);
            self.use_key(key);
        }
    }

    /// Goes by this key from now on, as far as no person is needed for it.
    pub(super) async fn take_kept(&self, kept: KeptKey, marks: Marks) {
        let own = match &kept {
            KeptKey::Itself(key) => Some(key.clone()),
            KeptKey::Material { material: KeyMaterial::Passphrase { .. }, .. } => {
                sharing::asked(&self.tenant, marks).await
            }
            KeptKey::Material { .. } => None,
        };
        self.key.kept.replace(Some(kept));
        self.key.marks.set(marks);
        if let Some(key) = own {
            self.use_key(key);
        }
    }

    /// Takes the key in use; tabs opened from now on get it from here, where a person had to bring it.
    pub(super) fn use_key(&self, key: CryptoKey) {
        let marks = self.key.marks.get();
        let is_shared = self.protection() == Some(Protection::Passphrase);
        self.key.offer.replace(is_shared.then(|| Offer::of(&self.tenant, &key, marks)).flatten());
        let sealer = Sealer::new(self.subtle.clone(), key, self.tenant.clone()).of_generation(marks.key);
        self.sealer.replace(Some(Rc::new(sealer)));
    }

    /// Brings the key back.
    ///
    /// # Errors
    ///
    /// [`VaultTrouble::WrongPassphrase`] and its kind; nothing is changed then.
    pub async fn unlock(&self, by: &Unlocker) -> Result<(), VaultTrouble> {
        let generation = self.key_generation();
        let key = self.data_key(by, false).await?;
        if let Ok(Some(marks)) = self.ladder.marks().await {
            // Another tab was faster, and this tab's material is not the one that stands.
            if marks.key != generation {
                return Err(VaultTrouble::Overtaken);
            }
            self.key.marks.set(marks);
        }
        self.use_key(key);
        Ok(())
    }

    /// The data key, by what opens it; `extractable` only for wrapping it once more.
    pub(super) async fn data_key(&self, by: &Unlocker, extractable: bool) -> Result<CryptoKey, VaultTrouble> {
        let Some(KeptKey::Material { material, browser_key }) = self.key.kept.borrow().clone() else {
            return Err(VaultTrouble::Damaged);
        };
        match (material, by) {
            (KeyMaterial::Session { half, salt, wrapped }, Unlocker::Half(given)) if half == given.id => {
                let browser_key = browser_key.ok_or(VaultTrouble::Damaged)?;
                let under = joined_key(&self.subtle, &browser_key, &self.tenant, &salt, &given.half).await;
                let wrapping = Wrapping::Session { half: &half, salt: &salt };
                self.unwrapped(&wrapped, &under.map_err(broken)?, wrapping, extractable)
                    .await
                    .ok_or(VaultTrouble::Damaged)
            }
            (KeyMaterial::Passphrase { derivation, wrapped, .. }, Unlocker::Passphrase(root)) => {
                let under = root.wrapping_key(&self.subtle, PASSPHRASE, &self.tenant, &derivation.salt).await;
                self.unwrapped(&wrapped, &under.map_err(broken)?, Wrapping::Passphrase(&derivation), extractable)
                    .await
                    .ok_or(VaultTrouble::WrongPassphrase)
            }
            (KeyMaterial::Passphrase { passkeys, .. }, Unlocker::Passkey(id, root)) => {
                let passkey = passkeys.iter().find(|passkey| passkey.id == *id);
                let Passkey { id, salt, wrapped, .. } = passkey.ok_or_else(unknown_passkey)?;
                let under = root.wrapping_key(&self.subtle, PASSKEY, &self.tenant, salt).await;
                self.unwrapped(wrapped, &under.map_err(broken)?, Wrapping::Passkey { id, salt }, extractable)
                    .await
                    .ok_or_else(unknown_passkey)
            }
            _ => Err(VaultTrouble::Damaged),
        }
    }

    async fn unwrapped(
        &self,
        wrapped: &WrappedKey,
        under: &CryptoKey,
        wrapping: Wrapping<'_>,
        extractable: bool,
    ) -> Option<CryptoKey> {
        let context = wrapping.context(&self.tenant, self.key_generation());
        unwrap(&self.subtle, wrapped, under, &context, extractable).await.ok()
    }

    /// Locks the vault: what waits to be written is written first, then the key goes, and all that was opened with it.
    pub async fn lock(self: &Rc<Self>) {
        self.flush_now().await;
        self.drop_key();
    }

    /// Notes durably that the vault is locked, for tabs that hear nothing; gives how often it was.
    pub async fn note_lock(&self) -> u64 {
        let mut marks = self.key.marks.get();
        marks.locks += 1;
        if let Place::IndexedDb(store) = &*self.ladder.place() {
            // Where it can't be noted, the tabs that hear are locked all the same.
            marks.locks = store.note_lock().await.unwrap_or(marks.locks);
        }
        self.key.marks.set(marks);
        marks.locks
    }

    /// The key goes at once, with all that was opened with it.
    pub fn drop_key(&self) {
        self.key.offer.replace(None);
        self.sealer.replace(None);
        self.forget_opened();
        self.abandon(&StoreError::Locked);
    }
}

/// What keys are made for.
pub(super) const PASSPHRASE: &str = "vault passphrase";
pub(super) const PASSKEY: &str = "vault passkey";

fn unknown_passkey() -> VaultTrouble {
    VaultTrouble::Passkey("This passkey does not open this vault. Use the passphrase.".to_owned())
}

pub(super) fn broken(error: super::sealing::CryptoError) -> VaultTrouble {
    VaultTrouble::Store(error.into())
}
