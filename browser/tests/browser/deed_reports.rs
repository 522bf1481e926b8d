//! A deed and what the audit log is told of it are one write: neither is there without the other, however soon the tab goes.

use std::collections::BTreeSet;
use std::rc::Rc;

use browser::vault::{Parcel, SiteWrite, Vault};
use browser::{cipher, clock};
use domain::audit::{Action, Report};
use domain::id::{ProviderId, ReportId, SiteTokenId, TenantId};
use domain::secret::Secret;
use domain::site::{Draft, Kept, SiteCommand, TokenTexts, import, sample};
use domain::transfer::{self, Errand};
use domain::vault::StoreError;
use domain::worker_token::{GivenToken, Request, Whose};
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, Strange, TOKEN, connection, fresh_tenant, id, indexed_db_dump, intent, secret, token};
use crate::runtime;
use crate::sites::{Tab, draft, jwt, serving};
use crate::worker_reports::reported;

async fn open(tenant: &TenantId) -> Rc<Vault> {
    Vault::open(tenant, |_| panic!("IndexedDB failed"), |_| {}).await.unwrap()
}

fn told(action: Action) -> Report {
    Report::new(ReportId::from_random(clock::random()), clock::now(), action)
}

/// How many records with reports lie in the tenant's database.
async fn lying(tenant: &TenantId) -> usize {
    indexed_db_dump(tenant).await.matches("settings/reports/").count()
}

fn sealed_site(name: &str) -> Kept {
    let texts = TokenTexts { generation: 1, text: Secret::new("a.b.c"), previous: None };
    Kept { token: sample::token(name, Some(300)), texts }
}

#[wasm_bindgen_test]
async fn a_renewal_and_its_report_are_one_transaction_and_a_renewal_that_lost_tells_nothing() {
    let tenant = fresh_tenant();
    let vault = open(&tenant).await;
    vault.write_connection(&connection(true), Some(&secret()), &[]).await.unwrap();
    vault.write_intent(&id(), &intent(0), &[]).await.unwrap();
    let refreshed = [told(Action::TokenRefreshed)];
    let counted = Strange::counting_transactions(&tenant);
    vault.commit(&id(), &token(1), 0, &intent(0).id, &refreshed).await.unwrap();
    assert_eq!(counted.count(), 1, "a renewal pays for no second transaction");
    drop(counted);
    assert_eq!(open(&tenant).await.kept_reports().await.unwrap(), Parcel::pack(&refreshed));
    let late = vault.commit(&id(), &token(1), 0, &intent(0).id, &[told(Action::TokenRefreshed)]).await;
    assert_eq!(late, Err(StoreError::Superseded { current: 1 }));
    assert_eq!(lying(&tenant).await, 1, "the one that lost is not told");
    vault.advance_epoch().await.unwrap();
    let out = vault.commit(&id(), &token(2), 0, &intent(0).id, &[told(Action::TokenRefreshed)]).await;
    assert_eq!(out, Err(StoreError::SignedOut { current: 1 }));
    assert_eq!(lying(&tenant).await, 1, "nor is one after a sign-out");
}

#[wasm_bindgen_test]
async fn where_a_report_can_t_be_written_neither_is_its_deed() {
    let tenant = fresh_tenant();
    let report = told(Action::TokenAdded);
    open(&tenant).await.keep_reports(&Parcel::pack(std::slice::from_ref(&report))).await.unwrap();
    // This vault never saw the record that stands where the report is to lie.
    let vault = open(&tenant).await;
    let writes = [SiteWrite::New(sealed_site("a")), SiteWrite::Told(vec![report])];
    assert_eq!(vault.write_sites(&writes, None).await, Err(StoreError::Superseded { current: 1 }));
    assert!(!indexed_db_dump(&tenant).await.contains("settings/sites/"), "no token was written");
    let writes = [SiteWrite::New(sealed_site("a")), SiteWrite::Told(vec![told(Action::TokenAdded)])];
    vault.write_sites(&writes, None).await.unwrap();
    assert_eq!(lying(&tenant).await, 2);
}

