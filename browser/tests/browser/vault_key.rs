//! The vault's key, kept three ways: what opens it, what does not, and how it is replaced while other tabs work.

use std::cell::Cell;
use std::rc::Rc;

use browser::passphrase::RootKey;
use browser::vault::sealing::subtle;
use browser::vault::{NewKey, NewPasskey, Standing, Unlocker, UsableCredential, Vault};
use domain::api::vault::VaultHalf;
use domain::connection::{Connection, Credential};
use domain::id::{HalfId, TenantId};
use domain::provider::ClientAuthentication;
use domain::secret::Secret;
use domain::time::{Span, Timestamp};
use domain::vault::{Cost, Derivation, Protection, StoreError, VaultTrouble};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::private_key::p256_pem;
use crate::rig::{self, SECRET, TOKEN, connection, fresh_tenant, id, token};
use crate::vault::{filled, open};

/// What Argon2id would give for a passphrase, without going through the memory.
async fn root(byte: u8) -> RootKey {
    RootKey::of(&subtle().unwrap(), &[byte; 32]).await.unwrap()
}

pub async fn passphrase(byte: u8) -> NewKey {
    let derivation = Derivation::new(Cost::USUAL, [byte; 16]);
    NewKey::Passphrase { root: root(byte).await, derivation, took: Span::from_millis(500) }
}

fn half(byte: &str) -> VaultHalf {
    VaultHalf { id: HalfId::new("h1"), half: Secret::new(byte.repeat(64)) }
}

pub async fn protected(tenant: &TenantId, new: &NewKey) -> Rc<Vault> {
    let vault = filled(tenant).await;
    let done = vault.protect(new, |_, _| {}).await.unwrap();
    assert_eq!((done.records, done.lost), (3, 0));
    vault
}

/// A page that is loaded anew, when no other is open.
async fn loaded_anew(vault: Rc<Vault>, tenant: &TenantId) -> Rc<Vault> {
    drop(vault);
    open(tenant).await
}

async fn is_whole(vault: &Vault) {
    let contents = vault.contents().await.unwrap();
    assert_eq!(contents.held[0].connection, connection(true));
    assert_eq!(contents.set_aside, Vec::<String>::new());
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(1)));
    match vault.credential(&id()).await.unwrap() {
        Some(UsableCredential::ClientSecret(secret)) => assert_eq!(secret.expose(), SECRET),
        _ => panic!("the secret is gone"),
    }
}

#[wasm_bindgen_test]
async fn a_vault_kept_by_a_passphrase_is_locked_after_a_reload_and_opens_with_that_passphrase_only() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    assert_eq!(vault.protection(), Some(Protection::Passphrase));
    is_whole(&vault).await;
    let again = loaded_anew(vault, &tenant).await;
    assert!(again.is_locked());
    assert_eq!(again.contents().await.unwrap_err(), StoreError::Locked);
    let wrong = again.unlock(&Unlocker::Passphrase(root(2).await)).await;
    assert_eq!(wrong, Err(VaultTrouble::WrongPassphrase));
    assert!(again.is_locked());
    again.unlock(&Unlocker::Passphrase(root(1).await)).await.unwrap();
    is_whole(&again).await;
}

#[wasm_bindgen_test]
async fn with_another_key_every_record_is_another_text_and_no_secret_is_readable() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    let before = rig::indexed_db_dump(&tenant).await;
    vault.protect(&passphrase(1).await, |_, _| {}).await.unwrap();
    let after = rig::indexed_db_dump(&tenant).await;
    for name in ["connections/c1 ", "credentials/c1 ", "tokens/c1 "] {
        let line = |dump: &str| dump.lines().find(|line| line.starts_with(name)).map(ToOwned::to_owned).unwrap();
        assert_ne!(line(&before), line(&after), "{name} was not sealed anew");
    }
    for canary in [SECRET, TOKEN, "Canary"] {
        assert!(!after.contains(canary), "{canary} lies in the browser in clear");
    }
}

#[wasm_bindgen_test]
async fn a_page_opened_beside_an_unlocked_one_is_unlocked_as_well_and_a_locked_one_gives_nothing() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    is_whole(&*open(&tenant).await).await;
    vault.lock().await;
    assert!(open(&tenant).await.is_locked());
}

#[wasm_bindgen_test]
async fn a_tab_with_the_old_key_writes_nothing_hears_of_it_and_goes_on_with_the_new_one() {
    let tenant = fresh_tenant();
    let one = filled(&tenant).await;
    let two = open(&tenant).await;
    let heard = Rc::new(Cell::new(false));
    let hears = Rc::clone(&heard);
    two.on_key_moved(move || hears.set(true));
    one.protect(&passphrase(1).await, |_, _| {}).await.unwrap();
    let late = two.write_current(Some(&id())).await;
    assert!(matches!(late, Err(StoreError::KeyMoved { .. })), "{late:?}");
    assert!(heard.get());
    assert_eq!(two.key_standing().await, Ok(Standing::Replaced));
    two.look_for_key().await.unwrap();
    two.write_current(Some(&id())).await.unwrap();
    assert_eq!(one.current().await.unwrap(), Some(id()));
    is_whole(&two).await;
}

