//! Passkeys that open a vault kept by a passphrase: each wraps the same data key once more.

use domain::time::Timestamp;
use domain::vault::{KeyMaterial, Passkey, VaultTrouble, Wrapping};

use super::kept_key::KeptKey;
use super::place::Place;
use super::unlocking::{PASSKEY, broken};
use super::wrapping::{RootKey, wrap};
use super::{Unlocker, Vault};

/// A passkey that was just made, with the key it gives.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// What a person calls it.
    pub name: String,
    /// What its function was evaluated at.
    pub salt: Vec<u8>,
    /// What that gave.
    pub root: RootKey,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Vault {
    /// Lets a passkey open the vault as well. `by` opens it now: the key in use can't be taken out to be wrapped.
    ///
    /// # Errors
    ///
    /// [`VaultTrouble`]; everything is as it was then.
    pub async fn add_passkey(&self, by: &Unlocker, new: NewPasskey) -> Result<(), VaultTrouble> {
        let data_key = self.data_key(by, true).await?;
        let NewPasskey { id, name, salt, root, created_at } = new;
        let under = root.wrapping_key(&self.subtle, PASSKEY, &self.tenant, &salt).await.map_err(broken)?;
        let context = Wrapping::Passkey { id: &id, salt: &salt }.context(&self.tenant, self.key_generation());
        let wrapped = wrap(&self.subtle, &data_key, &under, &context).await.map_err(broken)?;
        let passkey = Passkey { id, name, created_at, salt, wrapped };
        self.change_passkeys(|passkeys| passkeys.push(passkey.clone())).await
    }

    /// Lets a passkey open the vault no more.
    ///
    /// # Errors
    ///
    /// As every write.
    pub async fn remove_passkey(&self, id: &[u8]) -> Result<(), VaultTrouble> {
        self.change_passkeys(|passkeys| passkeys.retain(|passkey| passkey.id != id)).await
    }

    async fn change_passkeys(&self, change: impl FnOnce(&mut Vec<Passkey>)) -> Result<(), VaultTrouble> {
        let place = self.ladder.place();
        let known = self.key.kept.borrow().clone();
        let (Place::IndexedDb(store), Some(KeptKey::Material { material, browser_key })) = (&*place, known) else {
            return Err(VaultTrouble::Damaged);
        };
        let mut changed = material.clone();
        match &mut changed {
            KeyMaterial::Passphrase { passkeys, .. } => change(passkeys),
            KeyMaterial::Session { .. } => return Err(VaultTrouble::Damaged),
        }
        let is_known = |entry: &wasm_bindgen::JsValue| matches!(KeptKey::read(entry), Ok(Some(KeptKey::Material { material: there, .. })) if there == material);
        let kept = KeptKey::Material { material: changed, browser_key };
        store.replace_entry(is_known, &kept.entry()).await?;
        self.key.kept.replace(Some(kept));
        Ok(())
    }

    /// Looks anew which passkeys there are: another tab may have changed them.
    pub async fn look_for_passkeys(&self) {
        let Place::IndexedDb(store) = &*self.ladder.place() else { return };
        let Ok((entry, marks)) = store.sealing_key().await else { return };
        if let (Ok(Some(kept)), true) = (KeptKey::read(&entry), marks.key == self.key_generation()) {
            self.key.kept.replace(Some(kept));
        }
    }
}