#[wasm_bindgen_test]
async fn each_deed_with_a_site_token_has_its_report_in_the_vault_when_it_is_answered() {
    let (server, tenant) = (serving(""), fresh_tenant());
    server.answers_reports_with(503);
    let tab = Tab::open(&tenant).await;
    let id = tab.add("ses_a", &jwt("one", 300), false).await.unwrap();
    assert_eq!(lying(&tenant).await, 1, "added");
    let changed = Draft { name: "Clinic".to_owned(), ..draft("ses_a", &Secret::new("")) };
    tab.ask(|done| SiteCommand::Edit { id: id.clone(), draft: changed, test: false, done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 2, "updated");
    let changed = draft("ses_a", &jwt("two", 300));
    tab.ask(|done| SiteCommand::Edit { id: id.clone(), draft: changed, test: false, done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 3, "rotated");
    tab.ask(|done| SiteCommand::SetDefault { id: Some(id.clone()), done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 4, "default set");
    tab.ask(|done| SiteCommand::Remove { ids: vec![id.clone()], done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 5, "deleted");
    tab.ask(|done| SiteCommand::Restore { ids: vec![id.clone()], done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 6, "brought back");
    let rows = import::read(&file(1), &tab.view.borrow(), &[ProviderId::new("ace")]).unwrap();
    let imported: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows, done }).await;
    assert_eq!((imported, lying(&tenant).await), (Ok(1), 7), "imported");
    let kept = open(&tenant).await.kept_reports().await.unwrap();
    let actions: BTreeSet<&str> = kept.iter().flat_map(Parcel::reports).map(|report| report.action.name()).collect();
    let wanted =
        ["site:default_set", "token:added", "token:deleted", "token:imported", "token:rotated", "token:updated"];
    assert_eq!(actions.into_iter().collect::<Vec<_>>(), wanted);
}

#[wasm_bindgen_test]
async fn each_deed_with_a_worker_token_has_its_report_in_the_vault_when_it_is_answered() {
    let (server, tenant) = (Server::with_tokens(), fresh_tenant());
    server.answers_reports_with(503);
    let tab = runtime::Tab::open(&tenant).await;
    async fn ask<T: 'static>(tab: &runtime::Tab, request: impl FnOnce(domain::worker_token::Done<T>) -> Request) -> T {
        let (sender, answer) = oneshot::channel();
        tab.runtime.ask(request(Box::new(move |answer| drop(sender.send(answer)))));
        answer.await.unwrap()
    }
    let (saved, credential) = (connection(true), Some(secret()));
    ask(&tab, |done| Request::SaveCredentials { connection: saved, credential, done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 1, "a connection added");
    tab.until("the connection is known", |view| !view.connections.is_empty()).await;
    let given = GivenToken {
        access_token: Secret::new(TOKEN),
        token_type: "Bearer".to_owned(),
        expires_in: Some(3_600),
        scope: None,
        host: "auth.example.com".to_owned(),
    };
    ask(&tab, |done| Request::SaveToken { whose: Whose::Of(id()), token: given, done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 2, "a token added");
    ask(&tab, |done| Request::ClearToken { whose: Whose::Of(id()), done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 3, "a token deleted");
    let chosen = transfer::Chosen { connection: connection(true), credential: Some(secret()) };
    let (sender, imported) = oneshot::channel();
    let done = Box::new(move |answer| drop(sender.send(answer)));
    tab.runtime.run(Errand::Import { chosen: vec![chosen], done }, Some(cipher()));
    imported.await.unwrap().unwrap();
    assert_eq!(lying(&tenant).await, 4, "a connection imported");
    ask(&tab, |done| Request::ClearCredentials { whose: Whose::Of(id()), done }).await.unwrap();
    assert_eq!(lying(&tenant).await, 5, "a connection removed");
}

fn file(count: usize) -> Vec<u8> {
    let line = |index: usize| format!("ses_{index},{}", jwt(&format!("canary-{index}"), 300).expose());
    (0..count).map(line).collect::<Vec<_>>().join("\n").into_bytes()
}

#[wasm_bindgen_test]
async fn of_a_file_and_of_a_removal_each_token_is_an_event_and_those_cut_off_come_with_the_next_tab() {
    const COUNT: usize = 120;
    let (server, tenant) = (serving(""), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    let rows = import::read(&file(COUNT), &tab.view.borrow(), &[ProviderId::new("ace")]).unwrap();
    let imported: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows, done }).await;
    assert_eq!((imported, lying(&tenant).await), (Ok(COUNT), 3), "as few records as there are requests");
    assert!(!indexed_db_dump(&tenant).await.contains("ses_"), "sealed like all else");
    let first = reported(&server, &tenant, 1).await;
    server.answers_reports_with(401);
    assert_eq!(first.len(), 50, "one request at a time, with a pause between");
    // The session is over, which ends the sending; then the tab goes.
    let is_refused = || server.refused_reports().iter().any(|report| report["tenant"] == tenant.as_str());
    for _ in 0..500 {
        if is_refused() {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    assert!(is_refused());
    drop(tab);
    let next = Tab::open(&tenant).await;
    server.answers_reports_with(200);
    let all = reported(&server, &tenant, COUNT).await;
    let sites: BTreeSet<&str> = all.iter().map(|report| report["site"].as_str().unwrap()).collect();
    assert_eq!((all.len(), sites.len()), (COUNT, COUNT), "each once, with its site");
    assert!(all.iter().all(|report| report["action"] == "token:imported" && report["count"].is_null()));
    let ids: Vec<SiteTokenId> = next.view.borrow().tokens.iter().map(|token| token.id.clone()).collect();
    next.ask(|done| SiteCommand::Remove { ids, done }).await.unwrap();
    let all = reported(&server, &tenant, 2 * COUNT).await;
    let removed: BTreeSet<&str> = all[COUNT..].iter().map(|report| report["site"].as_str().unwrap()).collect();
    assert_eq!((all.len(), removed.len()), (2 * COUNT, COUNT));
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains(jwt("canary-7", 300).expose()));
}
