//! The runtime carries out what the keeper decides: two runtimes on one tenant stand for two tabs.

use std::cell::RefCell;
use std::rc::Rc;

use browser::locks::{self, Bounds};
use browser::vault::Vault;
use browser::{Runtime, clock};
use domain::id::{ConnectionId, TenantId};
use domain::keeper::{Command, Phase, Renewal, View};
use domain::time::Span;
use domain::token::{StoredToken, TokenFacts};
use domain::vault::StorageLevel;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{self, Broken, SECRET, Server, Strange, TOKEN, connection, fresh_tenant, id, secret};

/// A tab with what it shows.
pub struct Tab {
    pub runtime: Runtime,
    pub view: Rc<RefCell<View>>,
}

impl Tab {
    pub async fn open(tenant: &TenantId) -> Self {
        let tab = Self::opening(tenant);
        tab.until("the vault is open", |view| view.phase == Phase::Open).await;
        tab
    }

    pub fn opening(tenant: &TenantId) -> Self {
        let view = Rc::new(RefCell::new(View::default()));
        let shown = Rc::clone(&view);
        let runtime = Runtime::start(move |view| *shown.borrow_mut() = view, |_| {});
        runtime.open(rig::opening(tenant));
        Self { runtime, view }
    }

    fn save(&self) {
        let (connection, credential) = (connection(true), Some(secret()));
        self.runtime.send(Command::Save { connection, credential, obtain: true });
    }

    /// Waits until the view is as wanted; ten seconds are more than anything here may take.
    pub async fn until(&self, what: &str, wanted: impl Fn(&View) -> bool) {
        for _ in 0..1_000 {
            if wanted(&self.view.borrow()) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what}: never; the view is {:?}", self.view.borrow());
    }

    pub async fn until_generation(&self, generation: u64) {
        self.until("the token is there", |view| {
            view.connections.iter().any(|it| it.token.as_ref().is_some_and(|token| token.generation == generation))
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn a_saved_connection_gets_a_token_that_all_tabs_have_and_one_request_was_made() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    first.save();
    first.until_generation(1).await;
    second.until_generation(1).await;
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!((asked[0]["path"].as_str(), asked[0]["method"].as_str()), (Some("/api/v1/token"), Some("POST")));
    assert_eq!(asked[0]["headers"]["x-tokenkeep-request"], "1");
    assert!(asked[0]["headers"]["idempotency-key"].as_str().is_some_and(|key| key.len() == 32));
    assert!(asked[0]["body"].as_str().is_some_and(|body| body.contains(SECRET)));
    let third = Tab::open(&tenant).await;
    third.until_generation(1).await;
    assert_eq!(server.asked().len(), 1, "a tab that came later asked again");
    // The others asked nothing: they know the server's clock by the token's record.
    for tab in [&first, &second, &third] {
        assert!(tab.view.borrow().clock_offset.is_some_and(|offset| offset.abs() < 2_000));
    }
}

#[wasm_bindgen_test]
async fn renewing_in_two_tabs_at_once_makes_one_request() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    first.save();
    first.until_generation(1).await;
    second.until_generation(1).await;
    first.runtime.send(Command::Obtain(id()));
    second.runtime.send(Command::Obtain(id()));
    first.until_generation(2).await;
    second.until_generation(2).await;
    let idle = |view: &View| view.connections[0].renewal == Renewal::Idle;
    first.until("the first tab is done", idle).await;
    second.until("the second tab is done", idle).await;
    assert_eq!(server.asked().len(), 2);
}

#[wasm_bindgen_test]
async fn a_caller_that_needs_a_token_gets_the_one_there_is() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    tab.until("the connection is there", |view| !view.connections.is_empty()).await;
    let token = tab.runtime.token(&id()).await.unwrap().unwrap();
    assert_eq!(token.access_token.expose(), format!("{TOKEN}-1"));
    assert_eq!(tab.runtime.token(&id()).await.unwrap(), Some(token));
    assert_eq!(server.tokens_asked(), 1);
    assert!(tab.runtime.token(&ConnectionId::new("unknown")).await.is_err());
}

#[wasm_bindgen_test]
async fn a_caller_that_is_dropped_waits_no_more_and_the_others_get_the_token() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    let waits = |view: &View| view.callers.waiting_since.is_some();
    let connection = id();
    let mut leaves = Box::pin(tab.runtime.token(&connection));
    assert!(futures::poll!(leaves.as_mut()).is_pending());
    assert!(waits(&tab.view.borrow()), "it waits");
    drop(leaves);
    assert!(!waits(&tab.view.borrow()), "it waits no more, though there is no token yet");

    let mut left = Box::pin(tab.runtime.token(&connection));
    let stays = tab.runtime.token(&connection);
    assert!(futures::poll!(left.as_mut()).is_pending());
    drop(left);
    assert!(stays.await.unwrap().is_some());
    assert_eq!(server.tokens_asked(), 1);
}

#[wasm_bindgen_test]
async fn a_refusal_reaches_the_view_with_the_servers_words() {
    let _server = Server::answering(
        "return [422, { code: 'upstream_refused', status: 422, title: 'Refused', detail: 'Check the secret.' }];",
    );
    let tab = Tab::open(&fresh_tenant()).await;
    tab.save();
    tab.until("the failure is shown", |view| {
        view.connections.iter().any(|it| it.failure.as_ref().is_some_and(|it| it.problem.detail == "Check the secret."))
    })
    .await;
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_json_is_told_from_a_token() {
    let _server = Server::answering("return [200, '<html>'];");
    let tab = Tab::open(&fresh_tenant()).await;
    tab.save();
    tab.until("the failure is shown", |view| view.connections.iter().any(|it| it.failure.is_some())).await;
    assert!(tab.view.borrow().connections[0].token.is_none());
}

#[wasm_bindgen_test]
async fn signing_out_in_one_tab_closes_the_other() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    first.save();
    second.until_generation(1).await;
    first.runtime.send(Command::SignOut);
    let signed_out = |view: &View| view.phase == Phase::SignedOut && view.connections.is_empty();
    first.until("the tab is signed out", signed_out).await;
    second.until("the other tab is signed out", signed_out).await;
    let later = Tab::open(&tenant).await;
    later.until_generation(1).await;
}

