//! Keeping the vault's key another way, and the passkeys that open it.

use std::rc::Rc;

use domain::api::vault::{DropVaultHalf, MakeVaultHalf, NewHalf};
use domain::audit::Action;
use domain::connection::validation::Severity;
use domain::id::HalfId;
use domain::keeper::News;
use domain::secret::Secret;
use domain::transfer::remarks;
use domain::vault::{KeyMaterial, Opener, Protected, Protection, StoreError, VaultTrouble, Wish, Work};

use super::Inner;
use super::unlocking::{asked, refused};
use crate::clock;
use crate::passkeys;
use crate::vault::sealing::subtle;
use crate::vault::{NewKey, NewPasskey, Vault};

impl Inner {
    pub(super) async fn protect(self: &Rc<Self>, wish: Wish, proof: Option<Opener>) -> Result<Protected, VaultTrouble> {
        let by_passphrase = matches!(wish, Wish::Passphrase(_));
        let had_passphrase = self.vault()?.protection() == Some(Protection::Passphrase);
        let outcome = self.protected(wish, proof).await;
        self.show_work(None);
        match &outcome {
            Ok(_) => {
                let vault = self.vault()?;
                self.touched();
                self.tell(&News::VaultKey { generation: vault.key_generation() });
                self.show_key(&vault, None).await;
                self.report_vault(protection_changed(had_passphrase && by_passphrase), None);
            }
            Err(VaultTrouble::Overtaken) => self.look_at_key(),
            Err(trouble) => self.note_guess(trouble),
        }
        outcome
    }

    async fn protected(&self, wish: Wish, proof: Option<Opener>) -> Result<Protected, VaultTrouble> {
        let vault = self.vault()?;
        self.check_proof(&vault, proof).await?;
        let before = half_of(vault.key_material().as_ref());
        let new = self.new_key(wish).await?;
        let made = if let NewKey::Session(half) = &new { Some(half.id.clone()) } else { None };
        self.show_work(Some(Work::Sealing { done: 0, of: 0 }));
        let outcome = vault.protect(&new, |done, of| self.show_work(Some(Work::Sealing { done, of }))).await;
        // Of the two halves the one that opens nothing goes. One that stays behind opens nothing either.
        if let Some(id) = if outcome.is_ok() { before } else { made } {
            let _ = asked(DropVaultHalf { id }, &()).await;
        }
        outcome
    }

    /// A vault kept by a passphrase is changed only by who has that, or a passkey of it.
    async fn check_proof(&self, vault: &Vault, proof: Option<Opener>) -> Result<(), VaultTrouble> {
        if vault.protection() != Some(Protection::Passphrase) {
            return Ok(());
        }
        let proof = proof.ok_or(VaultTrouble::WrongPassphrase)?;
        vault.is_opened_by(&self.unlocker(vault, proof).await?).await
    }

    async fn new_key(&self, wish: Wish) -> Result<NewKey, VaultTrouble> {
        Ok(match wish {
            Wish::Browser => NewKey::Browser,
            Wish::Session => {
                self.show_work(Some(Work::AskingServer));
                let tenant = self.tenant().ok_or(VaultTrouble::Damaged)?;
                NewKey::Session(asked(MakeVaultHalf, &NewHalf { tenant }).await.map_err(refused)?)
            }
            Wish::Passphrase(passphrase) => {
                let text = passphrase.expose();
                if let Some((Severity::Error, words)) = remarks(text, text).first() {
                    return Err(VaultTrouble::Weak(words));
                }
                let (root, derivation, took) = self.new_root(&passphrase).await?;
                NewKey::Passphrase { root, derivation, took }
            }
        })
    }

    pub(super) async fn add_passkey(self: &Rc<Self>, name: String, passphrase: Secret) -> Result<(), VaultTrouble> {
        let outcome = self.passkey_added(name, passphrase).await;
        self.passkeys_changed(outcome).await
    }

    async fn passkey_added(&self, name: String, passphrase: Secret) -> Result<(), VaultTrouble> {
        let vault = self.vault()?;
        let by = self.unlocker(&vault, Opener::Passphrase(passphrase)).await?;
        // Before a person is asked for a passkey that could not be added.
        vault.is_opened_by(&by).await?;
        let opening = self.opening.borrow().clone().ok_or(VaultTrouble::Damaged)?;
        let known: Vec<Vec<u8>> = vault.key_material().iter().flat_map(ids).collect();
        self.show_work(Some(Work::WaitingForPasskey));
        let subtle = subtle().ok_or(StoreError::InsecureContext)?;
        let made = passkeys::made(&subtle, &opening.tenant, &name, &known).await.map_err(VaultTrouble::Passkey)?;
        let (id, salt, root) = made;
        vault.add_passkey(&by, NewPasskey { id, name, salt, root, created_at: clock::now() }).await
    }

    pub(super) async fn remove_passkey(self: &Rc<Self>, id: &[u8]) -> Result<(), VaultTrouble> {
        let outcome = self.vault()?.remove_passkey(id).await;
        self.passkeys_changed(outcome).await
    }

    async fn passkeys_changed(self: &Rc<Self>, outcome: Result<(), VaultTrouble>) -> Result<(), VaultTrouble> {
        self.show_work(None);
        match &outcome {
            Ok(()) => {
                let vault = self.vault()?;
                self.tell(&News::VaultKey { generation: vault.key_generation() });
                self.show_key(&vault, None).await;
            }
            Err(trouble) => self.note_guess(trouble),
        }
        outcome
    }
}

const fn protection_changed(only_passphrase: bool) -> Action {
    if only_passphrase { Action::VaultPassphraseChanged } else { Action::VaultLevelChanged }
}

/// The server's half a vault is kept with.
fn half_of(material: Option<&KeyMaterial>) -> Option<HalfId> {
    match material {
        Some(KeyMaterial::Session { half, .. }) => Some(half.clone()),
        Some(KeyMaterial::Passphrase { .. }) | None => None,
    }
}

fn ids(material: &KeyMaterial) -> impl Iterator<Item = Vec<u8>> + '_ {
    material.passkeys().iter().map(|passkey| passkey.id.clone())
}
