//! Contract 1's scenarios where storage is real: Batch Operations, Memory Cache, Circuit Breaker, Retry Logic.

use std::cell::RefCell;
use std::rc::Rc;

use browser::vault::{Fence, IndexedDbStore, UsableCredential, Vault};
use domain::id::TenantId;
use domain::keeper::News;
use domain::vault::{Expected, RecordKey, RecordStore, StorageLevel, StoreError, StoreName};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Broken, SECRET, Strange, TOKEN, connection, fresh_tenant, id, intent, secret, token};

type Steps = Rc<RefCell<Vec<StorageLevel>>>;

async fn stepping(tenant: &TenantId) -> (Rc<Vault>, Steps) {
    let steps = Steps::default();
    let told = Rc::clone(&steps);
    (Vault::open(tenant, move |level| told.borrow_mut().push(level), |_| {}).await.unwrap(), steps)
}

async fn open(tenant: &TenantId) -> Rc<Vault> {
    stepping(tenant).await.0
}

/// A vault with a connection, its secret and its first token.
async fn filled(tenant: &TenantId) -> (Rc<Vault>, Steps) {
    let (vault, steps) = stepping(tenant).await;
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await.unwrap();
    (vault, steps)
}

async fn generation_there(tenant: &TenantId, store: StoreName, id: &str) -> Option<u64> {
    let raw = IndexedDbStore::open(tenant).await.unwrap();
    raw.get(&RecordKey { store, id: id.to_owned() }).await.unwrap().map(|record| record.generation)
}

#[wasm_bindgen_test]
async fn batch_operations_many_saves_become_one_transaction_and_are_answered_when_durable() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let strange = Strange::counting_transactions(&tenant);
    let saves = (0..6).map(|index| vault.write_setting(["theme", "last used"][index % 2], &index));
    let ended = futures::future::join_all(saves).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    assert_eq!(strange.count(), 1, "that many write transactions were made");
    let metrics = vault.metrics();
    assert_eq!((metrics.writes_asked, metrics.transactions, metrics.batch_operations), (6, 1, 1));
    let again = open(&tenant).await;
    assert_eq!(again.setting("theme").await, Ok(Some(4)));
    assert_eq!(again.setting("last used").await, Ok(Some(5)));
}

#[wasm_bindgen_test]
async fn batch_operations_a_setting_that_waits_is_read_as_it_will_be() {
    let vault = open(&fresh_tenant()).await;
    let save = vault.write_setting("theme", &"dark");
    assert_eq!(vault.setting("theme").await, Ok(Some("dark".to_owned())));
    assert_eq!(save.await, Ok(()));
    assert_eq!(vault.setting("theme").await, Ok(Some("dark".to_owned())));
}

#[wasm_bindgen_test]
async fn batch_operations_a_page_that_is_left_writes_at_once_while_timers_stand_still() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let _still = Strange::timers();
    let save = vault.write_setting("theme", &"dark");
    vault.hurry();
    assert_eq!(save.await, Ok(()));
    assert_eq!(generation_there(&tenant, StoreName::Settings, "theme").await, Some(1));
}

#[wasm_bindgen_test]
async fn batch_operations_nothing_is_written_after_a_sign_out_and_who_asked_is_told() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    let save = vault.write_setting("theme", &"dark");
    open(&tenant).await.advance_epoch().await.unwrap();
    assert_eq!(save.await, Err(StoreError::SignedOut { current: 1 }));
    let save = vault.write_setting("theme", &"dark");
    vault.forget();
    assert!(matches!(save.await, Err(StoreError::SignedOut { .. })));
    assert_eq!(generation_there(&tenant, StoreName::Settings, "theme").await, None);
}

#[wasm_bindgen_test]
async fn batch_operations_tokens_and_credentials_never_wait() {
    let tenant = fresh_tenant();
    let _still = Strange::timers();
    let (vault, _) = filled(&tenant).await;
    assert_eq!(generation_there(&tenant, StoreName::Tokens, "c1").await, Some(1));
    assert_eq!(generation_there(&tenant, StoreName::Credentials, "c1").await, Some(1));
    assert_eq!(vault.metrics().batch_operations, 0);
}

#[wasm_bindgen_test]
async fn memory_cache_frequent_reads_are_hits_and_no_transaction() {
    let (vault, _) = filled(&fresh_tenant()).await;
    for _ in 0..10 {
        assert_eq!(vault.token(&id()).await.unwrap(), Some(token(1)));
        assert!(vault.credential(&id()).await.unwrap().is_some());
    }
    let metrics = vault.metrics();
    assert_eq!(metrics.cache_misses, 0, "what was just written is known");
    assert_eq!(metrics.hit_rate(), Some(1.0));
}

