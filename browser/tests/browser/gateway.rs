//! Calls through the gateway: the token is put in below the app, renewed and repeated once where that can help.

use domain::api::gateway::ApiPath;
use domain::api::{Code, Problem};
use domain::worker_token::{ApiCall, At, Request, Whose};
use futures::channel::oneshot;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, TOKEN, connection, fresh_tenant, id, secret};
use crate::runtime::Tab;

/// A server with a sandbox, tokens, and an API that answers as `api` says: the body of a function of the request's token
/// and of the number of calls so far.
fn serving(api: &str) -> Server {
    Server::answering(&format!(
        "const upstream = {{ 'x-tokenkeep-upstream': 'api.example' }};
         const refusal = code => ({{ code: 'ACCESS_FAILED', details: [{{ code }}] }});
         if (path === '/api/v1/providers') return [200, [{{ id: 'p', name: 'P', enabled: true,
             kind: {{ type: 'sandbox', origin: 'http://127.0.0.1:7430' }}, assertion_audience: {{ type: 'issuer' }} }}]];
         if (path === '/api/v1/token') return [200, {{ access_token: ['e30', 'e30', '{TOKEN}' + count].join('.'),
             token_type: 'Bearer', expires_in: 3600, received_at: Date.now(), host: 'auth.example.com', took_ms: 60, tries: 1 }}];
         const token = new Headers(init.headers).get('x-tokenkeep-token');
         const calls = asked.filter(one => one.path.startsWith('/api/v1/gateway/')).length;
         {api}"
    ))
}

async fn tab() -> Tab {
    let tab = Tab::open(&fresh_tenant()).await;
    let (sender, saved) = oneshot::channel();
    let done = Box::new(move |saved| drop(sender.send(saved)));
    tab.runtime.ask(Request::SaveCredentials { connection: connection(true), credential: Some(secret()), done });
    saved.await.unwrap().unwrap();
    tab.until("the connection is known", |view| !view.connections.is_empty()).await;
    tab
}

async fn call(tab: &Tab, at: At, body: Option<Value>) -> Result<Value, Problem> {
    let (sender, answer) = oneshot::channel();
    let done = Box::new(move |answer| drop(sender.send(answer)));
    tab.runtime.ask(Request::Call { whose: Whose::Of(id()), call: ApiCall { at, body }, done });
    answer.await.expect("each call is answered")
}

async fn get(tab: &Tab, path: &str) -> Result<Value, Problem> {
    call(tab, At::Path(ApiPath::parse(path).unwrap()), None).await
}

fn count(server: &Server, path: &str) -> usize {
    server.asked().iter().filter(|asked| asked["path"].as_str().unwrap().starts_with(path)).count()
}

