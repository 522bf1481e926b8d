//! Introspection, revocation, the calls remembered and the warnings. Two runtimes on one tenant stand for two pages.

use browser::vault::Vault;
use domain::api::Code;
use domain::calls::{CallKind, CallRecord};
use domain::id::TenantId;
use domain::keeper::Command;
use domain::settings::WorkerTokenSettings;
use domain::worker_token::{Done, Request, Whose};
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{SECRET, Server, TOKEN, connection, fresh_tenant, id, secret};
use crate::runtime::Tab;

async fn ask<T: 'static>(tab: &Tab, request: impl FnOnce(Done<T>) -> Request) -> T {
    let (sender, answer) = oneshot::channel();
    let done = Box::new(move |value| drop(sender.send(value)));
    tab.runtime.ask(request(done));
    answer.await.expect("each request is answered")
}

async fn calls(tab: &Tab) -> Vec<CallRecord> {
    ask(tab, |done| Request::RecentCalls { done }).await
}

/// Two tabs with one token; what is asked after it is answered by `then`, a function body of the path.
async fn two_tabs(then: &str, lifetime: u32) -> (Server, TenantId, Tab, Tab) {
    let server = Server::answering(&format!(
        "const path = asked[count - 1].path;
         if (path !== '/api/v1/token') {{ {then} }}
         return [200, {{ access_token: '{TOKEN}-' + count, token_type: 'Bearer', expires_in: {lifetime},
             received_at: Date.now(), host: 'auth.example.com', took_ms: 60, tries: 1 }}];"
    ));
    let tenant = fresh_tenant();
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    let (connection, credential) = (connection(true), Some(secret()));
    first.runtime.send(Command::Save { connection, credential, obtain: true });
    first.until_generation(1).await;
    second.until_generation(1).await;
    (server, tenant, first, second)
}

#[wasm_bindgen_test]
async fn a_revoked_token_is_gone_in_every_tab() {
    let (server, _, first, second) =
        two_tabs("return [200, { host: 'auth.example.com', took_ms: 5, tries: 1 }];", 3_600).await;
    let revoked = ask(&first, |done| Request::Revoke { whose: Whose::Of(id()), done }).await;
    assert_eq!(revoked.unwrap().host, "auth.example.com");
    for tab in [&first, &second] {
        tab.until("the token is gone", |view| view.connections.iter().all(|one| one.token.is_none())).await;
    }
    let asked = server.asked();
    assert_eq!((asked.len(), asked[1]["path"].as_str()), (2, Some("/api/v1/revoke")));
    let body = asked[1]["body"].as_str().unwrap();
    assert!(body.contains(SECRET) && body.contains(TOKEN), "the server needs both to ask");
}

#[wasm_bindgen_test]
async fn a_revocation_that_failed_leaves_the_token_and_says_why() {
    let problem = "return [502, { code: 'upstream_unavailable', status: 502, title: 'No', detail: 'No.' }];";
    let (_server, tenant, first, second) = two_tabs(problem, 3_600).await;
    let revoked = ask(&first, |done| Request::Revoke { whose: Whose::Of(id()), done }).await;
    assert_eq!(revoked.unwrap_err().code, Code::UpstreamUnavailable);
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    assert!(vault.newest_token(&id()).await.unwrap().is_some());
    assert!(second.view.borrow().connections[0].token.is_some());
}

#[wasm_bindgen_test]
async fn what_the_provider_says_of_a_token_comes_back_and_without_one_nobody_is_asked() {
    let said = "return [200, { active: true, claims: { client_id: 'c' }, host: 'h', took_ms: 5, tries: 1 }];";
    let (server, _, first, _second) = two_tabs(said, 3_600).await;
    let told = ask(&first, |done| Request::Introspect { whose: Whose::Current, done }).await.unwrap();
    assert!(told.active && told.claims["client_id"] == "c");
    ask(&first, |done| Request::ClearToken { whose: Whose::Current, done }).await.unwrap();
    let nothing = ask(&first, |done| Request::Introspect { whose: Whose::Current, done }).await;
    assert_eq!((nothing.unwrap_err().code, server.asked().len()), (Code::NotFound, 2));
}

