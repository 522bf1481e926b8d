//! The places for records keep the rules of the port, in a real browser.

use browser::vault::{IndexedDbStore, LocalStorageStore};
use domain::vault::conformance;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::fresh_tenant;

#[wasm_bindgen_test]
async fn indexed_db_keeps_the_rules_of_a_place_for_records() {
    conformance::all(async |_| IndexedDbStore::open(&fresh_tenant()).await.unwrap()).await;
}

#[wasm_bindgen_test]
async fn local_storage_keeps_the_rules_of_a_place_for_records() {
    conformance::all(async |_| {
        web_sys::window().unwrap().local_storage().unwrap().unwrap().clear().unwrap();
        LocalStorageStore::open(&fresh_tenant()).unwrap()
    })
    .await;
}
