//! The chain a call goes along for a token: vault, sync, the operator's default token, a person.

use browser::Runtime;
use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{
    About, Answer, CallFailure, ChainSource, Chosen, Kept, Matter, Site, SiteCommand, SiteRefusal, SitesView, Source,
    Standing, TestReport, tried_in_words,
};
use domain::sync::{SyncDeed, SyncTrouble};
use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, fresh_tenant};
use crate::sites::{Tab, call, draft, gateway, jwt, place, serving, serving_with};
use crate::sync_rig::{Device, PASSPHRASE, copies_beside, quick};

/// A server whose operator has a default token for the site `op`, over by its own word or not.
fn with_operators(expires: &str) -> Server {
    let token =
        format!("{{ token: {{ provider: 'ace', site: 'op', name: 'Op', identity: null, expires_at: {expires} }} }}");
    serving_with(
        &token,
        "if (!token && site === 'op') return [200, { who: 'operator' },
             { ...upstream, 'x-tokenkeep-token-source': 'default' }];",
    )
}

/// A server with copies and an API that takes every token.
fn syncing() -> Server {
    copies_beside(
        "if (path.startsWith('/api/v1/gateway/ace/')) return [200, { items: [] }, { 'x-tokenkeep-upstream': 'api.example' }];
         if (path === '/api/v1/default-token') return [200, { token: { provider: 'ace', site: 'a', name: 'Op',
             identity: null, expires_at: null } }];",
    )
}

async fn turns_sync_on(runtime: &Runtime) {
    runtime.derive_sync_keys_by(quick());
    let (sender, begun) = oneshot::channel();
    let done = Box::new(move |outcome: Result<(), SyncTrouble>| drop(sender.send(outcome)));
    runtime.sync(SyncDeed::Begin { passphrase: Secret::new(PASSPHRASE), done });
    begun.await.unwrap().unwrap();
}

fn is_failed(view: &SitesView) -> bool {
    view.prompt.as_ref().is_some_and(|prompt| matches!(prompt.matter, Matter::Failed(_)))
}

#[wasm_bindgen_test]
async fn what_a_person_gives_while_the_operators_token_is_chosen_goes_with_the_call() {
    let _server = with_operators("1000");
    let tab = Tab::open(&fresh_tenant()).await;
    tab.until("the operator's token is known", |view| view.operators.is_some()).await;
    let waiting = tab.call(call(Site::Operators, true));
    let giving = async {
        tab.until("a person is asked", |view| view.prompt.is_some()).await;
        let prompt = tab.view.borrow().prompt.clone().unwrap();
        assert_eq!(prompt.about, About::Place(place("op")));
        let Matter::Missing(tried) = prompt.matter else { panic!("{prompt:?}") };
        assert_eq!(
            tried_in_words(&tried),
            "Looked at this browser (none), synced tokens (switched off), and the operator's default token (expired)."
        );
        tab.add("op", &jwt("mine", 300), false).await.unwrap();
    };
    let (answer, ()) = futures::join!(waiting, giving);
    let answer = answer.unwrap();
    assert_eq!((answer.body["who"].as_str(), answer.source), (Some("mine"), ChainSource::Vault));
}

#[wasm_bindgen_test]
async fn the_operators_token_goes_first_where_it_is_the_one_meant() {
    let server = with_operators("null");
    let tab = Tab::open(&fresh_tenant()).await;
    tab.until("the operator's token is known", |view| view.operators.is_some()).await;
    tab.add("op", &jwt("mine", 300), false).await.unwrap();
    let answer = tab.call(call(Site::Operators, false)).await.unwrap();
    assert_eq!((answer.body["who"].as_str(), answer.source), (Some("operator"), ChainSource::Operators));
    assert_eq!(tab.call(call(Site::At(place("op")), false)).await.unwrap().body["who"], "mine");
    assert_eq!(gateway(&server).len(), 2);
}

