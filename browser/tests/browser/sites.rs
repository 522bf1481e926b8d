//! Site tokens at work: added, called with, refused, replaced, shared by tabs. Two runtimes on one tenant stand for two tabs.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use browser::{Runtime, clock};
use domain::api::Code;
use domain::api::gateway::ApiPath;
use domain::id::{ProviderId, SiteTokenId, TenantId};
use domain::secret::Secret;
use domain::site::{
    About, Answer, CallFailure, Chosen, Done, Draft, LegacyDeed, LegacyPlan, LegacyTaken, Matter, Site, SiteAnswer,
    SiteCall, SiteCommand, SiteId, SitePlace, SiteRefusal, SitesPhase, SitesView, Standing, TestOutcome, TestReport,
    VerdictKind, import,
};
use domain::tenant::Opening;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::{Server, fresh_tenant, opening};

/// A tab with what it shows of site tokens.
pub(crate) struct Tab {
    pub(crate) runtime: Runtime,
    pub(crate) view: Rc<RefCell<SitesView>>,
}

impl Tab {
    pub(crate) async fn open(tenant: &TenantId) -> Self {
        Self::open_as(opening(tenant)).await
    }

    pub(crate) async fn open_as(opening: Opening) -> Self {
        let view = Rc::new(RefCell::new(SitesView::default()));
        let shown = Rc::clone(&view);
        let runtime = Runtime::start(|_| {}, |_| {});
        runtime.watch_sites(move |view| *shown.borrow_mut() = view);
        runtime.open(opening);
        let tab = Self { runtime, view };
        tab.until("the site tokens are read", |view| view.phase == SitesPhase::Open).await;
        tab
    }

    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&SitesView) -> bool) {
        for _ in 0..1_000 {
            if wanted(&self.view.borrow()) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what}: never; the view is {:?}", self.view.borrow());
    }

    /// Sends a command, and waits for its answer.
    pub(crate) async fn ask<T: 'static>(&self, command: impl FnOnce(Done<T>) -> SiteCommand) -> T {
        let (sender, answer) = oneshot::channel();
        self.runtime.site(command(Box::new(move |answer| drop(sender.send(answer)))));
        answer.await.expect("each command is answered")
    }

    pub(crate) async fn add(&self, site: &str, token: &Secret, test: bool) -> Result<SiteTokenId, SiteRefusal> {
        let draft = draft(site, token);
        self.ask(|done| SiteCommand::Add { draft, test, done }).await
    }

    pub(crate) async fn call(&self, call: SiteCall) -> Result<SiteAnswer, CallFailure> {
        self.ask(|done| SiteCommand::Call { call, done }).await
    }

    pub(crate) async fn rotate(&self, id: &SiteTokenId, token: &Secret) -> Result<TestReport, SiteRefusal> {
        let (id, token) = (id.clone(), token.clone());
        self.ask(|done| SiteCommand::Rotate { id, token, done }).await
    }

    pub(crate) async fn reveal(&self, id: &SiteTokenId) -> String {
        let text: Result<Secret, _> = self.ask(|done| SiteCommand::Reveal { id: id.clone(), done }).await;
        text.unwrap().expose().to_owned()
    }

    pub(crate) fn standing(&self, id: &SiteTokenId) -> Standing {
        self.view.borrow().token(id).unwrap().standing(clock::now())
    }
}

pub(crate) fn jwt(identity: &str, days: i64) -> Secret {
    // To the hour, so that it is the same text whenever a test asks for it.
    let exp = clock::now().millis() / 3_600_000 * 3_600 + days * 86_400;
    let claims = URL_SAFE_NO_PAD.encode(json!({ "identity": identity, "exp": exp }).to_string());
    Secret::new(format!(
        "{}.{claims}.{}",
        URL_SAFE_NO_PAD.encode("{\"alg\":\"RS256\"}"),
        URL_SAFE_NO_PAD.encode(identity)
    ))
}

pub(crate) fn draft(site: &str, token: &Secret) -> Draft {
    Draft { site: site.to_owned(), token: token.clone(), ..Draft::empty(ProviderId::new("ace")) }
}

pub(crate) fn place(site: &str) -> SitePlace {
    SitePlace { provider: ProviderId::new("ace"), site: SiteId::parse(site).unwrap(), device: None }
}