#[wasm_bindgen_test]
async fn the_calls_of_a_page_are_remembered_without_its_secrets() {
    let said = "return [503, { code: 'unavailable', status: 503, title: 'Not ready', detail: 'No.' }, { 'retry-after': '7' }];";
    let (_server, _, first, second) = two_tabs(said, 3_600).await;
    let _ = ask(&first, |done| Request::Introspect { whose: Whose::Current, done }).await;
    let seen = calls(&first).await;
    let kinds: Vec<_> = seen.iter().map(|call| (call.kind(), call.url(), call.status())).collect();
    assert_eq!(
        kinds,
        [(CallKind::Introspection, "/api/v1/introspect", Some(503)), (CallKind::Token, "/api/v1/token", Some(200)),]
    );
    assert_eq!(seen[0].problem(), Some("Not ready"));
    assert!(seen[0].response_headers().contains(&("retry-after".to_owned(), "7".to_owned())));
    assert!(seen[1].took().millis() >= 50, "{:?}", seen[1].took());
    assert!(seen[1].request_headers().iter().any(|(name, value)| name == "idempotency-key" && value == "[redacted]"));
    let dump = format!("{seen:?}");
    assert!(!dump.contains(SECRET) && !dump.contains(TOKEN), "{dump}");
    assert!(calls(&second).await.is_empty(), "each page remembers its own");
}

/// `Notification` replaced by one that is allowed, or not, and counts; until this is dropped.
struct Notifications(Function);

impl Notifications {
    fn with(permission: &str) -> Self {
        let script = "const real = window.Notification, shown = [];
             window.Notification = class { constructor(title, options) { shown.push([title, options.body, options.tag]); } };
             window.Notification.permission = 'PERMISSION';
             return over => { if (over) window.Notification = real; return JSON.stringify(shown); };";
        let made = Function::new_no_args(&script.replace("PERMISSION", permission)).call0(&JsValue::NULL).unwrap();
        Self(made.into())
    }

    fn shown(&self) -> Vec<[String; 3]> {
        serde_json::from_str(&self.0.call0(&JsValue::NULL).unwrap().as_string().unwrap()).unwrap()
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        let _ = self.0.call1(&JsValue::NULL, &JsValue::TRUE);
    }
}

fn switch_on(tab: &Tab) {
    let settings = WorkerTokenSettings { expiry_warnings: true, auto_renewal: false, ..Default::default() };
    tab.runtime.send(Command::Set(settings));
}

#[wasm_bindgen_test]
async fn two_tabs_and_one_opened_later_warn_once_of_each_token() {
    let notifications = Notifications::with("granted");
    // A life of six seconds is warned of after three.
    let (_server, tenant, first, second) = two_tabs("", 6).await;
    switch_on(&first);
    second.until("the switch is on there too", |view| view.settings.expiry_warnings).await;
    for _ in 0..800 {
        if !notifications.shown().is_empty() {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    let third = Tab::open(&tenant).await;
    TimeoutFuture::new(2_500).await;
    let shown = notifications.shown();
    assert_eq!(shown.len(), 1, "{shown:?}");
    let [title, text, tag] = &shown[0];
    assert!(title.ends_with(": Canary connection name") && text.ends_with("Auto-renewal is off."), "{shown:?}");
    assert_eq!(tag, "tokenkeep-c1-1");
    drop((second, third));
}

#[wasm_bindgen_test]
async fn without_permission_nothing_is_shown_and_nothing_counts_as_told() {
    let (_server, tenant, first, _second) = two_tabs("", 6).await;
    let refused = Notifications::with("denied");
    switch_on(&first);
    TimeoutFuture::new(5_000).await;
    assert!(refused.shown().is_empty());
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    assert_eq!(vault.told().await.unwrap(), None);
}
