//! Contract 2's scenarios, and the worker-token service's other promises. Two runtimes on one tenant stand for two pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use browser::vault::{IndexedDbStore, Vault};
use domain::connection::Credential;
use domain::connection::purpose::{SiteTokens, WorkerTokens, file};
use domain::id::TenantId;
use domain::secret::Secret;
use domain::storage::StorageMetrics;
use domain::token::StoredToken;
use domain::vault::{Expected, RecordKey, RecordStore, SealedRecord, StoreName};
use domain::worker_token::{Credentials, Done, GivenToken, Refusal, Request, Status, TokenRefused, Whose};
use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{SECRET, Server, Strange, TOKEN, connection, fresh_tenant, id, secret};
use crate::runtime::Tab;

const HOURS: f64 = 7_200_000.0;

async fn ask<T: 'static>(tab: &Tab, request: impl FnOnce(Done<T>) -> Request) -> T {
    let (sender, answer) = oneshot::channel();
    let done = Box::new(move |value| drop(sender.send(value)));
    tab.runtime.ask(request(done));
    answer.await.expect("each request is answered")
}

async fn save(tab: &Tab) -> Result<(), Refusal> {
    let (connection, credential) = (connection(true), Some(secret()));
    ask(tab, |done| Request::SaveCredentials { connection, credential, done }).await
}

async fn load(tab: &Tab) -> Option<Credentials> {
    ask(tab, |done| Request::LoadCredentials { whose: Whose::Of(id()), done }).await.unwrap()
}

async fn status(tab: &Tab) -> Status {
    ask(tab, |done| Request::GetStatus { whose: Whose::Of(id()), done }).await
}

async fn worker_token(tab: &Tab) -> Result<StoredToken, Refusal> {
    ask(tab, |done| Request::GetWorkerToken { whose: Whose::Of(id()), done }).await
}

async fn token(tab: &Tab) -> Result<Option<StoredToken>, Refusal> {
    ask(tab, |done| Request::GetToken { whose: Whose::Of(id()), done }).await
}

async fn clear_token(tab: &Tab) {
    ask(tab, |done| Request::ClearToken { whose: Whose::Of(id()), done }).await.unwrap();
}

async fn metrics(tab: &Tab) -> StorageMetrics {
    ask(tab, |done| Request::GetMetrics { done }).await
}

async fn knows(tab: &Tab) {
    tab.until("the connection is known", |view| !view.connections.is_empty()).await;
}

/// A tab with credentials saved.
async fn saved(tenant: &TenantId) -> Tab {
    let tab = Tab::open(tenant).await;
    save(&tab).await.unwrap();
    knows(&tab).await;
    tab
}

#[wasm_bindgen_test]
async fn test_1_save_worker_token_credentials() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    assert_eq!((load(&tab).await, status(&tab).await), (None, Status::default()));
    assert_eq!(save(&tab).await, Ok(()), "success is told when they are durable");
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    let key = RecordKey { store: StoreName::Credentials, id: id().to_string() };
    assert!(raw.get(&key).await.unwrap().is_some());
    let Some(Credentials { connection: kept, credential: Some(Credential::ClientSecret(text)) }) = load(&tab).await
    else {
        panic!("no credentials")
    };
    assert_eq!((kept, text.expose()), (connection(true), SECRET));
    let current = ask(&tab, |done| Request::LoadCredentials { whose: Whose::Current, done }).await;
    assert_eq!(current, Ok(load(&tab).await), "the first connection is the current one");
    let status = status(&tab).await;
    assert!(status.has_credentials && !status.has_token && !status.token_valid);
    assert!(server.asked().is_empty(), "saving asks for no token");
}

#[wasm_bindgen_test]
async fn test_2_credentials_and_token_are_shared_by_all_pages_with_one_request() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (saved(&tenant).await, Tab::open(&tenant).await);
    knows(&second).await;
    let (one, two, three) = futures::join!(worker_token(&first), worker_token(&second), worker_token(&second));
    let text = format!("{TOKEN}-1");
    for answer in [one, two, three] {
        assert_eq!(answer.unwrap().access_token.expose(), text);
    }
    assert_eq!(token(&second).await.unwrap().unwrap().access_token.expose(), text, "cached");
    let later = Tab::open(&tenant).await;
    assert_eq!(worker_token(&later).await.unwrap().access_token.expose(), text, "stored");
    let asked = server.asked().iter().filter(|it| it["path"] == "/api/v1/token").count();
    assert_eq!(asked, 1, "one request however many ask");
    let status = status(&second).await;
    assert!(status.token_valid && status.last_used_at.is_some() && status.last_fetched_at.is_some());
    assert!(status.expires_in.is_some_and(|left| (3_500..=3_600).contains(&left.seconds())), "{status:?}");
    assert_eq!(status.app.unwrap().client_id, "client");
}

