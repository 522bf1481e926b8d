//! Sync in whole pages: turned on, joined by other tabs, running by itself, and ended. Two runtimes on one tenant stand for
//! two tabs.

use std::cell::RefCell;
use std::rc::Rc;

use browser::Runtime;
use domain::id::{ProviderId, TenantId};
use domain::secret::Secret;
use domain::site::{Draft, SiteCommand};
use domain::sync::{SyncDeed, SyncFacts, SyncPhase, SyncTrouble, SyncView};
use domain::worker_token::Done;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, fresh_tenant, opening};
use crate::sync_rig::{PASSPHRASE, copies, quick, sent};

/// A tab with what it shows of sync.
struct Tab {
    runtime: Runtime,
    view: Rc<RefCell<SyncView>>,
}

impl Tab {
    async fn open(tenant: &TenantId) -> Self {
        let view = Rc::new(RefCell::new(SyncView::default()));
        let shown = Rc::clone(&view);
        let runtime = Runtime::start(|_| {}, |_| {});
        runtime.derive_sync_keys_by(quick());
        runtime.watch_sync(move |view| *shown.borrow_mut() = view);
        runtime.open(opening(tenant));
        let tab = Self { runtime, view };
        tab.until("the vault is open", |view| view.phase != SyncPhase::Opening).await;
        tab
    }

    async fn until(&self, what: &str, wanted: impl Fn(&SyncView) -> bool) {
        for _ in 0..1_000 {
            if wanted(&self.view.borrow()) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what}: never; the view is {:?}", self.view.borrow());
    }

    async fn ask(&self, deed: impl FnOnce(Done<Result<(), SyncTrouble>>) -> SyncDeed) -> Result<(), SyncTrouble> {
        let (sender, answer) = oneshot::channel();
        self.runtime.sync(deed(Box::new(move |answer| drop(sender.send(answer)))));
        answer.await.expect("each deed is answered")
    }

    async fn turn_on(&self) {
        self.ask(|done| SyncDeed::Begin { passphrase: Secret::new(PASSPHRASE), done }).await.unwrap();
        self.until("the first round is over", |view| items(view) == Some(0) && view.work.is_none()).await;
    }

    async fn add_site(&self, token: &str) {
        let draft =
            Draft { site: "ses_a".to_owned(), token: Secret::new(token), ..Draft::empty(ProviderId::new("ace")) };
        let (sender, answer) = oneshot::channel();
        let done = Box::new(move |answer| drop(sender.send(answer)));
        self.runtime.site(SiteCommand::Add { draft, test: false, done });
        answer.await.unwrap().unwrap();
    }
}

fn items(view: &SyncView) -> Option<u64> {
    match &view.phase {
        SyncPhase::On(SyncFacts { last: Some(last), .. }) => Some(last.items),
        _ => None,
    }
}

/// How many requests brought items.
fn pushes(server: &Server) -> usize {
    let brings = |request: &serde_json::Value| request["body"].as_str().is_some_and(|body| body.contains("\"items\""));
    server.asked().iter().filter(|request| brings(request)).count()
}

#[wasm_bindgen_test]
async fn a_change_goes_out_by_itself_and_every_tab_shows_how_it_stands() {
    let (server, tenant) = (copies(), fresh_tenant());
    let (tab, other) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    assert_eq!(tab.view.borrow().phase, SyncPhase::Off { copy: None });
    tab.runtime.sync(SyncDeed::Look);
    tab.until("it is asked", |view| view.phase == SyncPhase::Off { copy: Some(false) }).await;
    tab.turn_on().await;
    other.until("the other tab heard", |view| items(view) == Some(0)).await;
    assert_eq!(pushes(&server), 0);
    tab.add_site("eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl").await;
    tab.until("it went out", |view| items(view) == Some(1)).await;
    other.until("the other tab heard of it", |view| items(view) == Some(1)).await;
    assert_eq!(pushes(&server), 1, "one tab sent it, once");
    let sent = sent(&server);
    assert!(sent.contains("sealed") && !sent.contains("ses_a"));
}

#[wasm_bindgen_test]
async fn a_wrong_passphrase_leaves_sync_off_and_one_that_is_changed_opens_it_again() {
    let (_server, tenant) = (copies(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.turn_on().await;
    let change = |current: &str, new: &str| {
        let (current, new) = (Secret::new(current), Secret::new(new));
        move |done| SyncDeed::ChangePassphrase { current, new, done }
    };
    assert_eq!(tab.ask(change("wrong", "another")).await, Err(SyncTrouble::WrongPassphrase));
    assert_eq!(tab.ask(change(PASSPHRASE, "another")).await, Ok(()));
    tab.ask(|done| SyncDeed::Stop { done }).await.unwrap();
    tab.until("it is off", |view| view.phase == SyncPhase::Off { copy: Some(true) }).await;
    let join = |passphrase: &str| {
        let passphrase = Secret::new(passphrase);
        move |done| SyncDeed::Join { passphrase, done }
    };
    assert_eq!(tab.ask(join(PASSPHRASE)).await, Err(SyncTrouble::WrongPassphrase));
    assert_eq!(tab.view.borrow().phase, SyncPhase::Off { copy: Some(true) });
    assert_eq!(tab.ask(join("another")).await, Ok(()));
    tab.until("it takes part", |view| items(view).is_some()).await;
}

#[wasm_bindgen_test]
async fn a_copy_that_is_deleted_ends_sync_in_every_tab_and_can_be_begun_anew() {
    let (_server, tenant) = (copies(), fresh_tenant());
    let (tab, other) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    tab.turn_on().await;
    other.until("the other tab heard", |view| items(view).is_some()).await;
    tab.ask(|done| SyncDeed::Delete { done }).await.unwrap();
    tab.until("it is off", |view| view.phase == SyncPhase::Off { copy: Some(false) }).await;
    other.until("the other tab heard", |view| matches!(view.phase, SyncPhase::Off { .. })).await;
    assert_eq!(other.ask(|done| SyncDeed::Now { done }).await, Err(SyncTrouble::Gone));
    other.turn_on().await;
    tab.until("this tab heard", |view| items(view).is_some()).await;
}
