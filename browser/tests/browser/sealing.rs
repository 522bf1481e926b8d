//! What is sealed opens as what it was, and as nothing else.

use browser::vault::IndexedDbStore;
use browser::vault::sealing::{Sealer, new_key, subtle};
use domain::id::TenantId;
use domain::vault::{RecordKey, SealedRecord, StoreName};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::CryptoKey;

fn key(store: StoreName, id: &str) -> RecordKey {
    RecordKey { store, id: id.to_owned() }
}

async fn sealer_of(tenant: &str, crypto_key: &CryptoKey) -> Sealer {
    Sealer::new(subtle().unwrap(), crypto_key.clone(), TenantId::new(tenant))
}

async fn sealed() -> (Sealer, RecordKey, SealedRecord, CryptoKey) {
    let crypto_key = new_key(&subtle().unwrap()).await.unwrap();
    let sealer = sealer_of("t", &crypto_key).await;
    let key = key(StoreName::Tokens, "a");
    let record = sealer.seal(&key, 3, b"the token").await.unwrap();
    (sealer, key, record, crypto_key)
}

#[wasm_bindgen_test]
async fn a_sealed_record_opens_as_what_it_was() {
    let (sealer, key, record, _) = sealed().await;
    assert_eq!(sealer.open(&key, &record).await.unwrap().as_slice(), b"the token");
    assert_eq!(record.ciphertext.len(), b"the token".len() + 16);
}

#[wasm_bindgen_test]
async fn sealing_twice_never_uses_a_nonce_twice() {
    let (sealer, key, record, _) = sealed().await;
    let again = sealer.seal(&key, 3, b"the token").await.unwrap();
    assert_ne!(again.nonce, record.nonce);
    assert_ne!(again.ciphertext, record.ciphertext);
}

#[wasm_bindgen_test]
async fn a_record_with_one_bit_changed_does_not_open() {
    let (sealer, key, record, _) = sealed().await;
    for index in 0..record.ciphertext.len() {
        let mut changed = record.clone();
        changed.ciphertext[index] ^= 1;
        assert!(sealer.open(&key, &changed).await.is_err(), "byte {index}");
    }
}

#[wasm_bindgen_test]
async fn a_record_moved_to_another_place_does_not_open() {
    let (sealer, _, record, _) = sealed().await;
    assert!(sealer.open(&key(StoreName::Tokens, "b"), &record).await.is_err(), "another id");
    assert!(sealer.open(&key(StoreName::Credentials, "a"), &record).await.is_err(), "another store");
}

#[wasm_bindgen_test]
async fn a_record_under_another_generation_does_not_open() {
    let (sealer, key, record, _) = sealed().await;
    let rolled_back = SealedRecord { generation: 4, ..record };
    assert!(sealer.open(&key, &rolled_back).await.is_err());
}

#[wasm_bindgen_test]
async fn a_record_of_another_tenant_does_not_open() {
    let (_, key, record, crypto_key) = sealed().await;
    assert!(sealer_of("u", &crypto_key).await.open(&key, &record).await.is_err());
}

#[wasm_bindgen_test]
async fn the_key_can_not_be_exported() {
    let crypto_key = new_key(&subtle().unwrap()).await.unwrap();
    assert!(!crypto_key.extractable());
    for format in ["raw", "jwk"] {
        let promise: Promise = subtle().unwrap().export_key(format, &crypto_key).unwrap().unchecked_into();
        assert!(JsFuture::from(promise).await.is_err(), "{format}");
    }
}

#[wasm_bindgen_test]
async fn two_tabs_that_bring_a_key_at_the_same_time_end_up_with_one() {
    let tenant = TenantId::from_random(browser::clock::random());
    let (one, two) = (IndexedDbStore::open(&tenant).await.unwrap(), IndexedDbStore::open(&tenant).await.unwrap());
    let candidates = (new_key(&subtle().unwrap()).await.unwrap(), new_key(&subtle().unwrap()).await.unwrap());
    let (of_one, of_two): (JsValue, JsValue) = (candidates.0.into(), candidates.1.into());
    let (first, second) = futures::join!(one.key_or_insert(&of_one, 1), two.key_or_insert(&of_two, 2));
    let first = sealer_of("t", first.unwrap().0.unchecked_ref()).await;
    let second = sealer_of("t", second.unwrap().0.unchecked_ref()).await;
    let record = first.seal(&key(StoreName::Tokens, "a"), 1, b"shared").await.unwrap();
    assert_eq!(second.open(&key(StoreName::Tokens, "a"), &record).await.unwrap().as_slice(), b"shared");
}
