//! What an older app left, in real storage: taken over whole, or left as it was.

use browser::Runtime;
use browser::legacy::{Outcome, take_over};
use browser::vault::{UsableCredential, Vault};
use domain::audit::{Action, Report};
use domain::connection::Connection;
use domain::id::{ProviderId, ReportId, TenantId};
use domain::keeper::{NoticeKind, View};
use domain::legacy::DATABASE;
use domain::provider::{AssertionAudience, GatewayRules, Provider, ProviderKind, Region};
use futures::future::join;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Broken, SECRET, Server, fresh_tenant, indexed_db_dump, local_storage_dump, opening};

const ENVIRONMENT: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const TOKEN: &str = "canary-older-worker-token";

/// Old keys in this page's storage, until this is dropped.
struct Planted {
    keys: Vec<&'static str>,
}

impl Planted {
    fn new(texts: &[(&'static str, String)]) -> Self {
        let storage = local_storage();
        texts.iter().for_each(|(key, text)| storage.set_item(key, text).unwrap());
        Self { keys: texts.iter().map(|(key, _)| *key).collect() }
    }

    fn standing(&self) -> Vec<&'static str> {
        let storage = local_storage();
        self.keys.iter().filter(|key| storage.get_item(key).unwrap().is_some()).copied().collect()
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        let storage = local_storage();
        self.keys.iter().for_each(|key| storage.remove_item(key).unwrap());
    }
}

fn local_storage() -> web_sys::Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

fn credentials(client: &str) -> String {
    format!(
        r#"{{"environmentId":"{ENVIRONMENT}","clientId":"{client}","clientSecret":"{SECRET}","appName":"Billing"}}"#
    )
}

fn one_client() -> Planted {
    let expires_at = js_sys::Date::now() + 3_600_000.0;
    let record = format!(r#"{{"credentials":{},"token":"{TOKEN}","expiresAt":{expires_at}}}"#, credentials("c"));
    Planted::new(&[
        ("unified_worker_token", record),
        ("worker_credentials", credentials("c")),
        ("worker_token_audit", TOKEN.to_owned()),
        ("credential_backup_1700000000000", serde_json::json!({ "worker_credentials": credentials("c") }).to_string()),
    ])
}

fn providers() -> Vec<Provider> {
    vec![Provider {
        id: ProviderId::new("pingone"),
        name: "PingOne".to_owned(),
        enabled: true,
        kind: ProviderKind::PingOne { regions: vec![Region::Com], custom_domains: Vec::new() },
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    }]
}

fn told(_: &Connection) -> Report {
    Report::new(ReportId::from_random(browser::clock::random()), browser::clock::now(), Action::TokenImported)
}

async fn run(tenant: &TenantId) -> Outcome {
    let vault = Vault::open(tenant, |_| {}, |_| {}).await.unwrap();
    take_over(tenant, &vault, async || Some(providers()), &told).await
}

async fn kept(tenant: &TenantId) -> Vec<Connection> {
    let vault = Vault::open(tenant, |_| {}, |_| {}).await.unwrap();
    vault.contents().await.unwrap().held.into_iter().map(|held| held.connection).collect()
}

async fn run_script(script: &str) -> JsValue {
    let promise: Promise = Function::new_no_args(script).call0(&JsValue::NULL).unwrap().unchecked_into();
    JsFuture::from(promise).await.unwrap()
}

async fn has_old_database() -> bool {
    let names: Array = run_script("return indexedDB.databases();").await.unchecked_into();
    names.iter().any(|it| Reflect::get(&it, &"name".into()).unwrap().as_string().as_deref() == Some(DATABASE))
}

async fn plant_database(record: &str) {
    let script = "return new Promise((done, failed) => {
        const opening = indexedDB.open('oauth_playground_unified', 1);
        opening.onerror = failed;
        opening.onupgradeneeded = () => {
            const store = opening.result.createObjectStore('unified_worker_tokens', { keyPath: 'id' });
            for (const name of ['environmentId', 'appId', 'savedAt', 'expiresAt']) store.createIndex(name, name);
        };
        opening.onsuccess = () => {
            const writing = opening.result.transaction('unified_worker_tokens', 'readwrite');
            writing.objectStore('unified_worker_tokens').put(RECORD);
            writing.oncomplete = () => { opening.result.close(); done(); };
        };
    });";
    run_script(&script.replace("RECORD", record)).await;
}

#[wasm_bindgen_test]
async fn what_was_found_is_in_the_vault_and_no_readable_copy_is_left() {
    let (tenant, planted) = (fresh_tenant(), one_client());
    let outcome = run(&tenant).await;
    assert_eq!(outcome.lines.len(), 1, "{outcome:?}");
    assert_eq!((outcome.lines[0].0, outcome.written.len()), (NoticeKind::Done, 1));
    assert_eq!(planted.standing(), [""; 0]);
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    let id = &outcome.written[0];
    assert_eq!(vault.connection(id).await.unwrap().unwrap().name, "Billing");
    let credential = vault.credential(id).await.unwrap();
    assert!(matches!(credential, Some(UsableCredential::ClientSecret(secret)) if secret.expose() == SECRET));
    assert_eq!(vault.token(id).await.unwrap().unwrap().access_token.expose(), TOKEN);
    let dump = indexed_db_dump(&tenant).await + &local_storage_dump();
    assert!(!dump.contains("canary"), "a canary lies in the browser in clear");
}

