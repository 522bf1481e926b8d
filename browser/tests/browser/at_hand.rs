//! A fresh token is given at once to who asks again, and by nothing that happened since one that is none any more.

use domain::id::TenantId;
use domain::keeper::{Command, Phase};
use domain::worker_token::{Request, Whose};
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, Strange, TOKEN, connection, fresh_tenant, id, secret};
use crate::runtime::{Tab, silent_hand};

/// A tab whose token was asked for once.
async fn warm(tenant: &TenantId) -> Tab {
    let tab = Tab::open(tenant).await;
    let (connection, credential) = (connection(true), Some(secret()));
    tab.runtime.send(Command::Save { connection, credential, obtain: true });
    tab.until_generation(1).await;
    tab.runtime.token(&id()).await.unwrap().unwrap();
    tab
}

fn at_hand(tab: &Tab) -> Option<String> {
    tab.runtime.token_at_hand(&id()).map(|token| token.access_token.expose().to_owned())
}

/// Asks until the token is at hand: news of before a tab was opened may reach it a moment later, and drop what it has.
async fn until_at_hand(tab: &Tab) -> String {
    for _ in 0..100 {
        tab.runtime.token(&id()).await.unwrap().unwrap();
        if let Some(text) = at_hand(tab) {
            return text;
        }
        a_moment().await;
    }
    panic!("the token was never at hand");
}

/// Long enough for whatever was begun to be over.
async fn a_moment() {
    TimeoutFuture::new(100).await;
}

#[wasm_bindgen_test]
async fn a_token_is_at_hand_once_it_was_asked_for_and_is_replaced_by_the_next() {
    let _server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    assert_eq!(at_hand(&tab), Some(format!("{TOKEN}-1")));
    tab.runtime.token_after(&id(), 1).await.unwrap().unwrap();
    assert_eq!(at_hand(&tab), Some(format!("{TOKEN}-2")));
}

#[wasm_bindgen_test]
async fn a_token_at_hand_is_taken_without_a_step_of_anybody_else() {
    let _server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    let id = id();
    let mut token = std::pin::pin!(tab.runtime.token(&id));
    assert!(futures::poll!(token.as_mut()).is_ready());
}

#[wasm_bindgen_test]
async fn nothing_is_at_hand_from_the_moment_of_a_sign_out() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (here, elsewhere) = (warm(&tenant).await, Tab::open(&tenant).await);
    elsewhere.until_generation(1).await;
    until_at_hand(&elsewhere).await;
    here.runtime.send(Command::SignOut);
    assert_eq!(at_hand(&here), None);
    elsewhere.until("it is locked", |view| view.phase == Phase::SignedOut).await;
    assert_eq!(at_hand(&elsewhere), None);
}

#[wasm_bindgen_test]
async fn a_token_that_another_tab_renewed_is_at_hand_no_more() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (one, other) = (warm(&tenant).await, Tab::open(&tenant).await);
    other.until_generation(1).await;
    other.runtime.token_after(&id(), 1).await.unwrap().unwrap();
    one.until_generation(2).await;
    assert_eq!(at_hand(&one), None, "the text of the new one is not read yet");
    assert_eq!(until_at_hand(&one).await, format!("{TOKEN}-2"));
}

#[wasm_bindgen_test]
async fn a_token_that_was_cleared_is_at_hand_no_more() {
    let _server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    let (sender, cleared) = oneshot::channel();
    let done = Box::new(move |outcome| drop(sender.send(outcome)));
    tab.runtime.ask(Request::ClearToken { whose: Whose::Of(id()), done });
    cleared.await.unwrap().unwrap();
    assert_eq!(at_hand(&tab), None);
}

#[wasm_bindgen_test]
async fn a_removed_connections_token_is_at_hand_no_more() {
    let _server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    tab.runtime.send(Command::Remove(id()));
    assert_eq!(at_hand(&tab), None);
}

#[wasm_bindgen_test]
async fn a_token_that_is_due_is_asked_for_and_not_taken() {
    let _server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    let _later = Strange::clock_ahead_by(3_599_000.0);
    assert_eq!(at_hand(&tab), None);
}

#[wasm_bindgen_test]
async fn callers_of_a_token_that_is_due_wait_for_the_next_one() {
    let server = Server::with_tokens();
    let tab = warm(&fresh_tenant()).await;
    let _later = Strange::clock_ahead_by(3_580_000.0);
    let id = id();
    let (one, other) = futures::join!(tab.runtime.token(&id), tab.runtime.token(&id));
    for token in [one, other] {
        assert_eq!(token.unwrap().unwrap().facts.generation, 2);
    }
    assert_eq!(server.tokens_asked(), 2);
}

#[wasm_bindgen_test]
async fn a_tab_that_slept_through_a_sign_out_has_nothing_at_hand() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = warm(&tenant).await;
    silent_hand(&tenant).await.advance_epoch().await.unwrap();
    let document = web_sys::window().unwrap().document().unwrap();
    document.dispatch_event(&web_sys::Event::new("resume").unwrap()).unwrap();
    assert_eq!(at_hand(&tab), None, "the vault is not read yet");
    a_moment().await;
    assert_eq!(at_hand(&tab), None);
}

#[wasm_bindgen_test]
async fn where_no_news_can_be_heard_nothing_is_at_hand() {
    let _server = Server::with_tokens();
    let _deaf = Strange::without(&["SharedWorker", "BroadcastChannel", "localStorage"]);
    let tab = warm(&fresh_tenant()).await;
    assert_eq!(at_hand(&tab), None);
}