#[wasm_bindgen_test]
async fn memory_cache_a_value_is_read_anew_after_five_minutes() {
    let (vault, _) = filled(&fresh_tenant()).await;
    let _later = Strange::clock_ahead_by(300_000.0);
    vault.token(&id()).await.unwrap();
    assert_eq!(vault.metrics().cache_misses, 1);
}

#[wasm_bindgen_test]
async fn memory_cache_another_tabs_change_drops_the_value_at_once() {
    let tenant = fresh_tenant();
    let (vault, _) = filled(&tenant).await;
    let other = open(&tenant).await;
    other.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    vault.hear(&News::Token { connection: id(), generation: 2 });
    assert_eq!(vault.token(&id()).await.unwrap().unwrap().facts.generation, 2);
    other.write_connection(&connection(false), Some(&secret()), &[]).await.unwrap();
    vault.hear(&News::Connection { connection: id() });
    assert!(vault.credential(&id()).await.unwrap().is_none(), "the credential taken away elsewhere is still given out");
}

#[wasm_bindgen_test]
async fn memory_cache_what_a_lock_guards_is_read_from_the_place_itself() {
    let tenant = fresh_tenant();
    let (vault, _) = filled(&tenant).await;
    assert_eq!(vault.token(&id()).await.unwrap().unwrap().facts.generation, 1);
    open(&tenant).await.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    // No news came, as happens before a lock is granted.
    let held = vault.held(&id()).await.unwrap().unwrap();
    assert_eq!(held.token.map(|token| token.generation), Some(2));
    assert_eq!(vault.token(&id()).await.unwrap().unwrap().facts.generation, 2, "the cache was not brought up to date");
}

#[wasm_bindgen_test]
async fn memory_cache_where_no_news_can_be_heard_nothing_is_cached() {
    let tenant = fresh_tenant();
    let (vault, _) = filled(&tenant).await;
    vault.cache_nothing();
    vault.token(&id()).await.unwrap();
    open(&tenant).await.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(2)), "nobody could have said so");
    assert_eq!(vault.metrics().cache_hits, 0);
}

#[wasm_bindgen_test]
async fn memory_cache_a_sign_out_forgets_what_was_read() {
    let (vault, _) = filled(&fresh_tenant()).await;
    vault.hear(&News::SignedOut { epoch: 1 });
    vault.token(&id()).await.unwrap();
    assert_eq!(vault.metrics().cache_hits, 0);
}

#[wasm_bindgen_test]
async fn circuit_breaker_a_database_that_fails_is_left_alone_and_used_again_with_all_that_changed() {
    let tenant = fresh_tenant();
    let (vault, steps) = filled(&tenant).await;
    let broken = (Broken::indexed_db_in_use(), Broken::local_storage_quota());
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    vault.write_setting("theme", &"dark").await.unwrap();
    assert_eq!(vault.level(), StorageLevel::Memory);
    assert_eq!(vault.metrics().circuit_breaker_trips, 1);
    drop(broken);
    assert!(vault.come_back().await.is_none(), "it was not left alone");
    let _later = Strange::clock_ahead_by(31_000.0);
    let written = vault.come_back().await.expect("the database works again");
    assert_eq!(written.len(), 2, "{written:?}");
    assert_eq!(*steps.borrow(), [StorageLevel::Memory, StorageLevel::IndexedDb], "told once for each change");
    let again = open(&tenant).await;
    assert_eq!(again.token(&id()).await.unwrap(), Some(token(2)));
    assert_eq!(again.setting("theme").await, Ok(Some("dark".to_owned())));
    vault.commit(&id(), &token(3), 0, &intent(0).id, &[]).await.unwrap();
    assert_eq!(again.newest_token(&id()).await.unwrap(), Some(token(3)));
    let _broken = Broken::indexed_db_in_use();
    assert!(vault.held(&id()).await.unwrap().is_some(), "a second step down lost what was there");
}

#[wasm_bindgen_test]
async fn circuit_breaker_a_probe_that_fails_waits_half_a_minute_more() {
    let (vault, steps) = filled(&fresh_tenant()).await;
    let broken = Broken::indexed_db_in_use();
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    let later = Strange::clock_ahead_by(31_000.0);
    assert!(vault.come_back().await.is_none());
    drop(broken);
    assert!(vault.come_back().await.is_none(), "a second probe went");
    drop(later);
    let _later = Strange::clock_ahead_by(62_000.0);
    assert!(vault.come_back().await.is_some());
    assert_eq!(*steps.borrow(), [StorageLevel::LocalStorage, StorageLevel::IndexedDb]);
    assert_eq!(vault.metrics().circuit_breaker_trips, 2);
}