#[wasm_bindgen_test]
async fn the_older_database_is_read_and_goes_when_it_is_empty() {
    let tenant = fresh_tenant();
    plant_database(&format!("{{ id: 'unified_worker_token', credentials: {}, savedAt: 1 }}", credentials("db"))).await;
    let outcome = run(&tenant).await;
    assert_eq!(outcome.written.len(), 1, "{outcome:?}");
    assert_eq!(kept(&tenant).await[0].client_id, "db");
    assert!(!has_old_database().await);
}

#[wasm_bindgen_test]
async fn an_older_database_that_is_not_there_is_not_made() {
    assert_eq!(run(&fresh_tenant()).await, Outcome::default());
    assert!(!has_old_database().await);
}

#[wasm_bindgen_test]
async fn a_second_run_makes_no_second_connection() {
    let (tenant, first) = (fresh_tenant(), one_client());
    run(&tenant).await;
    drop(first);
    let again = one_client();
    let outcome = run(&tenant).await;
    assert_eq!(outcome, Outcome::default());
    assert_eq!((kept(&tenant).await.len(), again.standing().len()), (1, 0));
}

#[wasm_bindgen_test]
async fn two_tabs_at_once_make_one_connection() {
    let (tenant, planted) = (fresh_tenant(), one_client());
    let (one, other) = join(run(&tenant), run(&tenant)).await;
    assert_eq!(one.written.len() + other.written.len(), 1);
    assert_eq!((kept(&tenant).await.len(), planted.standing().len()), (1, 0));
}

#[wasm_bindgen_test]
async fn a_tab_closed_before_the_old_keys_went_leaves_both_and_the_next_run_tidies_up() {
    let (tenant, planted) = (fresh_tenant(), one_client());
    let closed = Broken::removal();
    run(&tenant).await;
    drop(closed);
    assert_eq!((kept(&tenant).await.len(), planted.standing().len()), (1, 4));
    let outcome = run(&tenant).await;
    assert_eq!((outcome.written.len(), kept(&tenant).await.len(), planted.standing().len()), (0, 1, 0));
}

#[wasm_bindgen_test]
async fn a_full_disk_leaves_everything_as_it_was_and_says_so_once() {
    let (tenant, planted) = (fresh_tenant(), one_client());
    let before = planted.standing();
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    let full = Broken::indexed_db_quota();
    let outcome = take_over(&tenant, &vault, async || Some(providers()), &told).await;
    drop(full);
    assert_eq!(planted.standing(), before);
    assert!(outcome.lines.iter().all(|(kind, _)| *kind != NoticeKind::Done), "{outcome:?}");
    assert_eq!(outcome.lines.len(), 1);
    assert_eq!(kept(&tenant).await.len(), 0);
    assert_eq!(run(&tenant).await.written.len(), 1, "with room again it is taken over");
}

#[wasm_bindgen_test]
async fn without_an_answer_of_the_server_everything_waits() {
    let (tenant, planted) = (fresh_tenant(), one_client());
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    assert_eq!(take_over(&tenant, &vault, async || None, &told).await, Outcome::default());
    assert_eq!(planted.standing().len(), 4);
}

#[wasm_bindgen_test]
async fn what_stays_is_said_once_and_stays_as_it_was() {
    let tenant = fresh_tenant();
    let text = format!(r#"{{"clientId":"c","clientSecret":"{SECRET}"}}"#);
    let planted = Planted::new(&[("worker_credentials", text.clone()), ("worker_token", "{\"broken\":".to_owned())]);
    let outcome = run(&tenant).await;
    assert_eq!((outcome.written.len(), outcome.lines.len()), (0, 1));
    assert!(outcome.lines[0].1.contains("the environment id is missing"), "{outcome:?}");
    assert_eq!(run(&tenant).await, Outcome::default());
    assert_eq!(local_storage().get_item("worker_credentials").unwrap().unwrap(), text);
    assert_eq!(planted.standing().len(), 2);
}

#[wasm_bindgen_test]
async fn settings_come_along_once_and_never_over_those_set_here() {
    let tenant = fresh_tenant();
    let older = r#"{"workerToken":{"autoRenewal":false,"renewalThreshold":77},"otpLength":6}"#;
    let planted = Planted::new(&[("pingone_mfa_configuration_v8", older.to_owned())]);
    let settings = run(&tenant).await.settings.unwrap();
    assert_eq!((settings.auto_renewal, settings.renewal_threshold.seconds()), (false, 77));
    let vault = Vault::open(&tenant, |_| {}, |_| {}).await.unwrap();
    vault.write_settings(&Default::default()).await.unwrap();
    assert_eq!(run(&tenant).await, Outcome::default());
    assert_eq!(planted.standing().len(), 1, "it holds more than was taken over, and no secret");
}

#[wasm_bindgen_test]
async fn the_page_shows_the_connection_and_one_quiet_line() {
    let (_planted, _server) =
        (one_client(), Server::answering(&format!("return [200, {}];", serde_json::json!(providers()))));
    let view = Rc::new(RefCell::new(View::default()));
    let shown = Rc::clone(&view);
    let runtime = Runtime::start(move |view| *shown.borrow_mut() = view, |_| {});
    runtime.open(opening(&fresh_tenant()));
    let there = |view: &View| view.current.is_some() && view.connections.iter().any(|it| it.token.is_some());
    for _ in 0..1_000 {
        if there(&view.borrow()) && !view.borrow().notices.is_empty() {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    let view = view.borrow();
    assert!(there(&view), "{view:?}");
    let notices: Vec<_> = view.notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(notices, ["The older app's connection Billing moved into this vault. The readable copies are gone."]);
}
