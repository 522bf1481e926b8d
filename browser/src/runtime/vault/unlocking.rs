//! Bringing the vault's key back: with the server's half, a passphrase or a passkey.

use std::rc::Rc;

use domain::api::vault::GetVaultHalf;
use domain::api::{self, Code, Endpoint, Problem};
use domain::audit::Action;
use domain::keeper::News;
use domain::secret::Secret;
use domain::vault::{Guesses, KeyMaterial, Opener, VaultTrouble, Work};
use serde::de::DeserializeOwned;

use super::Inner;
use crate::http::exchange;
use crate::passphrase::{DeriveError, Deriver, RootKey};
use crate::runtime::effects::Job;
use crate::vault::sealing::subtle;
use crate::vault::{Unlocker, Vault};
use crate::{clock, passkeys};

impl Inner {
    /// Takes the key where the server's half is all that is missing.
    pub(super) async fn unlocked_without_person(&self, vault: &Rc<Vault>) -> Result<(), Problem> {
        let Some(KeyMaterial::Session { half, .. }) = vault.key_material().filter(|_| vault.is_locked()) else {
            return Ok(());
        };
        let half = asked(GetVaultHalf { id: half }, &()).await?;
        // A half that does not fit is found out when a person tries, and said then.
        let _ = vault.unlock(&Unlocker::Half(half)).await;
        Ok(())
    }

    pub(super) async fn unlock(self: &Rc<Self>, by: Opener) -> Result<(), VaultTrouble> {
        let vault = self.vault()?;
        if !vault.is_locked() {
            return Ok(());
        }
        let outcome = async { vault.unlock(&self.unlocker(&vault, by).await?).await }.await;
        self.show_work(None);
        match &outcome {
            Ok(()) => {
                self.guard.guesses.set(Guesses::default());
                self.touched();
                self.queue(Job::Unlocked);
                self.report_vault(Action::VaultUnlocked, None);
                // Tabs that are locked get the key from this one.
                self.tell(&News::VaultKey { generation: vault.key_generation() });
            }
            Err(VaultTrouble::Overtaken) => self.look_at_key(),
            Err(trouble) => {
                if matches!(trouble, VaultTrouble::WrongPassphrase) {
                    self.report_vault(Action::VaultUnlocked, Some("wrong_passphrase"));
                }
                self.note_guess(trouble);
            }
        }
        outcome
    }

    /// Counts a wrong passphrase.
    pub(super) fn note_guess(&self, trouble: &VaultTrouble) {
        if !matches!(trouble, VaultTrouble::WrongPassphrase) {
            return;
        }
        let (mut guesses, now) = (self.guard.guesses.get(), clock::now());
        guesses.failed(now);
        self.guard.guesses.set(guesses);
        self.show_vault(|view| view.wait_until = guesses.wait_until(now));
    }

    /// What opens the vault, from what a person has.
    pub(super) async fn unlocker(&self, vault: &Vault, by: Opener) -> Result<Unlocker, VaultTrouble> {
        match (by, vault.key_material().ok_or(VaultTrouble::Damaged)?) {
            (Opener::Session, KeyMaterial::Session { half, .. }) => {
                self.show_work(Some(Work::AskingServer));
                Ok(Unlocker::Half(asked(GetVaultHalf { id: half }, &()).await.map_err(refused)?))
            }
            (Opener::Passphrase(passphrase), KeyMaterial::Passphrase { derivation, took, .. }) => {
                let now = clock::now();
                if let Some(until) = self.guard.guesses.get().wait_until(now) {
                    return Err(VaultTrouble::TooSoon { until });
                }
                self.show_work(Some(Work::Deriving { since: now, usual: Some(took) }));
                let subtle = subtle().ok_or(domain::vault::StoreError::InsecureContext)?;
                let root = Deriver::in_worker().root_key(&subtle, &derivation, &passphrase).await;
                Ok(Unlocker::Passphrase(root.map_err(|error| not_derived(&error))?))
            }
            (Opener::Passkey, KeyMaterial::Passphrase { passkeys: known, .. }) => {
                self.show_work(Some(Work::WaitingForPasskey));
                let (id, root) = passkeys::evaluated(&known).await.map_err(VaultTrouble::Passkey)?;
                Ok(Unlocker::Passkey(id, root))
            }
            _ => Err(VaultTrouble::Damaged),
        }
    }

    /// The key of a new passphrase, with how it was derived and how long that took.
    pub(super) async fn new_root(
        &self,
        passphrase: &Secret,
    ) -> Result<(RootKey, domain::vault::Derivation, domain::time::Span), VaultTrouble> {
        let begun = clock::now();
        self.show_work(Some(Work::Deriving { since: begun, usual: None }));
        let subtle = subtle().ok_or(domain::vault::StoreError::InsecureContext)?;
        let derived = Deriver::in_worker().new_root_key(&subtle, passphrase).await;
        let (root, derivation) = derived.map_err(|error| not_derived(&error))?;
        Ok((root, derivation, clock::now().since(begun)))
    }
}

fn not_derived(error: &DeriveError) -> VaultTrouble {
    VaultTrouble::NotDerived(error.to_string())
}

pub(super) fn refused(problem: Problem) -> VaultTrouble {
    VaultTrouble::Server(Box::new(problem))
}

/// Asks our server.
pub(super) async fn asked<E: Endpoint<Answer = A>, A: DeserializeOwned>(
    endpoint: E,
    body: &E::Body,
) -> Result<A, Problem> {
    let answer = exchange(&api::request(&endpoint, body)?).await.answer?;
    serde_json::from_value(answer).map_err(|_| Problem::new(Code::UnreadableAnswer))
}