pub(crate) fn call(site: Site, may_ask: bool) -> SiteCall {
    SiteCall { site, path: ApiPath::parse("sites/x/points").unwrap(), body: None, may_ask }
}

/// A server with an ACE-shaped API that answers as `api` says: the body of a function of the token's identity (`who`), the
/// site and the path; it falls through to a list of three sites.
pub(crate) fn serving(api: &str) -> Server {
    serving_with("{}", api)
}

/// The same, with what it says of the operator's default token.
pub(crate) fn serving_with(default_token: &str, api: &str) -> Server {
    Server::answering(&format!(
        "const upstream = {{ 'x-tokenkeep-upstream': 'api.example' }};
         if (path === '/api/v1/providers') return [200, [{{ id: 'ace', name: 'ACE', enabled: true,
             kind: {{ type: 'site_api', base: 'https://api.example', refresh_path: 'refresh' }},
             assertion_audience: {{ type: 'issuer' }} }}]];
         if (path === '/api/v1/default-token') return [200, {default_token}];
         if (!path.startsWith('/api/v1/gateway/ace/')) return [404, {{}}];
         const headers = new Headers(init.headers), site = headers.get('x-tokenkeep-site');
         const token = headers.get('x-tokenkeep-token');
         const who = token && atob(token.split('.')[2].replaceAll('-', '+').replaceAll('_', '/'));
         {api}
         return [200, {{ total: 3, items: [], who }}, {{ ...upstream, 'ratelimit-limit': '100',
             'ratelimit-remaining': '9', 'ratelimit-reset': '30', 'x-tokenkeep-try': '2' }}];"
    ))
}

pub(crate) fn gateway(server: &Server) -> Vec<Value> {
    server.asked().into_iter().filter(|it| it["path"].as_str().unwrap().contains("/gateway/")).collect()
}

#[wasm_bindgen_test]
async fn a_token_is_tested_by_a_real_call_kept_and_known_to_other_tabs_and_later_ones() {
    let (server, tenant) = (serving(""), fresh_tenant());
    let (tab, other) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    let token = jwt("a", 300);
    let pasted = Secret::new(format!("Authorization: Bearer {}\n", token.expose()));
    let id = tab.add("ses_a", &pasted, true).await.unwrap();
    let calls = gateway(&server);
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0]["path"], "/api/v1/gateway/ace/sites/?page=1&per_page=2");
    assert_eq!(
        (&calls[0]["headers"]["x-tokenkeep-token"], &calls[0]["headers"]["x-tokenkeep-site"]),
        (&json!(token.expose()), &json!("ses_a"))
    );
    assert_eq!(calls[0]["headers"]["x-tokenkeep-tenant"], tenant.as_str());
    other.until("the other tab knows it", |view| view.tokens.len() == 1).await;
    let later = Tab::open(&tenant).await;
    let kept = later.view.borrow().tokens[0].clone();
    assert_eq!(
        (kept.claims.identity.as_deref(), kept.verdict.as_ref().map(|it| it.kind)),
        (Some("a"), Some(VerdictKind::Accepted))
    );
    assert_eq!(later.reveal(&id).await, token.expose());
    assert_eq!(tab.add("ses_a", &token, false).await, Err(SiteRefusal::Duplicate(id)));
    assert!(!format!("{:?}", later.view.borrow()).contains(token.expose()));
}

