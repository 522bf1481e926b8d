//! A page that is left writes nothing, holds no database, and goes on where it was when it is back.

use std::rc::Rc;

use browser::vault::{Vault, leaving};
use domain::id::TenantId;
use domain::vault::StorageLevel;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{self, Strange, connection, fresh_tenant, id, intent, secret, token};

async fn filled(tenant: &TenantId) -> Rc<Vault> {
    let vault = Vault::open(tenant, |_| panic!("IndexedDB failed"), |_| {}).await.unwrap();
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault
}

/// The page is left until this is dropped.
struct Left;

impl Left {
    fn now() -> Self {
        leaving::leave();
        Self
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        leaving::back();
    }
}

#[wasm_bindgen_test]
async fn what_is_wanted_while_the_page_is_left_happens_when_it_is_back() {
    let tenant = fresh_tenant();
    let vault = filled(&tenant).await;
    let left = Left::now();
    let write = async { vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await };
    let meanwhile = async {
        TimeoutFuture::new(100).await;
        assert!(!rig::indexed_db_dump(&tenant).await.contains("tokens/"), "it was written by a page that is left");
        drop(left);
    };
    let (written, ()) = futures::join!(write, meanwhile);
    assert_eq!(written, Ok(()));
    assert_eq!(vault.newest_token(&id()).await.unwrap(), Some(token(1)));
    assert_eq!(vault.level(), StorageLevel::IndexedDb);
}

#[wasm_bindgen_test]
async fn what_is_under_way_when_the_page_is_left_is_done_once() {
    for pause in 0..6 {
        let tenant = fresh_tenant();
        let vault = filled(&tenant).await;
        let write = async { vault.commit(&id(), &token(1), 0, &intent(0).id, &[]).await };
        let leaves = async {
            for _ in 0..pause {
                TimeoutFuture::new(0).await;
            }
            let left = Left::now();
            TimeoutFuture::new(50).await;
            drop(left);
        };
        let (written, ()) = futures::join!(write, leaves);
        assert_eq!(written, Ok(()), "left after {pause} steps");
        assert_eq!(vault.newest_token(&id()).await.unwrap(), Some(token(1)));
    }
}

#[wasm_bindgen_test]
async fn a_page_that_is_left_closes_its_database() {
    let vault = filled(&fresh_tenant()).await;
    let closed = Strange::counting_closed_databases();
    let left = Left::now();
    assert!(closed.count() >= 1);
    drop((left, closed));
    assert!(vault.held(&id()).await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn a_database_that_does_not_answer_is_opened_anew_before_a_simpler_place_is_used() {
    let _silent = Strange::silent_openings(2);
    let vault = Vault::open(&fresh_tenant(), |_| {}, |_| {}).await.unwrap();
    assert_eq!(vault.level(), StorageLevel::IndexedDb);
}
