//! Calls while the network is away: those that only read wait and are made in their order, others are told at once.

use domain::api::Code;
use domain::site::{CallFailure, Site, SiteCall};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Strange, fresh_tenant};
use crate::sites::{Tab, call, gateway, jwt, place, serving};

#[wasm_bindgen_test]
async fn calls_that_only_read_wait_for_the_network_and_are_made_in_their_order() {
    let server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    for site in ["a", "b", "c"] {
        tab.add(site, &jwt(site, 300), false).await.unwrap();
    }
    let away = Strange::no_network();
    let at = |site: &str| Site::At(place(site));
    let writing = SiteCall { body: Some(json!({})), ..call(at("a"), false) };
    let Err(CallFailure::Problem(problem)) = tab.call(writing).await else { panic!("it was sent") };
    assert_eq!(problem.code, Code::Unreachable);
    assert!(problem.detail.contains("not sent later"), "{}", problem.detail);
    let back = async {
        tab.until("all three wait", |view| view.waiting == 3).await;
        assert!(gateway(&server).is_empty());
        drop(away);
    };
    let calls = ["c", "a", "b"].map(|site| tab.call(call(at(site), false)));
    let (answers, ()) = futures::join!(futures::future::join_all(calls), back);
    let who: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().body["who"].clone()).collect();
    assert_eq!(who, ["c", "a", "b"]);
    let asked: Vec<_> = gateway(&server).iter().map(|it| it["headers"]["x-tokenkeep-site"].clone()).collect();
    assert_eq!(asked, ["c", "a", "b"], "one request each, in the order of the calls");
    assert_eq!(tab.view.borrow().waiting, 0);
}

#[wasm_bindgen_test]
async fn no_more_than_fifty_calls_wait() {
    let _server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    tab.add("a", &jwt("a", 300), false).await.unwrap();
    let away = Strange::no_network();
    let calls = (0..50).map(|_| tab.call(call(Site::At(place("a")), false)));
    let one_more = async {
        tab.until("fifty wait", |view| view.waiting == 50).await;
        let failure = tab.call(call(Site::At(place("a")), false)).await.unwrap_err();
        assert!(
            matches!(&failure, CallFailure::Problem(problem) if problem.detail.contains("50 calls")),
            "{failure:?}"
        );
        drop(away);
    };
    let (answers, ()) = futures::join!(futures::future::join_all(calls), one_more);
    assert!(answers.iter().all(Result::is_ok));
}