#[wasm_bindgen_test]
async fn circuit_breaker_what_another_tab_wrote_meanwhile_is_not_overwritten_by_an_older_token() {
    let tenant = fresh_tenant();
    let (vault, _) = filled(&tenant).await;
    let other = open(&tenant).await;
    let broken = Broken::indexed_db_in_use();
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    drop(broken);
    for generation in 2..=3 {
        other.commit(&id(), &token(generation), 0, &intent(0).id, &[]).await.unwrap();
    }
    let _later = Strange::clock_ahead_by(31_000.0);
    vault.come_back().await.expect("the database works again");
    assert_eq!(vault.token(&id()).await.unwrap(), Some(token(3)));
}

#[wasm_bindgen_test]
async fn circuit_breaker_after_a_sign_out_elsewhere_nothing_is_written_back() {
    let tenant = fresh_tenant();
    let (vault, _) = filled(&tenant).await;
    let other = open(&tenant).await;
    let broken = Broken::indexed_db_in_use();
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    drop(broken);
    other.advance_epoch().await.unwrap();
    let _later = Strange::clock_ahead_by(31_000.0);
    assert!(vault.come_back().await.is_none());
    assert_eq!(generation_there(&tenant, StoreName::Tokens, "c1").await, Some(1));
}

#[wasm_bindgen_test]
async fn circuit_breaker_a_vault_that_began_without_the_database_moves_into_it_sealed_by_its_key() {
    let tenant = fresh_tenant();
    let broken = (Broken::indexed_db(), Broken::local_storage_quota());
    let (vault, _) = filled(&tenant).await;
    assert_eq!(vault.level(), StorageLevel::Memory);
    drop(broken);
    let _later = Strange::clock_ahead_by(31_000.0);
    assert_eq!(vault.come_back().await.map(|written| written.len()), Some(3));
    let again = open(&tenant).await;
    assert_eq!(again.token(&id()).await.unwrap(), Some(token(1)));
    let credential = again.credential(&id()).await.unwrap();
    assert!(matches!(credential, Some(UsableCredential::ClientSecret(secret)) if secret.expose() == SECRET));
    let dump = crate::rig::indexed_db_dump(&tenant).await;
    assert!(!dump.contains(SECRET) && !dump.contains(TOKEN));
}

#[wasm_bindgen_test]
async fn retry_logic_a_database_that_stumbles_is_tried_again_and_nothing_steps_down() {
    let (vault, steps) = filled(&fresh_tenant()).await;
    let _broken = Broken::next_transactions(3);
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    let metrics = vault.metrics();
    assert_eq!((metrics.retry_attempts, metrics.retry_successes), (1, 1), "{metrics:?}");
    assert!(steps.borrow().is_empty() && metrics.circuit_breaker_trips == 0);
}

#[wasm_bindgen_test]
async fn retry_logic_tries_are_bounded_and_what_can_not_pass_is_not_tried_again() {
    let tenant = fresh_tenant();
    let (vault, steps) = filled(&tenant).await;
    let before = vault.metrics().retry_attempts;
    assert_eq!(vault.commit(&id(), &token(7), 0, &intent(0).id, &[]).await, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(vault.metrics().retry_attempts, before);
    let _broken = Broken::indexed_db_in_use();
    vault.commit(&id(), &token(2), 0, &intent(0).id, &[]).await.unwrap();
    assert_eq!(vault.metrics().retry_attempts, before + 2, "three tries in all");
    assert_eq!(*steps.borrow(), [StorageLevel::LocalStorage]);
}

#[wasm_bindgen_test]
async fn retry_logic_a_write_whose_answer_was_lost_is_not_taken_for_another_writers() {
    let tenant = fresh_tenant();
    let store = IndexedDbStore::open(&tenant).await.unwrap();
    let (key, expected) =
        (RecordKey { store: StoreName::Tokens, id: "a".to_owned() }, Expected { generation: 0, epoch: 0 });
    let record = domain::vault::SealedRecord { generation: 1, nonce: vec![1; 12], ciphertext: vec![1] };
    store.put(&key, expected, record.clone()).await.unwrap();
    let writes = [domain::vault::Write::Put { key, replaces: 0, record }];
    assert_eq!(store.apply_with_keys(Fence { epoch: 0, key: 0 }, &writes, &[], true).await, Ok(()));
    assert_eq!(
        store.apply_with_keys(Fence { epoch: 0, key: 0 }, &writes, &[], false).await,
        Err(StoreError::Superseded { current: 1 })
    );
}