#[wasm_bindgen_test]
async fn a_call_carries_the_token_in_its_header_and_nowhere_else() {
    let server = serving("return [200, { users: [calls] }, upstream];");
    let tab = tab().await;
    assert_eq!(get(&tab, "environments/e/users?limit=1").await, Ok(json!({ "users": [1] })));
    let link = At::Link("http://127.0.0.1:7430/v1/environments/e/users?cursor=x".to_owned());
    assert_eq!(call(&tab, link, None).await, Ok(json!({ "users": [2] })));
    let path = At::Path(ApiPath::parse("environments/e/activities").unwrap());
    assert_eq!(call(&tab, path, Some(json!({ "filter": "f" }))).await, Ok(json!({ "users": [3] })));
    let asked = server.asked();
    let calls: Vec<&Value> = asked.iter().filter(|it| it["path"].as_str().unwrap().contains("/gateway/")).collect();
    let paths: Vec<&str> = calls.iter().filter_map(|call| call["path"].as_str()).collect();
    assert_eq!(
        paths,
        [
            "/api/v1/gateway/p/environments/e/users?limit=1",
            "/api/v1/gateway/p/environments/e/users?cursor=x",
            "/api/v1/gateway/p/environments/e/activities"
        ]
    );
    for call in &calls {
        let token = call["headers"]["x-tokenkeep-token"].as_str().unwrap();
        assert!(token.contains(TOKEN));
        let mut rest = (*call).clone();
        rest["headers"]["x-tokenkeep-token"] = Value::Null;
        assert!(!rest.to_string().contains(TOKEN), "{rest}");
    }
    assert_eq!((calls[0]["method"].as_str(), calls[2]["method"].as_str()), (Some("GET"), Some("POST")));
    assert_eq!(calls[2]["body"], r#"{"filter":"f"}"#);
    assert_eq!(count(&server, "/api/v1/token"), 1);
}

#[wasm_bindgen_test]
async fn a_refused_token_is_renewed_once_for_all_calls_and_each_is_made_once_more() {
    let server = serving(
        "const first = asked.find(one => one.headers['x-tokenkeep-token']).headers['x-tokenkeep-token'];
         return token === first ? [401, refusal('INVALID_TOKEN'), upstream] : [200, {}, upstream];",
    );
    let tab = tab().await;
    let answers = futures::join!(get(&tab, "a"), get(&tab, "b"), get(&tab, "c"));
    assert_eq!(answers, (Ok(json!({})), Ok(json!({})), Ok(json!({}))));
    assert_eq!((count(&server, "/api/v1/token"), count(&server, "/api/v1/gateway/")), (2, 6));
    assert_eq!(get(&tab, "d").await, Ok(json!({})));
    assert_eq!(count(&server, "/api/v1/token"), 2, "the new one is used from then on");
}

#[wasm_bindgen_test]
async fn a_token_that_is_refused_again_ends_the_call() {
    let server = serving("return [401, refusal('INVALID_TOKEN'), upstream];");
    let tab = tab().await;
    assert_eq!(get(&tab, "a").await.unwrap_err().code, Code::ApiTokenRefused);
    assert_eq!((count(&server, "/api/v1/token"), count(&server, "/api/v1/gateway/")), (2, 2));
}

#[wasm_bindgen_test]
async fn a_missing_role_renews_nothing_and_is_not_tried_again() {
    for (status, code) in [(403, "INSUFFICIENT_PERMISSIONS"), (403, "INVALID_TOKEN"), (401, "INSUFFICIENT_PERMISSIONS")]
    {
        let server = serving(&format!("return [{status}, refusal('{code}'), upstream];"));
        let tab = tab().await;
        let problem = get(&tab, "a").await.unwrap_err();
        assert_eq!(problem.code, Code::ApiRoleMissing, "{status} {code}");
        assert_eq!(problem.upstream.unwrap().host, "api.example");
        assert_eq!((count(&server, "/api/v1/token"), count(&server, "/api/v1/gateway/")), (1, 1));
    }
}

#[wasm_bindgen_test]
async fn our_own_servers_401_is_about_the_session_and_not_about_the_token() {
    let server = serving("return [401, null];");
    let tab = tab().await;
    assert_eq!(get(&tab, "a").await.unwrap_err().code, Code::NotSignedIn);
    assert_eq!((count(&server, "/api/v1/token"), count(&server, "/api/v1/gateway/")), (1, 1));
}

#[wasm_bindgen_test]
async fn a_wait_the_provider_asks_for_is_passed_on() {
    let _server = serving("return [429, { code: 'REQUEST_LIMITED' }, { ...upstream, 'retry-after': '7' }];");
    let problem = get(&tab().await, "a").await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after), (Code::UpstreamThrottled, Some(7)));
}

#[wasm_bindgen_test]
async fn a_link_that_leads_elsewhere_is_not_followed_and_a_call_without_credentials_is_none() {
    let server = serving("return [200, {}, upstream];");
    let first = tab().await;
    let problem = call(&first, At::Link("https://evil.example/v1/a".to_owned()), None).await.unwrap_err();
    assert_eq!(problem.code, Code::UpstreamUnreadable);
    let empty = Tab::open(&fresh_tenant()).await;
    assert_eq!(get(&empty, "a").await.unwrap_err().code, Code::NoCredential);
    assert_eq!((count(&server, "/api/v1/token"), count(&server, "/api/v1/gateway/")), (0, 0));
}

#[wasm_bindgen_test]
async fn a_pages_work_is_kept_sealed_across_reloads_until_it_is_over() {
    let tenant = fresh_tenant();
    let keep = async |tab: &Tab, work| {
        let (sender, kept) = oneshot::channel();
        let done = Box::new(move |kept| drop(sender.send(kept)));
        tab.runtime.ask(Request::KeepWork { name: "bulk", work, done });
        kept.await.unwrap().unwrap();
    };
    let recall = async |tab: &Tab| {
        let (sender, work) = oneshot::channel();
        let done = Box::new(move |work| drop(sender.send(work)));
        tab.runtime.ask(Request::RecallWork { name: "bulk", done });
        work.await.unwrap().unwrap()
    };
    let first = Tab::open(&tenant).await;
    assert_eq!(recall(&first).await, None);
    keep(&first, Some(json!({ "rows": ["canary-row"] }))).await;
    assert_eq!(recall(&Tab::open(&tenant).await).await, Some(json!({ "rows": ["canary-row"] })));
    assert!(!crate::rig::indexed_db_dump(&tenant).await.contains("canary-row"));
    keep(&first, None).await;
    assert_eq!(recall(&Tab::open(&tenant).await).await, None);
}
