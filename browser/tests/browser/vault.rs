//! What the vault promises: sealed, fenced, and never stopped by one bad record.

use std::rc::Rc;

use browser::vault::{IndexedDbStore, UsableCredential, Vault};
use domain::connection::Connection;
use domain::id::{IntentId, TenantId};
use domain::keeper::Intent;
use domain::time::Timestamp;
use domain::vault::{Expected, RecordKey, RecordStore, SealedRecord, StorageLevel, StoreError, StoreName};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{self, SECRET, TOKEN, connection, fresh_tenant, id, intent, secret, token};

pub async fn open(tenant: &TenantId) -> Rc<Vault> {
    Vault::open(tenant, |_| panic!("IndexedDB failed"), |_| {}).await.unwrap()
}

/// A vault with a connection, its secret and its first token.
pub async fn filled(tenant: &TenantId) -> Rc<Vault> {
    let vault = open(tenant).await;
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
    vault
}

fn secret_of(credential: Option<UsableCredential>) -> Option<String> {
    match credential {
        Some(UsableCredential::ClientSecret(secret)) => Some(secret.expose().to_owned()),
        _ => None,
    }
}

#[wasm_bindgen_test]
async fn what_was_written_is_there_when_the_page_is_loaded_again() {
    let tenant = fresh_tenant();
    filled(&tenant).await.write_current(Some(&id())).await.unwrap();
    let again = open(&tenant).await;
    let contents = again.contents().await.unwrap();
    assert_eq!(contents.current, Some(id()));
    assert_eq!(contents.held.len(), 1);
    assert_eq!(contents.held[0].connection, connection(true));
    assert_eq!(contents.held[0].token, Some(token(1).facts));
    assert!(contents.held[0].has_credential && contents.set_aside.is_empty());
    assert_eq!(secret_of(again.credential(&id()).await.unwrap()).as_deref(), Some(SECRET));
    assert_eq!(again.token(&id()).await.unwrap(), Some(token(1)));
    assert_eq!(again.level(), StorageLevel::IndexedDb);
}

#[wasm_bindgen_test]
async fn neither_secret_nor_token_lies_in_the_browser_in_clear() {
    let tenant = fresh_tenant();
    filled(&tenant).await.write_intent(&id(), &intent(0), &[]).await.unwrap();
    let dump = rig::indexed_db_dump(&tenant).await + &rig::local_storage_dump();
    assert!(dump.contains("tokens/c1") && dump.contains("credentials/c1"), "the dump shows nothing:\n{dump}");
    for canary in [SECRET, TOKEN, "canary", "Canary"] {
        assert!(!dump.contains(canary), "{canary} lies in the browser in clear");
    }
}

#[wasm_bindgen_test]
async fn two_tabs_read_what_the_other_wrote() {
    let tenant = fresh_tenant();
    let (one, two) = futures::join!(open(&tenant), open(&tenant));
    one.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    assert_eq!(secret_of(two.credential(&id()).await.unwrap()).as_deref(), Some(SECRET));
    two.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
    assert_eq!(one.token(&id()).await.unwrap(), Some(token(1)));
}

#[wasm_bindgen_test]
async fn a_damaged_record_is_set_aside_and_the_others_work() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    let key = RecordKey { store: StoreName::Tokens, id: id().to_string() };
    let damaged = SealedRecord { generation: 2, nonce: vec![1; 12], ciphertext: vec![2; 40] };
    raw.put(&key, Expected { generation: 1, epoch: 0 }, damaged).await.unwrap();
    let contents = open(&tenant).await.contents().await.unwrap();
    assert_eq!(contents.set_aside, ["tokens/c1"]);
    assert_eq!(contents.held[0].token, None);
    assert!(contents.held[0].has_credential);
    assert_eq!(open(&tenant).await.contents().await.unwrap().set_aside, Vec::<String>::new());
    assert!(rig::indexed_db_dump(&tenant).await.contains("set_aside/tokens/c1"));
    assert_eq!(vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_credential_that_is_not_to_be_kept_is_gone_with_the_tab() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    vault.write_connection(&connection(false), Some(&secret()), &[]).await.unwrap();
    assert_eq!(secret_of(vault.credential(&id()).await.unwrap()).as_deref(), Some(SECRET));
    assert!(open(&tenant).await.credential(&id()).await.unwrap().is_none());
    assert!(!rig::indexed_db_dump(&tenant).await.contains("credentials/"));
}

