//! The server is told how many site tokens a browser keeps, and nothing of any one of them.

use browser::clock;
use domain::id::TenantId;
use domain::site::{SiteCommand, TokenCounts};
use gloo_timers::future::TimeoutFuture;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, fresh_tenant};
use crate::sites::{Tab, jwt, serving};

/// What was told of a tenant, once something was; nothing after ten seconds. Tests share a page with tabs of others.
async fn told(server: &Server, tenant: &TenantId) -> Vec<Value> {
    until_told(server, tenant, 1).await
}

/// The same, once it was told so often.
async fn until_told(server: &Server, tenant: &TenantId, times: usize) -> Vec<Value> {
    let path = format!("/api/v1/tenants/{tenant}/token-counts");
    let of_tenant = || server.told().into_iter().filter(|it| it["path"] == path.as_str()).collect::<Vec<_>>();
    for _ in 0..1_000 {
        if of_tenant().len() >= times {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    of_tenant()
}

#[wasm_bindgen_test]
async fn the_server_is_told_once_how_many_tokens_there_are_and_nothing_of_any() {
    let (server, tenant) = (serving(""), fresh_tenant());
    let empty = fresh_tenant();
    let idle = Tab::open(&empty).await;
    let began = clock::now();
    let tab = Tab::open(&tenant).await;
    let texts = [jwt("canary-good", 300), jwt("canary-soon", 2), jwt("canary-over", -3), jwt("canary-gone", 300)];
    let mut ids = Vec::new();
    for (site, text) in ["canary_a", "canary_b", "canary_c", "canary_d"].iter().zip(&texts) {
        ids.push(tab.add(site, text, false).await.unwrap());
    }
    let gone = vec![ids.remove(3)];
    tab.ask(|done| SiteCommand::Remove { ids: gone, done }).await.unwrap();
    assert!(server.told().is_empty(), "what a page begins with comes before it");
    let told = told(&server, &tenant).await;
    let took = clock::now().since(began).millis();
    assert_eq!((told.len(), &told[0]["method"]), (1, &"PUT".into()), "after {took} ms");
    let body = told[0]["body"].as_str().unwrap();
    let counts: TokenCounts = serde_json::from_str(body).unwrap();
    assert_eq!((counts.active, counts.expiring, counts.expired), (2, 1, 1), "{body}");
    assert_eq!((counts.invalid, counts.revoked, counts.fault()), (0, 0, None), "{body}");
    assert!(!body.contains("canary") && !texts.iter().any(|text| body.contains(text.expose())), "{body}");
    let of_empty = server.told().iter().filter(|it| it["path"].as_str().unwrap().contains(empty.as_str())).count();
    assert_eq!(of_empty, 0, "the other tab, which was there before, has none to tell of");
    drop(idle);
    // That the last one is gone is told at once, and not a minute later.
    tab.ask(|done| SiteCommand::Remove { ids, done }).await.unwrap();
    let none = until_told(&server, &tenant, told.len() + 1).await;
    let counts: TokenCounts = serde_json::from_str(none[told.len()]["body"].as_str().unwrap()).unwrap();
    assert_eq!(counts, TokenCounts::default());
}

#[wasm_bindgen_test]
async fn that_the_last_token_is_gone_is_told_though_nothing_was_told_before() {
    let (server, tenant) = (serving(""), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    let id = tab.add("canary_a", &jwt("canary-good", 300), false).await.unwrap();
    tab.ask(|done| SiteCommand::Remove { ids: vec![id], done }).await.unwrap();
    let told = until_told(&server, &tenant, 1).await;
    let counts: TokenCounts = serde_json::from_str(told[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(counts, TokenCounts::default(), "an earlier page may have told more");
}