#[wasm_bindgen_test]
async fn a_token_the_api_refuses_is_not_kept_when_it_is_tested_first() {
    let _server = serving("return [401, { message: 'Error' }, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let Err(SiteRefusal::TestFailed(report)) = tab.add("a", &jwt("a", 300), true).await else { panic!("it was kept") };
    assert_eq!(report.outcome, TestOutcome::Rejected);
    assert_eq!(report.problem.unwrap().upstream.unwrap().host, "api.example");
    assert!(tab.view.borrow().tokens.is_empty());
    assert!(tab.add("a", &jwt("a", 300), false).await.is_ok());
}

#[wasm_bindgen_test]
async fn a_call_goes_out_with_its_sites_token_and_says_how_many_are_left() {
    let server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    let answer = tab.call(call(Site::At(place("a")), false)).await.unwrap();
    assert_eq!((answer.body["who"].as_str(), answer.tries), (Some("a"), 2));
    let quota = tab.view.borrow().quotas[&place("a")];
    assert_eq!((quota.limit, quota.remaining, quota.is_short(clock::now())), (100, 9, true));
    assert_eq!(tab.view.borrow().token(&id).unwrap().verdict.as_ref().map(|it| it.kind), Some(VerdictKind::Accepted));
    assert_eq!(gateway(&server).len(), 1);
}

#[wasm_bindgen_test]
async fn a_call_without_a_token_names_what_was_tried_or_waits_for_a_person() {
    let server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let failure = tab.call(call(Site::At(place("a")), false)).await.unwrap_err();
    let CallFailure::NoToken(tried) = failure else { panic!("{failure:?}") };
    assert_eq!(
        domain::site::tried_in_words(&tried),
        "Looked at this browser (none), synced tokens (switched off), and the operator's default token (none)."
    );
    let waiting = tab.call(call(Site::At(place("a")), true));
    let giving = async {
        tab.until("a person is asked", |view| {
            view.prompt.as_ref().is_some_and(|prompt| matches!(prompt.matter, Matter::Missing(_)))
        })
        .await;
        assert!(gateway(&server).is_empty());
        tab.add("a", &jwt("a", 300), false).await.unwrap();
    };
    let (answer, ()) = futures::join!(waiting, giving);
    assert_eq!(answer.unwrap().body["who"], "a");
    tab.until("the dialog is gone", |view| view.prompt.is_none()).await;
}

#[wasm_bindgen_test]
async fn a_dialog_that_is_closed_lets_the_call_go_with_what_was_tried() {
    let _server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let waiting = tab.call(call(Site::At(place("a")), true));
    let closing = async {
        tab.until("a person is asked", |view| view.prompt.is_some()).await;
        let prompt = tab.view.borrow().prompt.clone().unwrap();
        tab.runtime.site(SiteCommand::Answer { prompt, answer: Answer::Close });
    };
    let (answer, ()) = futures::join!(waiting, closing);
    assert!(matches!(answer, Err(CallFailure::NoToken(_))));
}

#[wasm_bindgen_test]
async fn a_401_marks_the_token_and_asks_for_a_new_one_and_a_403_says_nothing_against_it() {
    let _server = serving(
        "if (site === 'gone') return [401, { message: 'Token has been revoked' }, upstream];
         if (site === 'locked') return [403, { message: 'no' }, upstream];",
    );
    let tab = Tab::open(&fresh_tenant()).await;
    let gone = tab.add("gone", &jwt("g", 300), false).await.unwrap();
    let locked = tab.add("locked", &jwt("l", 300), false).await.unwrap();
    let failure = tab.call(call(Site::Of(locked.clone()), false)).await.unwrap_err();
    let CallFailure::Problem(problem) = failure else { panic!("{failure:?}") };
    assert_eq!((problem.code, tab.standing(&locked)), (Code::ApiRefused, Standing::Active));
    let failure = tab.call(call(Site::Of(gone.clone()), false)).await.unwrap_err();
    let CallFailure::Problem(problem) = failure else { panic!("{failure:?}") };
    assert_eq!((problem.code, tab.standing(&gone)), (Code::ApiTokenRefused, Standing::Revoked));
    let about = |view: &SitesView| view.prompt.as_ref().map(|prompt| prompt.about.clone());
    tab.until("a dialog is due", |view| about(view).is_some()).await;
    assert_eq!(tab.view.borrow().errors.len(), 2);
    // A token that was refused is not sent again; a call that may ask waits for another text.
    let failure = tab.call(call(Site::Of(gone.clone()), false)).await.unwrap_err();
    assert!(matches!(failure, CallFailure::NoToken(_)), "{failure:?}");
    let waiting = tab.call(call(Site::Of(gone), true));
    let closing = async {
        let missing =
            |view: &SitesView| view.prompt.as_ref().is_some_and(|prompt| matches!(prompt.matter, Matter::Missing(_)));
        tab.until("a person is asked", missing).await;
        let prompt = tab.view.borrow().prompt.clone().unwrap();
        tab.runtime.site(SiteCommand::Answer { prompt, answer: Answer::Close });
    };
    assert!(matches!(futures::join!(waiting, closing).0, Err(CallFailure::NoToken(_))));
}

#[wasm_bindgen_test]
async fn another_token_of_the_place_stands_in_for_one_that_is_refused() {
    let server = serving("if (who === 'bad') return [401, {}, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let bad = tab.add("a", &jwt("bad", 300), false).await.unwrap();
    tab.add("a", &jwt("good", 30), false).await.unwrap();
    let answer = tab.call(call(Site::Of(bad.clone()), false)).await.unwrap();
    assert_eq!((answer.body["who"].as_str(), tab.standing(&bad)), (Some("good"), Standing::Invalid));
    assert_eq!(gateway(&server).len(), 2);
}

#[wasm_bindgen_test]
async fn a_rotation_keeps_the_old_text_until_the_new_one_has_worked_once() {
    let _server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("old", 2), false).await.unwrap();
    assert_eq!(tab.rotate(&id, &jwt("new", 300)).await.unwrap().outcome, TestOutcome::Works);
    assert!(tab.view.borrow().token(&id).unwrap().previous.is_some());
    assert_eq!(tab.call(call(Site::Of(id.clone()), false)).await.unwrap().body["who"], "new");
    assert!(tab.view.borrow().token(&id).unwrap().previous.is_none());
    assert_eq!(tab.reveal(&id).await, jwt("new", 300).expose());
}

#[wasm_bindgen_test]
async fn a_new_text_that_passed_its_test_and_is_refused_in_earnest_gives_way_to_the_old_one() {
    let server = serving("if (who === 'new' && path.endsWith('points')) return [401, {}, upstream];");
    let tab = Tab::open(&fresh_tenant()).await;
    let old = jwt("old", 30);
    let id = tab.add("a", &old, false).await.unwrap();
    tab.rotate(&id, &jwt("new", 300)).await.unwrap();
    assert_eq!(tab.call(call(Site::Of(id.clone()), false)).await.unwrap().body["who"], "old");
    assert_eq!((tab.reveal(&id).await, tab.standing(&id)), (old.expose().to_owned(), Standing::Active));
    assert_eq!(tab.view.borrow().errors[0].text, "The new token was refused. The one before works, and is used again.");
    assert_eq!(tab.call(call(Site::Of(id), false)).await.unwrap().body["who"], "old");
    assert_eq!(gateway(&server).len(), 4, "one test, then two calls and one that was sent again");
}

#[wasm_bindgen_test]
async fn a_refresh_takes_a_new_text_from_the_provider_and_an_expired_token_is_refreshed_by_a_call() {
    let fresh = jwt("fresh", 300);
    let server = serving(&format!(
        "if (path.endsWith('/refresh')) return [200, {{ token: '{}' }}, upstream];
         if (who === 'over') return [401, {{}}, upstream];",
        fresh.expose()
    ));
    let tab = Tab::open(&fresh_tenant()).await;
    let id = tab.add("a", &jwt("over", -2), false).await.unwrap();
    assert_eq!(tab.call(call(Site::Of(id.clone()), false)).await.unwrap().body["who"], "fresh");
    assert_eq!(tab.reveal(&id).await, fresh.expose());
    let asked: Vec<_> = gateway(&server).iter().map(|it| it["method"].as_str().unwrap().to_owned()).collect();
    assert_eq!(asked, ["POST", "GET", "GET"], "refreshed, tested, called");
    // The same text again is no new token.
    let again: Result<TestReport, _> = tab.ask(|done| SiteCommand::Refresh { id: id.clone(), done }).await;
    assert_eq!(again.unwrap_err(), SiteRefusal::Duplicate(id));
}

#[wasm_bindgen_test]
async fn calls_to_many_sites_run_beside_each_other_and_one_that_fails_harms_no_other() {
    // Each answer takes 60 ms; how many are under way at once is counted.
    let _server = serving(
        "window.flying = (window.flying ?? 0) + 1;
         window.most = Math.max(window.most ?? 0, window.flying);
         setTimeout(() => window.flying--, 60);
         if (site === 's3') return [500, { message: 'down' }, upstream];",
    );
    let tab = Tab::open(&fresh_tenant()).await;
    let names: Vec<String> = (0..8).map(|index| format!("s{index}")).collect();
    let mut calls = vec![call(Site::At(place("nobody")), false)];
    for name in &names {
        tab.add(name, &jwt(name, 300), false).await.unwrap();
        calls.push(call(Site::At(place(name)), false));
    }
    let results = Rc::new(RefCell::new(Vec::new()));
    let each = {
        let results = Rc::clone(&results);
        Box::new(move |result| results.borrow_mut().push(result))
    };
    tab.ask(|done| SiteCommand::CallMany { calls, each, done }).await;
    let results = results.take();
    assert_eq!(results.len(), 9);
    for (site, result) in results {
        let Site::At(at) = site else { panic!("{site:?}") };
        match (at.site.as_str(), result) {
            ("nobody", result) => assert!(matches!(result, Err(CallFailure::NoToken(_))), "{result:?}"),
            ("s3", result) => assert!(matches!(result, Err(CallFailure::Problem(_))), "{result:?}"),
            (name, result) => assert_eq!(result.unwrap().body["who"], name),
        }
    }
    let most = js_sys::Reflect::get(&js_sys::global(), &"most".into()).unwrap().as_f64().unwrap();
    assert!((2.0..=6.0).contains(&most), "{most} at once");
}

#[wasm_bindgen_test]
async fn a_file_of_tokens_is_written_whole_or_not_at_all() {
    let _server = serving("");
    let tab = Tab::open(&fresh_tenant()).await;
    let kept = tab.add("a", &jwt("a", 300), false).await.unwrap();
    let file = ["a", "b", "c"].map(|name| format!("{name},{}", jwt(&format!("{name}-new"), 300).expose())).join("\n");
    let providers = [ProviderId::new("ace")];
    let rows = import::read(file.as_bytes(), &tab.view.borrow(), &providers).unwrap();
    let mut broken = rows.clone();
    broken[2].draft.token = Secret::new("nonsense");
    let outcome: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows: broken, done }).await;
    assert!(matches!(outcome, Err(SiteRefusal::Format(_))), "{outcome:?}");
    assert_eq!(tab.view.borrow().tokens.len(), 1);
    let outcome: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows: rows.clone(), done }).await;
    assert_eq!(outcome, Ok(3));
    assert_eq!(tab.view.borrow().tokens.len(), 3);
    assert_eq!(tab.reveal(&kept).await, jwt("a-new", 300).expose());
    let outcome: Result<usize, _> = tab.ask(|done| SiteCommand::Import { rows, done }).await;
    assert_eq!(outcome, Err(SiteRefusal::Changed), "what is there by now is not written twice");
}