#[wasm_bindgen_test]
async fn a_revealed_token_is_shown_and_concealed_again_and_never_lies_in_clear() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    tab.until_generation(1).await;
    tab.runtime.send(Command::Reveal(id()));
    tab.until("the text is shown", |view| view.revealed.is_some()).await;
    assert_eq!(tab.view.borrow().revealed.as_ref().unwrap().access_token.expose(), format!("{TOKEN}-1"));
    tab.runtime.send(Command::Conceal);
    tab.until("the text is hidden", |view| view.revealed.is_none()).await;
    let dump = rig::indexed_db_dump(&tenant).await + &rig::local_storage_dump();
    assert!(!dump.contains("canary"), "a canary lies in the browser in clear");
}

#[wasm_bindgen_test]
async fn a_tab_goes_back_to_the_database_by_itself_and_the_other_tabs_see_what_it_held() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    let broken = Broken::indexed_db_in_use();
    first.save();
    first.until("it stepped down", |view| view.storage == Some(StorageLevel::LocalStorage)).await;
    first.until_generation(1).await;
    let told = first.view.borrow().notices.iter().filter(|notice| notice.text.contains("simpler storage")).count();
    assert_eq!(told, 1, "a step down is told once");
    drop(broken);
    let _later = Strange::clock_ahead_by(31_000.0);
    first.until("it is back", |view| view.storage == Some(StorageLevel::IndexedDb)).await;
    second.until("the other tab is there too", |view| view.storage == Some(StorageLevel::IndexedDb)).await;
    second.until_generation(1).await;
    let third = Tab::open(&tenant).await;
    third.until_generation(1).await;
    // Once the clock is set back nobody can tell how old the token is, so that a tab left open would ask for another one.
    first.runtime.send(Command::SignOut);
    for tab in [&first, &second, &third] {
        tab.until("it is locked", |view| view.phase == Phase::SignedOut).await;
    }
}

/// Another tab's hand on the vault, without a word to anybody.
pub async fn silent_hand(tenant: &TenantId) -> Rc<Vault> {
    Vault::open(tenant, |_| {}, |_| {}).await.unwrap()
}

/// The generation of the token in the vault. What wakes one test's tabs wakes those that others left, so requests say nothing here.
async fn kept_generation(tenant: &TenantId) -> u64 {
    silent_hand(tenant).await.token(&id()).await.unwrap().unwrap().facts.generation
}

fn happens_to_the_page(name: &str) {
    let document = web_sys::window().unwrap().document().unwrap();
    document.dispatch_event(&web_sys::Event::new(name).unwrap()).unwrap();
}

#[wasm_bindgen_test]
async fn a_tab_that_slept_through_a_sign_out_locks_as_soon_as_it_wakes() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    tab.until_generation(1).await;
    silent_hand(&tenant).await.advance_epoch().await.unwrap();
    assert_eq!(tab.view.borrow().phase, Phase::Open, "it was told");
    happens_to_the_page("resume");
    tab.until("it is locked", |view| view.phase == Phase::SignedOut && view.connections.is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_tab_that_has_what_it_waits_for_does_not_stand_in_the_way_of_others() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    tab.until_generation(1).await;
    let name = ["tokenkeep:", tenant.as_str(), ":", id().as_str()].concat();
    let held = locks::acquire(&name, Bounds { wait: 5_000, hold: 20_000 }).await.unwrap();
    let id = id();
    let waits = tab.runtime.token_after(&id, 1);
    let brings = async {
        let until = clock::now() + Span::from_seconds(3_600);
        let facts = TokenFacts { received_at: clock::now(), expires_at: until, renew_at: until, ..rig::token(2).facts };
        let newest = StoredToken { facts, ..rig::token(2) };
        silent_hand(&tenant).await.write_token(&id, &newest, &[]).await.unwrap();
        happens_to_the_page("visibilitychange");
    };
    let (token, ()) = futures::join!(waits, brings);
    assert_eq!(token.unwrap().unwrap().facts.generation, 2);
    drop(held);
    let at_once = Bounds { wait: 1_000, hold: 1_000 };
    assert!(locks::acquire(&name, at_once).await.is_ok());
    tab.until("it rests", |view| view.connections[0].renewal == Renewal::Idle).await;
    assert_eq!(kept_generation(&tenant).await, 2, "it asked for none itself");
}

#[wasm_bindgen_test]
async fn a_tab_that_missed_a_renewal_has_it_as_soon_as_it_is_seen_again() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.save();
    tab.until_generation(1).await;
    // It lives on, so that no renewal hides whether it was read.
    let until = clock::now() + Span::from_seconds(3_600);
    let facts = TokenFacts { received_at: clock::now(), expires_at: until, renew_at: until, ..rig::token(2).facts };
    let newest = StoredToken { facts, ..rig::token(2) };
    silent_hand(&tenant).await.write_token(&id(), &newest, &[]).await.unwrap();
    happens_to_the_page("visibilitychange");
    tab.until_generation(2).await;
    assert_eq!(kept_generation(&tenant).await, 2, "it asked for none itself");
}
