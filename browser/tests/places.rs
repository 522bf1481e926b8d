//! The places for records keep the rules of the port, in a real browser.

use browser::vault::{IndexedDbStore, LocalStorageStore};
use domain::id::TenantId;
use domain::vault::conformance;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A tenant no earlier run of the tests has left anything of.
fn fresh_tenant() -> TenantId {
    TenantId::from_random(browser::clock::random())
}

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