#[wasm_bindgen_test]
async fn test_3_an_expired_or_invalidated_token_is_fetched_anew_without_re_entering() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = saved(&tenant).await;
    let first = worker_token(&tab).await.unwrap();
    clear_token(&tab).await;
    assert_eq!(token(&tab).await, Ok(None));
    tab.until("no token is shown", |view| view.connections[0].token.is_none()).await;
    assert!(!status(&tab).await.has_token);
    let second = worker_token(&tab).await.unwrap();
    assert_ne!(second.access_token, first.access_token);
    assert_eq!(second.facts.generation, 3, "the cleared one was the second");
    let _later = Strange::clock_ahead_by(HOURS);
    let third = worker_token(&tab).await.unwrap();
    assert_ne!(third.access_token, second.access_token, "an expired token was given out");
    assert!(third.facts.generation > second.facts.generation);
    assert!(load(&tab).await.is_some());
}

#[wasm_bindgen_test]
async fn test_4_credentials_are_isolated_from_other_purposes() {
    let tenant = fresh_tenant();
    let tab = saved(&tenant).await;
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    assert_eq!(vault.secret_for::<WorkerTokens>("c1").await.unwrap().unwrap().expose(), SECRET);
    assert_eq!(vault.secret_for::<SiteTokens>("c1").await, Ok(None), "a form of another purpose shows them");
    vault.keep_secret_for::<SiteTokens>("c1", &Secret::new("another")).await.unwrap();
    assert!(
        matches!(load(&tab).await.unwrap().credential, Some(Credential::ClientSecret(text)) if text.expose() == SECRET)
    );
    // Opening a vault tidies up; what another purpose filed is none of its business.
    let again = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    again.contents().await.unwrap();
    assert_eq!(again.secret_for::<SiteTokens>("c1").await.unwrap().unwrap().expose(), "another");
    // Not even a record copied into another purpose's file can be opened there.
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    let key = |file: String| RecordKey { store: StoreName::Credentials, id: file };
    let copied = raw.get(&key(file::<WorkerTokens>("c1"))).await.unwrap().unwrap();
    raw.put(&key(file::<SiteTokens>("c2")), Expected { generation: 0, epoch: 0 }, copied).await.unwrap();
    assert_eq!(again.secret_for::<SiteTokens>("c2").await, Ok(None));
}

#[wasm_bindgen_test]
async fn a_token_cleared_in_one_page_is_given_out_in_no_other() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (saved(&tenant).await, Tab::open(&tenant).await);
    worker_token(&first).await.unwrap();
    second.until_generation(1).await;
    assert!(token(&second).await.unwrap().is_some());
    clear_token(&first).await;
    second.until("the token is gone", |view| view.connections[0].token.is_none()).await;
    assert_eq!(token(&second).await, Ok(None));
    assert_eq!(token(&Tab::open(&tenant).await).await, Ok(None));
}

#[wasm_bindgen_test]
async fn cleared_credentials_are_given_to_nobody() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = saved(&tenant).await;
    worker_token(&tab).await.unwrap();
    ask(&tab, |done| Request::ClearCredentials { whose: Whose::Of(id()), done }).await.unwrap();
    assert_eq!((load(&tab).await, status(&tab).await), (None, Status::default()));
    assert_eq!(worker_token(&tab).await, Err(Refusal::NoCredentials));
    assert_eq!(token(&tab).await, Err(Refusal::NoCredentials));
}

#[wasm_bindgen_test]
async fn reading_a_token_often_is_one_write_and_nearly_all_hits() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = saved(&tenant).await;
    worker_token(&tab).await.unwrap();
    let before = metrics(&tab).await;
    for _ in 0..100 {
        assert!(token(&tab).await.unwrap().is_some());
    }
    let after = metrics(&tab).await;
    assert!(after.transactions - before.transactions <= 1, "a write for each read");
    assert!(after.cache_hits - before.cache_hits >= 100, "{after:?}");
}

fn given(text: &str, expires_in: Option<u64>) -> GivenToken {
    let (access_token, token_type) = (Secret::new(text), "Bearer".to_owned());
    GivenToken { access_token, token_type, expires_in, scope: None, host: "auth.example.com".to_owned() }
}