#[wasm_bindgen_test]
async fn a_token_that_only_another_device_has_is_synced_before_the_operators_is_used() {
    let (_server, tenant) = (syncing(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    tab.until("the operator's token is known", |view| view.operators.is_some()).await;
    turns_sync_on(&tab.runtime).await;
    let other = Device::new(&tenant).await;
    other.join(PASSPHRASE).await.unwrap();
    let kept = Kept::new(
        SiteTokenId::new("theirs"),
        place("a"),
        &draft("a", &jwt("theirs", 300)),
        Source::Entered,
        browser::clock::now(),
    );
    other.vault.write_sites(&[browser::vault::SiteWrite::New(kept)], None).await.unwrap();
    other.sync().await.unwrap();
    let answer = tab.call(call(Site::At(place("a")), false)).await.unwrap();
    assert_eq!(answer.source, ChainSource::Vault, "the operator's token was used");
    assert_eq!(tab.view.borrow().tokens.len(), 1);
    let failure = tab.call(call(Site::At(place("b")), false)).await.unwrap_err();
    let CallFailure::NoToken(tried) = failure else { panic!("{failure:?}") };
    let words = tried_in_words(&tried);
    assert!(words.contains("synced tokens (none)"), "{words}");
}

#[wasm_bindgen_test]
async fn a_server_that_does_not_sync_is_said_to_be_out_of_reach_and_holds_no_call_up() {
    let (server, tenant) = (syncing(), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    turns_sync_on(&tab.runtime).await;
    drop(server);
    let _gone =
        Server::answering("if (path.startsWith('/api/v1/sync/')) throw new TypeError('gone'); return [404, {}];");
    let failure = tab.call(call(Site::At(place("b")), false)).await.unwrap_err();
    let CallFailure::NoToken(tried) = failure else { panic!("{failure:?}") };
    let words = tried_in_words(&tried);
    assert!(words.contains("synced tokens (can't be reached)"), "{words}");
}

#[wasm_bindgen_test]
async fn a_token_that_was_refused_once_is_used_again_after_it_passed_a_test() {
    let _server = serving("if (site === 'a' && (window.refuses ?? true)) return [401, {}, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    tab.call(call(Site::Of(id.clone()), false)).await.unwrap_err();
    tab.until("the dialog is due", is_failed).await;
    assert_eq!(tab.standing(&id), Standing::Invalid);
    js_sys::Reflect::set(&js_sys::global(), &"refuses".into(), &false.into()).unwrap();
    let chosen = Chosen::Token(id.clone());
    let report: Result<TestReport, SiteRefusal> = tab.ask(|done| SiteCommand::Test { chosen, done }).await;
    assert!(report.unwrap().problem.is_none());
    assert_eq!(tab.standing(&id), Standing::Active);
    tab.until("the dialog is gone", |view| view.prompt.is_none()).await;
    assert_eq!(tab.call(call(Site::Of(id), false)).await.unwrap().body["who"], "a");
    js_sys::Reflect::set(&js_sys::global(), &"refuses".into(), &true.into()).unwrap();
}

#[wasm_bindgen_test]
async fn a_call_that_met_a_401_is_made_again_with_the_token_a_person_gives_in_its_place() {
    let server = serving("if (who === 'old') return [401, {}, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("old", 300), false).await.unwrap();
    let waiting = tab.call(call(Site::Of(id.clone()), true));
    let giving = async {
        tab.until("the dialog is due", is_failed).await;
        let prompt = tab.view.borrow().prompt.clone().unwrap();
        // The dialog of the new token stands in place of the one that said so.
        tab.runtime.site(SiteCommand::Answer { prompt, answer: Answer::Enter });
        tab.until("the dialog is gone", |view| view.prompt.is_none()).await;
        tab.rotate(&id, &jwt("new", 300)).await.unwrap();
    };
    let (answer, ()) = futures::join!(waiting, giving);
    assert_eq!(answer.unwrap().body["who"], "new");
    assert_eq!(gateway(&server).len(), 3, "refused, tested, made again");
}

#[wasm_bindgen_test]
async fn a_call_that_met_a_401_ends_with_it_when_nobody_enters_a_new_token() {
    let server = serving("return [401, {}, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("old", 300), false).await.unwrap();
    let waiting = tab.call(call(Site::Of(id.clone()), true));
    let leaving = async {
        tab.until("the dialog is due", is_failed).await;
        let prompt = tab.view.borrow().prompt.clone().unwrap();
        tab.runtime.site(SiteCommand::Answer { prompt, answer: Answer::Enter });
        tab.until("the dialog is gone", |view| view.prompt.is_none()).await;
        tab.runtime.site(SiteCommand::LetGo(About::Token(id.clone())));
    };
    let (answer, ()) = futures::join!(waiting, leaving);
    assert!(matches!(answer, Err(CallFailure::Problem(_))), "{answer:?}");
    assert_eq!(gateway(&server).len(), 1);
}