#[wasm_bindgen_test]
async fn a_removed_token_comes_back_within_ten_seconds_in_every_tab() {
    let (_server, tenant) = (serving(""), fresh_tenant());
    let (tab, other) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    let id = tab.add("a", &jwt("a", 300), false).await.unwrap();
    let _: Result<(), SiteRefusal> = tab.ask(|done| SiteCommand::SetDefault { id: Some(id.clone()), done }).await;
    other.until("it is the default one", |view| view.is_default(&id)).await;
    let removed: Result<(), SiteRefusal> = tab.ask(|done| SiteCommand::Remove { ids: vec![id.clone()], done }).await;
    assert_eq!(removed, Ok(()));
    other.until("it is hidden", |view| view.tokens.is_empty() && view.removed.len() == 1).await;
    assert_eq!(other.view.borrow().default, None);
    let restored: Result<(), SiteRefusal> =
        other.ask(|done| SiteCommand::Restore { ids: vec![id.clone()], done }).await;
    assert_eq!(restored, Ok(()));
    tab.until("it is back", |view| view.tokens.len() == 1 && view.is_default(&id)).await;
}

#[wasm_bindgen_test]
async fn one_dialog_is_due_in_one_tab_and_tomorrow_holds_in_every_tab() {
    let (_server, tenant) = (serving(""), fresh_tenant());
    let (first, second) = (Tab::open(&tenant).await, Tab::open(&tenant).await);
    let id = first.add("a", &jwt("a", 5), false).await.unwrap();
    let shown = |tab: &Tab| tab.view.borrow().prompt.clone();
    for _ in 0..400 {
        if shown(&first).is_some() || shown(&second).is_some() {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    second.until("the other tab knows it", |view| view.tokens.len() == 1).await;
    // Long enough for the other tab to have looked a few times.
    for _ in 0..250 {
        assert!(shown(&first).is_none() || shown(&second).is_none(), "two dialogs at once");
        TimeoutFuture::new(10).await;
    }
    let (tab, other) = if shown(&first).is_some() { (&first, &second) } else { (&second, &first) };
    let prompt = shown(tab).unwrap();
    assert_eq!((&prompt.about, &prompt.matter), (&About::Token(id.clone()), &Matter::Expiring(Standing::Warning)));
    tab.runtime.site(SiteCommand::Answer { prompt, answer: Answer::RemindTomorrow });
    tab.until("it is gone", |view| view.prompt.is_none()).await;
    other.until("the other tab is quiet, too", |view| view.token(&id).is_some_and(|it| it.quiet_until.is_some())).await;
    for _ in 0..150 {
        assert_eq!((shown(tab), shown(other)), (None, None));
        TimeoutFuture::new(10).await;
    }
}

#[wasm_bindgen_test]
async fn the_choice_stays_with_the_next_page() {
    let (_server, tenant) = (serving(""), fresh_tenant());
    let tab = Tab::open(&tenant).await;
    let (a, b) =
        (tab.add("a", &jwt("a", 300), false).await.unwrap(), tab.add("b", &jwt("b", 300), false).await.unwrap());
    let _: Result<(), SiteRefusal> = tab.ask(|done| SiteCommand::SetDefault { id: Some(a.clone()), done }).await;
    tab.until("the default site is chosen", |view| view.is_chosen(&a)).await;
    tab.runtime.site(SiteCommand::Choose(Chosen::Token(b.clone())));
    tab.until("the other one is chosen", |view| view.is_chosen(&b)).await;
    // It is written in the background; a later command is answered after it.
    let _: Result<(), SiteRefusal> = tab.ask(|done| SiteCommand::SetDefault { id: Some(a), done }).await;
    let later = Tab::open(&tenant).await;
    later.until("the choice is there", |view| view.is_chosen(&b)).await;
}

fn local_storage() -> web_sys::Storage {
    web_sys::window().unwrap().local_storage().unwrap().unwrap()
}

#[wasm_bindgen_test]
async fn tokens_an_earlier_app_left_are_taken_over_after_a_dry_run_and_can_be_put_back() {
    let (_server, tenant) = (serving(""), fresh_tenant());
    let (single, listed) = (jwt("single", 300), jwt("listed", 300));
    let list = format!(r#"[{{"id":"s1","name":"One","token":"{}"}}]"#, listed.expose());
    local_storage().set_item("aceIotApiToken", single.expose()).unwrap();
    local_storage().set_item("custom_ace_sites", &list).unwrap();
    local_storage().set_item("aceToken_encrypted_v2", "U2FsdGVkX1").unwrap();
    let tab = Tab::open(&tenant).await;
    tab.until("it is counted", |view| {
        view.legacy.as_ref().is_some_and(|found| (found.readable, found.unreadable) == (2, 1))
    })
    .await;
    let plan: Result<LegacyPlan, _> = tab.ask(|done| SiteCommand::PlanLegacy { done }).await;
    let plan = plan.unwrap();
    assert!(plan.items.iter().all(|item| item.deed == LegacyDeed::Take) && !plan.can_roll_back, "{plan:?}");
    assert!(tab.view.borrow().tokens.is_empty() && local_storage().get_item("aceIotApiToken").unwrap().is_some());
    let provider = ProviderId::new("ace");
    let taken: Result<LegacyTaken, _> =
        tab.ask(|done| SiteCommand::TakeOverLegacy { plan: plan.clone(), provider, done }).await;
    let taken = taken.unwrap();
    assert_eq!((taken.taken, taken.removed, taken.left.len()), (2, 2, 1));
    assert_eq!(local_storage().get_item("aceIotApiToken").unwrap(), None);
    assert_eq!(local_storage().get_item("custom_ace_sites").unwrap(), None);
    assert!(local_storage().get_item("aceToken_encrypted_v2").unwrap().is_some(), "what can't be read stays");
    let ids: Vec<SiteTokenId> = tab.view.borrow().tokens.iter().map(|token| token.id.clone()).collect();
    assert_eq!(
        (tab.reveal(&ids[0]).await, tab.reveal(&ids[1]).await),
        (single.expose().to_owned(), listed.expose().to_owned())
    );
    let back: Result<(), SiteRefusal> = tab.ask(|done| SiteCommand::RollBackLegacy { done }).await;
    assert_eq!(back, Ok(()));
    assert!(tab.view.borrow().tokens.is_empty());
    assert_eq!(local_storage().get_item("custom_ace_sites").unwrap().as_deref(), Some(list.as_str()));
    for key in ["aceIotApiToken", "custom_ace_sites", "aceToken_encrypted_v2"] {
        local_storage().remove_item(key).unwrap();
    }
}
