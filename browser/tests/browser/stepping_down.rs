//! Storage that fails: reopened where that helps, else the next rung, told once.

use std::cell::RefCell;
use std::rc::Rc;

use browser::vault::{IndexedDbStore, UsableCredential, Vault};
use domain::id::TenantId;
use domain::vault::{Expected, RecordKey, RecordStore, SealedRecord, StorageLevel, StoreName, database_name};
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{self, Broken, SECRET, TOKEN, connection, fresh_tenant, id, intent, secret, token};

type Steps = Rc<RefCell<Vec<StorageLevel>>>;

async fn open(tenant: &TenantId) -> (Rc<Vault>, Steps) {
    let steps = Steps::default();
    let told = Rc::clone(&steps);
    (Vault::open(tenant, move |level| told.borrow_mut().push(level), |_| {}).await.unwrap(), steps)
}

async fn fill(vault: &Vault) {
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
}

fn record() -> SealedRecord {
    SealedRecord { generation: 1, nonce: vec![1; 12], ciphertext: vec![1] }
}

fn key() -> RecordKey {
    RecordKey { store: StoreName::Tokens, id: "a".to_owned() }
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_reopened_and_the_write_replayed() {
    let store = IndexedDbStore::open(&fresh_tenant()).await.unwrap();
    let _broken = Broken::next_transactions(1);
    assert_eq!(store.put(&key(), Expected { generation: 0, epoch: 0 }, record()).await, Ok(()));
    let _broken = Broken::next_transactions(1);
    assert_eq!(store.get(&key()).await, Ok(Some(record())));
}

#[wasm_bindgen_test]
async fn a_database_another_page_deletes_is_let_go_and_made_anew() {
    let tenant = fresh_tenant();
    let store = IndexedDbStore::open(&tenant).await.unwrap();
    store.put(&key(), Expected { generation: 0, epoch: 0 }, record()).await.unwrap();
    let delete = Function::new_with_args(
        "name",
        "return new Promise((done, failed) => {
             const request = indexedDB.deleteDatabase(name);
             request.onsuccess = done;
             request.onerror = request.onblocked = failed;
         });",
    );
    let deleted: Promise = delete.call1(&JsValue::NULL, &database_name(&tenant).into()).unwrap().unchecked_into();
    JsFuture::from(deleted).await.expect("the store lets go of its database");
    assert_eq!(store.get(&key()).await, Ok(None));
    assert_eq!(store.put(&key(), Expected { generation: 0, epoch: 0 }, record()).await, Ok(()));
}

#[wasm_bindgen_test]
async fn where_indexed_db_is_blocked_records_lie_sealed_in_local_storage() {
    let _broken = Broken::indexed_db();
    let (vault, _) = open(&fresh_tenant()).await;
    assert_eq!(vault.level(), StorageLevel::LocalStorage);
    fill(&vault).await;
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(1)));
    let dump = rig::local_storage_dump();
    assert!(dump.contains("tokens/c1"), "nothing lies there:\n{dump}");
    for canary in [SECRET, TOKEN, "Canary"] {
        assert!(!dump.contains(canary), "{canary} lies in localStorage in clear");
    }
}

#[wasm_bindgen_test]
async fn tabs_without_indexed_db_share_the_key_of_the_session() {
    let (_broken, tenant) = (Broken::indexed_db(), fresh_tenant());
    let (one, _) = open(&tenant).await;
    fill(&one).await;
    let (two, _) = open(&tenant).await;
    assert_eq!(two.token(&id()).await.unwrap(), Some(token(1)));
    assert!(two.contents().await.unwrap().set_aside.is_empty());
}

#[wasm_bindgen_test]
async fn with_the_last_tab_without_indexed_db_its_records_are_gone() {
    let (_broken, tenant) = (Broken::indexed_db(), fresh_tenant());
    let (one, _) = open(&tenant).await;
    fill(&one).await;
    drop(one);
    let (two, _) = open(&tenant).await;
    let contents = two.contents().await.unwrap();
    assert!(contents.held.is_empty() && contents.set_aside.is_empty());
    fill(&two).await;
}

#[wasm_bindgen_test]
async fn where_nothing_can_be_kept_the_tab_still_works() {
    let (_broken, _full) = (Broken::indexed_db(), Broken::local_storage_quota());
    let (vault, _) = open(&fresh_tenant()).await;
    assert_eq!(vault.level(), StorageLevel::Memory);
    fill(&vault).await;
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(1)));
}

#[wasm_bindgen_test]
async fn a_full_indexed_db_is_not_used_from_the_start() {
    let _full = Broken::indexed_db_quota();
    assert_eq!(open(&fresh_tenant()).await.0.level(), StorageLevel::LocalStorage);
}

#[wasm_bindgen_test]
async fn when_indexed_db_fails_later_everything_seen_moves_along_and_it_is_told_once() {
    let (vault, steps) = open(&fresh_tenant()).await;
    fill(&vault).await;
    let _broken = Broken::indexed_db_in_use();
    assert_eq!(vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await, Ok(()));
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(2)));
    assert_eq!(vault.connection(&id()).await.unwrap(), Some(connection(true)));
    assert!(matches!(vault.credential(&id()).await, Ok(Some(UsableCredential::ClientSecret(_)))));
    assert_eq!(*steps.borrow(), [StorageLevel::LocalStorage]);
}

#[wasm_bindgen_test]
async fn a_write_that_finds_no_room_goes_to_the_next_rung_under_the_epoch_that_stands() {
    let (vault, steps) = open(&fresh_tenant()).await;
    vault.advance_epoch().await.unwrap();
    vault.write_intent(&id(), &intent(1), &[]).await.unwrap();
    let _full = (Broken::indexed_db_quota(), Broken::local_storage_quota());
    assert_eq!(vault.commit(&id(), &token(1), 1, &intent(1).id, &[]).await, Ok(()));
    assert_eq!(*steps.borrow(), [StorageLevel::Memory]);
    assert_eq!(vault.epoch().await, Ok(1));
    assert_eq!(vault.intent(&id()).await.unwrap(), None);
}
