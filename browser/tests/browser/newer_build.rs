//! An older build beside a newer one: what it can't read it leaves where it is.

use std::rc::Rc;

use browser::vault::sealing::{Sealer, subtle};
use browser::vault::{IndexedDbStore, Vault};
use domain::api::{Code, Problem};
use domain::id::TenantId;
use domain::keeper::{Failure, Intent, Remedy};
use domain::settings::WorkerTokenSettings;
use domain::time::Timestamp;
use domain::vault::{Expected, RecordKey, RecordStore, SealedRecord, StoreError, StoreName};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{connection, fresh_tenant, id, intent, token};
use crate::vault::{filled, open};

/// A vault with a connection, its secret, its first token and a renewal begun.
async fn renewing(tenant: &TenantId) -> Rc<Vault> {
    let vault = filled(tenant).await;
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    vault
}

fn key(store: StoreName) -> RecordKey {
    RecordKey { store, id: id().to_string() }
}

/// What a newer build would write over the record: the value with one field that this build has no word for.
async fn written_by_a_newer(tenant: &TenantId, store: StoreName, value: &impl Serialize, path: &str, unknown: Value) {
    sealed_over(tenant, &key(store), value, path, unknown).await;
}

async fn sealed_over(tenant: &TenantId, key: &RecordKey, value: &impl Serialize, path: &str, unknown: Value) {
    let raw = IndexedDbStore::open(tenant).await.unwrap();
    let sealing = raw.key("sealing").await.unwrap().unwrap().unchecked_into();
    let sealer = Sealer::new(subtle().unwrap(), sealing, tenant.clone());
    let mut value = serde_json::to_value(value).unwrap();
    *value.pointer_mut(path).expect("the record has that field") = unknown;
    let generation = raw.get(key).await.unwrap().unwrap().generation;
    let record = sealer.seal(key, generation + 1, value.to_string().as_bytes()).await.unwrap();
    raw.put(key, Expected { generation, epoch: 0 }, record).await.unwrap();
}

/// All four records of the connection, as they lie there.
async fn records(tenant: &TenantId) -> [Option<SealedRecord>; 4] {
    let raw = IndexedDbStore::open(tenant).await.unwrap();
    let of = async |store| raw.get(&key(store)).await.unwrap();
    [
        of(StoreName::Connections).await,
        of(StoreName::Tokens).await,
        of(StoreName::Intents).await,
        of(StoreName::Credentials).await,
    ]
}

#[wasm_bindgen_test]
async fn a_connection_with_an_unknown_method_keeps_all_it_has() {
    let tenant = fresh_tenant();
    let earlier = renewing(&tenant).await;
    let method = Value::from("a_method_of_tomorrow");
    written_by_a_newer(&tenant, StoreName::Connections, &connection(true), "/authentication", method).await;
    let before = records(&tenant).await;
    assert!(before.iter().all(Option::is_some), "nothing to look at: {before:?}");
    let contents = open(&tenant).await.contents().await.unwrap();
    assert!(contents.held.is_empty() && contents.set_aside.is_empty(), "{contents:?}");
    assert!(earlier.look().await.unwrap().1.is_empty());
    assert_eq!(records(&tenant).await, before);
}

#[wasm_bindgen_test]
async fn an_intent_with_an_unknown_code_keeps_the_id_its_renewal_began_under() {
    let tenant = fresh_tenant();
    let earlier = renewing(&tenant).await;
    let failure =
        Failure { problem: Problem::new(Code::Internal), at: Timestamp::from_seconds(9), remedy: Remedy::Person };
    let failed = Intent { failure: Some(failure), ..intent(0) };
    let code = Value::from("a_code_of_tomorrow");
    written_by_a_newer(&tenant, StoreName::Intents, &failed, "/failure/problem/code", code).await;
    let before = records(&tenant).await;
    let vault = open(&tenant).await;
    let contents = vault.contents().await.unwrap();
    assert_eq!(contents.held[0].token, Some(token(1).facts), "the token is as good as before");
    assert!(contents.held[0].has_credential && contents.set_aside.is_empty(), "{contents:?}");
    // Under the lock nobody goes on as if no renewal had begun, and nothing is written over it.
    assert_eq!(vault.held_in_epoch(&id()).await, Err(StoreError::Newer));
    assert_eq!(earlier.held_in_epoch(&id()).await, Err(StoreError::Newer));
    assert_eq!(vault.write_intent(&id(), &intent(0), &[]).await, Err(StoreError::Newer));
    assert_eq!(records(&tenant).await, before);
}

#[wasm_bindgen_test]
async fn what_a_newer_build_wrote_is_told_once() {
    let tenant = fresh_tenant();
    renewing(&tenant).await;
    let method = Value::from("a_method_of_tomorrow");
    written_by_a_newer(&tenant, StoreName::Connections, &connection(true), "/authentication", method).await;
    let vault = open(&tenant).await;
    vault.contents().await.unwrap();
    vault.look().await.unwrap();
    assert_eq!((vault.newer_untold(), vault.newer_untold()), (1, 0));
}

#[wasm_bindgen_test]
async fn a_damaged_connection_costs_neither_its_credential_nor_its_token() {
    let tenant = fresh_tenant();
    renewing(&tenant).await;
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    let damaged = SealedRecord { generation: 2, nonce: vec![1; 12], ciphertext: vec![2; 40] };
    raw.put(&key(StoreName::Connections), Expected { generation: 1, epoch: 0 }, damaged).await.unwrap();
    let [_, kept @ ..] = records(&tenant).await;
    let contents = open(&tenant).await.contents().await.unwrap();
    assert_eq!(contents.set_aside, ["connections/c1"]);
    assert_eq!(open(&tenant).await.contents().await.unwrap().held, []);
    assert_eq!(records(&tenant).await[1..], kept, "what it had went with it");
}

#[wasm_bindgen_test]
async fn what_a_newer_build_wrote_does_not_count_as_removed_for_other_devices() {
    let tenant = fresh_tenant();
    let vault = renewing(&tenant).await;
    assert_eq!(vault.synced_contents().await.unwrap().len(), 1);
    let method = Value::from("a_method_of_tomorrow");
    written_by_a_newer(&tenant, StoreName::Connections, &connection(true), "/authentication", method).await;
    assert_eq!(vault.synced_contents().await, Err(StoreError::Newer));
}

#[wasm_bindgen_test]
async fn settings_of_a_newer_build_count_as_none_and_stay() {
    let tenant = fresh_tenant();
    let vault = renewing(&tenant).await;
    vault.write_settings(&WorkerTokenSettings::default()).await.unwrap();
    let settings = RecordKey { store: StoreName::Settings, id: "worker_tokens".to_owned() };
    let unknown = Value::from("as the newer one likes");
    sealed_over(&tenant, &settings, &WorkerTokenSettings::default(), "/auto_renewal", unknown).await;
    let contents = open(&tenant).await.contents().await.unwrap();
    assert_eq!((contents.settings, contents.held.len()), (None, 1));
    assert_eq!(vault.synced_contents().await, Err(StoreError::Newer));
}