#[wasm_bindgen_test]
async fn a_tab_that_heard_nothing_finds_that_the_vault_was_locked() {
    let tenant = fresh_tenant();
    let one = protected(&tenant, &passphrase(1).await).await;
    let two = open(&tenant).await;
    assert_eq!(two.key_standing().await, Ok(Standing::Same));
    one.note_lock().await;
    one.lock().await;
    assert_eq!(two.key_standing().await, Ok(Standing::Locked));
    assert_eq!(one.token(&id()).await, Err(StoreError::Locked));
    two.lock().await;
    one.unlock(&Unlocker::Passphrase(root(1).await)).await.unwrap();
    assert_eq!(one.key_standing().await, Ok(Standing::Same));
    is_whole(&one).await;
}

#[wasm_bindgen_test]
async fn a_vault_joined_with_the_servers_half_opens_with_that_half_only() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &NewKey::Session(half("a"))).await;
    let again = loaded_anew(vault, &tenant).await;
    assert!(again.is_locked());
    assert_eq!(again.unlock(&Unlocker::Half(half("b"))).await, Err(VaultTrouble::Damaged));
    assert!(again.is_locked());
    again.unlock(&Unlocker::Half(half("a"))).await.unwrap();
    is_whole(&again).await;
}

#[wasm_bindgen_test]
async fn the_way_back_to_this_browsers_key_leaves_nothing_to_be_entered() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    vault.protect(&NewKey::Browser, |_, _| {}).await.unwrap();
    let again = loaded_anew(vault, &tenant).await;
    assert_eq!((again.protection(), again.is_locked()), (Some(Protection::Browser), false));
    is_whole(&again).await;
}

#[wasm_bindgen_test]
async fn a_new_passphrase_makes_the_old_one_useless() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    let old = Unlocker::Passphrase(root(1).await);
    assert_eq!(vault.is_opened_by(&old).await, Ok(()));
    vault.protect(&passphrase(2).await, |_, _| {}).await.unwrap();
    assert_eq!(vault.is_opened_by(&old).await, Err(VaultTrouble::WrongPassphrase));
    let again = loaded_anew(vault, &tenant).await;
    again.unlock(&Unlocker::Passphrase(root(2).await)).await.unwrap();
    is_whole(&again).await;
}

#[wasm_bindgen_test]
async fn of_two_tabs_that_replace_the_key_the_second_is_told_and_changes_nothing() {
    let tenant = fresh_tenant();
    let one = filled(&tenant).await;
    let two = open(&tenant).await;
    one.protect(&passphrase(1).await, |_, _| {}).await.unwrap();
    assert_eq!(two.protect(&NewKey::Browser, |_, _| {}).await, Err(VaultTrouble::Overtaken));
    let again = loaded_anew(one, &tenant).await;
    again.unlock(&Unlocker::Passphrase(root(1).await)).await.unwrap();
    is_whole(&again).await;
}

#[wasm_bindgen_test]
async fn a_passkey_opens_the_vault_until_it_is_removed() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    let key = b"passkey".to_vec();
    let new = || async {
        let (name, created_at) = ("Laptop".to_owned(), Timestamp::from_seconds(1));
        NewPasskey { id: key.clone(), name, salt: vec![7; 32], root: root(9).await, created_at }
    };
    let wrong = vault.add_passkey(&Unlocker::Passphrase(root(2).await), new().await).await;
    assert_eq!(wrong, Err(VaultTrouble::WrongPassphrase));
    vault.add_passkey(&Unlocker::Passphrase(root(1).await), new().await).await.unwrap();
    let again = loaded_anew(vault, &tenant).await;
    let other = again.unlock(&Unlocker::Passkey(key.clone(), root(8).await)).await;
    assert!(matches!(other, Err(VaultTrouble::Passkey(_))), "{other:?}");
    again.unlock(&Unlocker::Passkey(key.clone(), root(9).await)).await.unwrap();
    is_whole(&again).await;
    again.remove_passkey(&key).await.unwrap();
    let last = loaded_anew(again, &tenant).await;
    let removed = last.unlock(&Unlocker::Passkey(key, root(9).await)).await;
    assert!(matches!(removed, Err(VaultTrouble::Passkey(_))), "{removed:?}");
}

#[wasm_bindgen_test]
async fn a_private_key_entered_above_the_browsers_level_is_sealed_and_returns_to_the_key_store() {
    let tenant = fresh_tenant();
    let vault = protected(&tenant, &passphrase(1).await).await;
    let of_key = Connection { authentication: ClientAuthentication::PrivateKeyJwt, ..connection(true) };
    let pem = p256_pem().await;
    vault.write_connection(&of_key, Some(&Credential::PrivateKey(Secret::new(pem))), &[]).await.unwrap();
    assert_eq!(vault.loose_keys().await, Ok(0));
    let again = loaded_anew(vault, &tenant).await;
    assert!(again.credential(&id()).await.is_err(), "the key is usable while the vault is locked");
    again.unlock(&Unlocker::Passphrase(root(1).await)).await.unwrap();
    let is_there = |credential| matches!(credential, Some(UsableCredential::PrivateKey(_)));
    assert!(is_there(again.credential(&id()).await.unwrap()));
    again.protect(&NewKey::Browser, |_, _| {}).await.unwrap();
    assert_eq!(again.loose_keys().await, Ok(1));
    assert!(is_there(again.credential(&id()).await.unwrap()));
}

#[wasm_bindgen_test]
async fn nothing_is_written_after_a_sign_out_not_even_a_new_key() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    open(&tenant).await.advance_epoch().await.unwrap();
    let late = vault.protect(&passphrase(1).await, |_, _| {}).await;
    assert!(matches!(late, Err(VaultTrouble::Store(StoreError::SignedOut { .. }))), "{late:?}");
    assert!(!open(&tenant).await.is_locked());
}