#[wasm_bindgen_test]
async fn a_saved_token_is_durable_and_in_every_page_with_its_own_expiry() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let (first, second) = (saved(&tenant).await, Tab::open(&tenant).await);
    let save = |tab, text: &str, expires_in| {
        let token = given(text, expires_in);
        ask(tab, move |done| Request::SaveToken { whose: Whose::Of(id()), token, done })
    };
    let facts = save(&first, "an-opaque-token", Some(60)).await.unwrap();
    assert_eq!((facts.generation, facts.lifetime().seconds()), (1, 60));
    second.until_generation(1).await;
    assert_eq!(token(&second).await.unwrap().unwrap().access_token.expose(), "an-opaque-token");
    let expired = URL_SAFE_NO_PAD.encode(r#"{"exp":1000}"#);
    let refused = save(&first, &format!("e30.{expired}.c2ln"), Some(60)).await;
    assert_eq!(refused, Err(Refusal::TokenRefused(TokenRefused::Expired)));
    assert_eq!(save(&first, "not a token", None).await, Err(Refusal::TokenRefused(TokenRefused::Format)));
    assert!(server.asked().iter().all(|it| it["path"] != "/api/v1/token"));
}

/// A server whose only provider issues JWTs, and which gives out something else at first.
fn pingone() -> Server {
    Server::answering(&format!(
        "if (path === '/api/v1/providers') return [200, [{{ id: 'p', name: 'P', enabled: true,
             kind: {{ type: 'pingone', regions: [], custom_domains: [] }}, assertion_audience: {{ type: 'issuer' }} }}]];
         window.tokens = (window.tokens || 0) + 1;
         const access_token = window.tokens === 1 ? '{TOKEN}' : 'e30.e30.c2ln';
         return [200, {{ access_token, token_type: 'Bearer', expires_in: 3600,
             received_at: Date.now(), host: 'auth.example.com', took_ms: 60, tries: 1 }}];"
    ))
}

#[wasm_bindgen_test]
async fn a_token_that_is_no_jwt_where_jwts_are_issued_is_cleared_and_said_so_and_the_next_is_fetched() {
    let (_server, tenant) = (pingone(), fresh_tenant());
    let tab = saved(&tenant).await;
    let refusal = worker_token(&tab).await.unwrap_err();
    assert_eq!(refusal, Refusal::InvalidFormat);
    assert!(refusal.to_string().starts_with("Invalid worker token format"));
    tab.until("it is said", |view| {
        view.notices.iter().any(|notice| notice.text.starts_with("Invalid worker token format"))
    })
    .await;
    assert_eq!(token(&tab).await, Ok(None), "it is still in storage");
    assert_eq!(worker_token(&tab).await.unwrap().access_token.expose(), "e30.e30.c2ln");
}

#[wasm_bindgen_test]
async fn a_damaged_token_is_set_aside_and_said_so_and_a_new_one_comes() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = saved(&tenant).await;
    let first = worker_token(&tab).await.unwrap();
    let raw = IndexedDbStore::open(&tenant).await.unwrap();
    let key = RecordKey { store: StoreName::Tokens, id: id().to_string() };
    let damaged = SealedRecord { generation: 2, nonce: vec![1; 12], ciphertext: vec![2; 40] };
    raw.put(&key, Expected { generation: 1, epoch: 0 }, damaged).await.unwrap();
    // The page is looked at again: what it holds in memory is not trusted any more.
    let window = web_sys::window().unwrap();
    window.dispatch_event(&web_sys::Event::new("focus").unwrap()).unwrap();
    assert_eq!(worker_token(&tab).await, Err(Refusal::InvalidFormat));
    tab.until("a new token is there", |view| {
        let token = view.connections[0].token.as_ref();
        token.is_some_and(|token| token.received_at > first.facts.received_at)
    })
    .await;
    let second = worker_token(&tab).await.unwrap();
    assert_ne!(second.access_token, first.access_token);
    assert_eq!(second.facts.generation, 1, "it counts anew");
}

#[wasm_bindgen_test]
async fn before_the_vault_is_open_requests_wait_and_after_a_sign_out_nothing_comes_out() {
    let (_server, tenant) = (Server::with_tokens(), fresh_tenant());
    let first = saved(&tenant).await;
    let tab = Tab::opening(&tenant);
    assert!(load(&tab).await.is_some(), "it was asked before the vault was open");
    first.runtime.send(domain::keeper::Command::SignOut);
    tab.until("signed out", |view| view.connections.is_empty()).await;
    assert_eq!(load(&tab).await, None);
    assert!(matches!(save(&tab).await, Err(Refusal::NotStored(_))));
    assert_eq!(worker_token(&tab).await, Err(Refusal::NoCredentials));
}