#[wasm_bindgen_test]
async fn no_longer_keeping_a_credential_takes_it_out_of_the_vault_and_leaves_it_to_this_tab() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    vault.write_connection(&connection(false), None, &[]).await.unwrap();
    assert_eq!(secret_of(vault.credential(&id()).await.unwrap()).as_deref(), Some(SECRET));
    assert!(open(&tenant).await.credential(&id()).await.unwrap().is_none());
    vault.write_connection(&connection(true), None, &[]).await.unwrap();
    assert!(open(&tenant).await.credential(&id()).await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn a_token_and_the_end_of_its_intent_are_one_write() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    assert_eq!(vault.commit(&id(), &token(3), 0, &intent(0).id, &[]).await, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(vault.intent(&id()).await.unwrap(), Some(intent(0)), "a lost commit ended the intent");
    assert_eq!(vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await, Ok(()));
    assert_eq!(vault.intent(&id()).await.unwrap(), None);
    assert_eq!(vault.token(&id()).await.unwrap().unwrap().facts.generation, 2);
}

#[wasm_bindgen_test]
async fn a_commit_leaves_the_intent_another_tab_began_since() {
    let tenant = fresh_tenant();
    let (vault, other) = (filled(&tenant).await, open(&tenant).await);
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    let theirs = Intent { id: IntentId::new("theirs"), ..intent(0) };
    other.write_intent(&id(), &theirs, &[]).await.unwrap();
    assert_eq!(vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await, Ok(()));
    assert_eq!(vault.intent(&id()).await.unwrap(), Some(theirs));
}

#[wasm_bindgen_test]
async fn what_another_tab_wrote_unheard_is_written_over_by_who_comes_last() {
    let tenant = fresh_tenant();
    let (vault, other) = (filled(&tenant).await, open(&tenant).await);
    let named = |name: &str| Connection { name: name.to_owned(), ..connection(true) };
    for round in 0..3 {
        other.write_connection(&named(&format!("theirs {round}")), None, &[]).await.unwrap();
    }
    vault.write_connection(&named("ours"), None, &[]).await.unwrap();
    assert_eq!(other.held(&id()).await.unwrap().unwrap().connection.name, "ours");
}

#[wasm_bindgen_test]
async fn an_intent_is_ended_only_by_its_own_id() {
    let vault = filled(&fresh_tenant()).await;
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    vault.end_intent(&id(), &IntentId::new("another")).await.unwrap();
    assert!(vault.intent(&id()).await.unwrap().is_some());
    vault.end_intent(&id(), &intent(0).id).await.unwrap();
    assert!(vault.intent(&id()).await.unwrap().is_none());
}

#[wasm_bindgen_test]
async fn after_a_sign_out_in_another_tab_nothing_is_written_any_more() {
    let tenant = fresh_tenant();
    let (vault, other) = (filled(&tenant).await, open(&tenant).await);
    assert_eq!(other.advance_epoch().await, Ok(1));
    let signed_out = Err(StoreError::SignedOut { current: 1 });
    assert_eq!(vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await, signed_out);
    assert_eq!(vault.write_intent(&id(), &intent(0), &[]).await, signed_out);
    assert_eq!(vault.write_connection(&connection(true), None, &[]).await, signed_out);
    assert_eq!(vault.epoch().await, Ok(1));
}

#[wasm_bindgen_test]
async fn a_removed_connection_goes_with_all_it_had_and_a_restored_one_stays() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    vault.erase(&id()).await.unwrap();
    assert!(vault.held(&id()).await.unwrap().is_some(), "it was not marked as removed");
    let mut removed = connection(true);
    removed.removed_at = Some(Timestamp::from_seconds(5));
    vault.write_connection(&removed, None, &[]).await.unwrap();
    vault.erase(&id()).await.unwrap();
    assert!(vault.held(&id()).await.unwrap().is_none());
    let dump = rig::indexed_db_dump(&tenant).await;
    assert!(!dump.contains("c1"), "something is left:\n{dump}");
}

#[wasm_bindgen_test]
async fn a_token_without_its_connection_is_removed_when_the_vault_is_opened() {
    let tenant = fresh_tenant();
    open(&tenant).await.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
    assert!(open(&tenant).await.contents().await.unwrap().held.is_empty());
    assert!(!rig::indexed_db_dump(&tenant).await.contains("tokens/"));
}
