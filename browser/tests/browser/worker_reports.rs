//! What is done with worker tokens in a browser reaches the audit log: each deed once, with its place, never with a secret.

use browser::cipher;
use domain::connection::Connection;
use domain::id::TenantId;
use domain::keeper::Command;
use domain::secret::Secret;
use domain::transfer::Errand;
use domain::worker_token::{Request, Whose};
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{SECRET, Server, TOKEN, connection, fresh_tenant, id, secret};
use crate::runtime::Tab;

/// What was reported of a tenant, once it is so much; fewer after ten seconds. Tests share a page: what others did a second ago
/// is told to this one's server.
pub(crate) async fn reported(server: &Server, tenant: &TenantId, count: usize) -> Vec<Value> {
    let of_tenant = || -> Vec<Value> {
        server.reported().into_iter().filter(|report| report["tenant"] == tenant.as_str()).collect()
    };
    for _ in 0..1_000 {
        if of_tenant().len() >= count {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    of_tenant()
}

fn actions(reports: &[Value]) -> Vec<&str> {
    reports.iter().map(|report| report["action"].as_str().unwrap()).collect()
}

/// A tab in which the connection has got its first token.
async fn with_token(tenant: &TenantId) -> Tab {
    let tab = Tab::open(tenant).await;
    tab.runtime.send(Command::Save { connection: connection(true), credential: Some(secret()), obtain: true });
    tab.until_generation(1).await;
    tab
}

#[wasm_bindgen_test]
async fn every_deed_with_a_worker_token_is_reported_once_with_its_connection_and_without_a_secret() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = with_token(&tenant).await;
    let renamed = Connection { name: "Renamed".to_owned(), ..connection(true) };
    tab.runtime.send(Command::Save { connection: renamed, credential: None, obtain: false });
    tab.runtime.send(Command::Reveal(id()));
    tab.until("the token is shown", |view| view.revealed.is_some()).await;
    tab.runtime.send(Command::Obtain(id()));
    tab.until_generation(2).await;
    let (sender, cleared) = oneshot::channel();
    let done = Box::new(move |answer| drop(sender.send(answer)));
    tab.runtime.ask(Request::ClearToken { whose: Whose::Of(id()), done });
    cleared.await.unwrap().unwrap();
    tab.runtime.send(Command::Remove(id()));
    tab.until("the connection is gone", |view| view.connections.is_empty()).await;
    let wanted = ["token:added", "token:deleted", "token:deleted", "token:refreshed", "token:shown", "token:updated"];
    let reports = reported(&server, &tenant, wanted.len()).await;
    let mut actions = actions(&reports);
    actions.sort_unstable();
    // It was shown once, though it was renewed while it stood there.
    assert_eq!(actions, wanted);
    for report in &reports {
        assert_eq!((&report["connection"], &report["provider"]), (&"c1".into(), &"p".into()), "{report}");
        assert_eq!(report["outcome"], "done");
        let text = report.to_string();
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
    }
}

#[wasm_bindgen_test]
async fn credentials_that_leave_as_a_file_are_reported_and_a_file_that_could_not_be_made_is_not() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    let tab = with_token(&tenant).await;
    let export = |cipher| {
        let (sender, answer) = oneshot::channel();
        let done = Box::new(move |answer| drop(sender.send(answer)));
        let passphrase = Secret::new("five words chosen by chance");
        tab.runtime.run(Errand::Export { connections: vec![id()], passphrase, done }, cipher);
        answer
    };
    assert!(export(None).await.unwrap().is_err(), "without its code nothing is encrypted");
    export(Some(cipher())).await.unwrap().unwrap();
    let reports = reported(&server, &tenant, 2).await;
    assert_eq!(actions(&reports), ["token:added", "token:exported"]);
    assert_eq!((&reports[1]["connection"], &reports[1]["label"]), (&"c1".into(), &"Canary connection name".into()));
}
