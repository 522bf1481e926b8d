//! Tabs hear each other, whichever way each of them uses. Two lines in one page stand for two tabs: to the shared worker
//! and to channels they are as foreign to each other as two pages. Storage events go to other pages only, so a stand-in
//! passes them on here; the end-to-end tests have the real ones.

use std::cell::RefCell;
use std::rc::Rc;

use browser::clock;
use browser::tabs::{Said, Tabs, Wanted};
use domain::id::{ConnectionId, TabId, TenantId};
use domain::keeper::News;
use domain::tabs::{Body, Message, TabsReport, WakesBy, Way, Why};
use domain::time::Span;
use futures::StreamExt;
use futures::channel::mpsc::unbounded;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, BlobPropertyBag, BroadcastChannel, MessageEvent, Url};

use crate::rig::{Strange, fresh_tenant};

const SWITCHBOARD: &str = include_str!("../../../public/switchboard.js");
/// Added to the switchboard, it ends when it is told so.
const MORTAL: &str = "
    const connect = onconnect;
    onconnect = (event) => {
      connect(event);
      event.ports[0].addEventListener('message', ({ data }) => data === 'die' && close());
    };";
/// Takes everything and says nothing, as a worker that hangs.
const DUMB: &str = "onconnect = ({ ports: [port] }) => port.start();";

/// The address of a script; as long as this is there, workers are the browser's own.
fn script(parts: &[&str]) -> (String, Strange) {
    let parts: Array = parts.iter().copied().map(JsValue::from_str).collect();
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).unwrap();
    (Url::create_object_url_with_blob(&blob).unwrap(), Strange::real_shared_workers())
}

fn token(generation: u64) -> News {
    News::Token { connection: ConnectionId::new("c"), generation }
}

/// A tab with all it was told.
struct Tab {
    line: Tabs,
    said: Rc<RefCell<Vec<Said>>>,
    on_ring: Rc<RefCell<Option<oneshot::Sender<()>>>>,
}

impl Tab {
    fn open(tenant: &TenantId, way: Way, script: &str) -> Self {
        let said = Rc::new(RefCell::new(Vec::new()));
        let on_ring: Rc<RefCell<Option<oneshot::Sender<()>>>> = Rc::default();
        let (hearing, ringing) = (Rc::clone(&said), Rc::clone(&on_ring));
        let wanted = Wanted { way: Some(way), script: script.to_owned() };
        let tab = TabId::from_random(clock::random());
        let line = Tabs::open(tab, tenant, wanted, move |said| {
            if let Some(rung) = ringing.borrow_mut().take_if(|_| said == Said::Ring) {
                let _ = rung.send(());
            }
            hearing.borrow_mut().push(said);
        });
        Self { line, said, on_ring }
    }

    async fn until(&self, what: &str, wanted: impl Fn(&TabsReport) -> bool) {
        for _ in 0..1_000 {
            if wanted(&self.line.report()) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what}: never; the report is {:?}", self.line.report());
    }

    async fn until_on(&self, way: Way) {
        self.until(way.name(), |report| report.way == Some(way)).await;
    }

    async fn until_said(&self, wanted: &Said) {
        for _ in 0..1_000 {
            if self.said.borrow().contains(wanted) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{wanted:?}: never; heard was {:?} and the report is {:?}", self.said.borrow(), self.line.report());
    }

    /// Waits without a timer until it is rung.
    async fn rung(&self) {
        let (sender, rung) = oneshot::channel();
        self.on_ring.replace(Some(sender));
        rung.await.unwrap();
    }

    async fn until_heard(&self, generation: u64) {
        self.until_said(&Said::News(token(generation))).await;
    }

    /// The generations heard, in their order.
    fn generations(&self) -> Vec<u64> {
        let said = self.said.borrow();
        said.iter()
            .filter_map(
                |said| if let Said::News(News::Token { generation, .. }) = said { Some(*generation) } else { None },
            )
            .collect()
    }
}

async fn news_arrive_in_order_by(way: Way) {
    let _events = Strange::storage_events_in_this_page();
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let (first, second) = (Tab::open(&tenant, way, &script), Tab::open(&tenant, way, &script));
    let stranger = Tab::open(&fresh_tenant(), way, &script);
    first.until_on(way).await;
    second.until_on(way).await;
    for tab in [&first, &second] {
        tab.until("they know each other", |report| report.others.iter().any(|other| other.ways.best() == Some(way)))
            .await;
    }
    (1..=20).for_each(|generation| first.line.tell(&token(generation)));
    second.until_heard(20).await;
    assert_eq!(second.generations(), (1..=20).collect::<Vec<_>>());
    second.line.tell(&token(21));
    first.until_heard(21).await;
    assert_eq!(first.generations(), [21], "a tab hears itself");
    assert!(stranger.said.borrow().is_empty(), "another tenant hears: {:?}", stranger.said.borrow());
    let told = first.line.report().log.iter().rev().find(|logged| logged.generation == Some(20)).unwrap().ways;
    assert_eq!(told.best(), Some(way));
}

#[wasm_bindgen_test]
async fn news_arrive_in_order_by_the_shared_worker() {
    news_arrive_in_order_by(Way::Worker).await;
}

#[wasm_bindgen_test]
async fn news_arrive_in_order_by_the_channel() {
    news_arrive_in_order_by(Way::Channel).await;
}

#[wasm_bindgen_test]
async fn news_arrive_in_order_by_storage_events() {
    news_arrive_in_order_by(Way::Storage).await;
}

#[wasm_bindgen_test]
async fn tabs_with_different_ways_hear_each_other() {
    let _events = Strange::storage_events_in_this_page();
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let tabs = Way::ALL.map(|way| Tab::open(&tenant, way, &script));
    for (tab, way) in tabs.iter().zip(Way::ALL) {
        tab.until_on(way).await;
        tab.until("all know each other", |report| report.others.len() == 2).await;
    }
    for (generation, teller) in (1..).zip(&tabs) {
        teller.line.tell(&token(generation));
        for hearer in tabs.iter().filter(|hearer| !std::ptr::eq(*hearer, teller)) {
            hearer.until_heard(generation).await;
        }
    }
    TimeoutFuture::new(50).await;
    for tab in &tabs {
        assert_eq!(tab.generations().len(), 2, "something came twice: {:?}", tab.said.borrow());
    }
}

#[wasm_bindgen_test]
async fn when_the_worker_dies_nothing_told_is_lost_and_the_tabs_meet_again() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD, MORTAL]);
    let (first, second) = (Tab::open(&tenant, Way::Worker, &script), Tab::open(&tenant, Way::Worker, &script));
    first.until_on(Way::Worker).await;
    second.until_on(Way::Worker).await;
    let port = web_sys::SharedWorker::new_with_str(&script, &format!("tokenkeep.news:{tenant}")).unwrap().port();
    port.start();
    port.post_message(&"die".into()).unwrap();
    // By when it has heard of its end.
    TimeoutFuture::new(200).await;
    first.line.tell(&token(1));
    second.until_heard(1).await;
    first.until("it stepped down", |report| report.steps.iter().any(|step| step.why == Why::NoAnswer)).await;
    first.until_on(Way::Worker).await;
    second.line.tell(&token(2));
    first.until_heard(2).await;
    second.until_on(Way::Worker).await;
    first.line.tell(&token(3));
    second.until_heard(3).await;
    assert_eq!(second.generations(), [1, 3]);
}

#[wasm_bindgen_test]
async fn a_worker_that_says_nothing_is_left_for_the_channel() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[DUMB]);
    let (first, second) = (Tab::open(&tenant, Way::Worker, &script), Tab::open(&tenant, Way::Worker, &script));
    // News do not wait for the worker.
    first.line.tell(&token(1));
    second.until_heard(1).await;
    assert_eq!(first.line.report().way, Some(Way::Channel));
    first.until("it gave up", |report| report.wakes != WakesBy::Worker && report.others.len() == 1).await;
}

#[wasm_bindgen_test]
async fn a_script_that_can_not_be_loaded_is_no_way() {
    let tenant = fresh_tenant();
    let first = Tab::open(&tenant, Way::Worker, "/there-is-no-such-script.js");
    let second = Tab::open(&tenant, Way::Channel, "");
    TimeoutFuture::new(200).await;
    first.line.tell(&token(1));
    second.until_heard(1).await;
    assert_eq!(first.line.report().way, Some(Way::Channel));
}

#[wasm_bindgen_test]
async fn a_browser_without_workers_and_channels_uses_storage_and_one_without_any_is_deaf() {
    let tenant = fresh_tenant();
    {
        let _none = Strange::without(&["SharedWorker", "BroadcastChannel"]);
        assert_eq!(Tab::open(&tenant, Way::Worker, "").line.report().way, Some(Way::Storage));
    }
    let _none = Strange::without(&["SharedWorker", "BroadcastChannel", "localStorage"]);
    let deaf = Tab::open(&tenant, Way::Worker, "");
    assert!(deaf.line.is_deaf());
    assert_eq!(*deaf.said.borrow(), [Said::Deaf, Said::Missed], "what it can't hear any more is looked for once");
    deaf.line.tell(&token(1));
}

#[wasm_bindgen_test]
async fn older_and_newer_builds_and_noise_do_no_harm() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let tab = Tab::open(&tenant, Way::Worker, &script);
    tab.until_on(Way::Worker).await;
    let older = BroadcastChannel::new(&format!("tokenkeep.news:{tenant}")).unwrap();
    for text in [
        r#"{"v":1,"news":{"kind":"token","connection":"c","generation":7}}"#,
        r#"{"v":2,"from":"new","n":1,"news":{"kind":"signed_out","epoch":2}}"#,
        r#"{"v":1,"from":"new","n":2,"song":"la"}"#,
        r#"{"v":1,"from":"new","n":3,"news":{"kind":"song"}}"#,
        "{}",
        "",
    ] {
        older.post_message(&text.into()).unwrap();
    }
    older.post_message(&JsValue::from_f64(1.0)).unwrap();
    tab.until("all came", |report| report.counts.noise == 2).await;
    assert_eq!(*tab.said.borrow(), [Said::News(token(7))]);
    let counts = tab.line.report().counts;
    assert_eq!((counts.other_version, counts.unknown), (1, 2));
    // An older build hears what is told, though it never says hello.
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let on_message =
        wasm_bindgen::closure::Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            hearing.borrow_mut().extend(event.data().as_string());
        });
    older.set_onmessage(Some(wasm_bindgen::JsCast::unchecked_ref(on_message.as_ref())));
    tab.line.tell(&token(8));
    for _ in 0..100 {
        if !heard.borrow().is_empty() {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    let text = heard.borrow().first().cloned().unwrap();
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&told["v"], &told["news"]["generation"]), (&1.into(), &8.into()));
    older.set_onmessage(None);
}

#[wasm_bindgen_test]
async fn a_newer_builds_messages_pass_an_older_switchboard() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let name = format!("tokenkeep.news:{tenant}");
    let tab = Tab::open(&tenant, Way::Worker, &script);
    tab.until_on(Way::Worker).await;
    let newer = web_sys::SharedWorker::new_with_str(&script, &name).unwrap().port();
    newer
        .post_message(&r#"{"v":2,"from":"new","n":1,"news":{"kind":"token","connection":"c","generation":9}}"#.into())
        .unwrap();
    newer.post_message(&"no json".into()).unwrap();
    newer.post_message(&JsValue::NULL).unwrap();
    tab.until("it came", |report| report.counts.other_version == 1).await;
    let hello = Message { from: Some(TabId::new("new")), number: 2, to: None, body: Body::Bye };
    newer.post_message(&hello.text().into()).unwrap();
    tab.line.tell(&token(10));
    TimeoutFuture::new(50).await;
    assert_eq!(tab.line.report().way, Some(Way::Worker), "it was harmed");
    assert!(tab.said.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn who_comes_later_is_told_the_newest_generation_and_who_is_there() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let first = Tab::open(&tenant, Way::Worker, &script);
    first.until_on(Way::Worker).await;
    for generation in [2, 3, 1] {
        first.line.tell(&token(generation));
    }
    first.line.tell(&News::SignedOut { epoch: 4 });
    let later = Tab::open(&tenant, Way::Worker, &script);
    later.until_heard(3).await;
    assert_eq!(*later.said.borrow(), [Said::News(token(3))]);
    assert_eq!(later.line.report().others.len(), 1);
}

#[wasm_bindgen_test]
async fn news_that_went_straight_are_passed_on_all_the_same_and_before_what_their_teller_says_next() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let tab = Tab::open(&tenant, Way::Worker, &script);
    tab.until_on(Way::Worker).await;
    let teller = web_sys::SharedWorker::new_with_str(&script, &format!("tokenkeep.news:{tenant}")).unwrap().port();
    let message = |number, body| Message { from: Some(TabId::new("teller")), number, to: None, body };
    let says = |text: String| teller.post_message(&text.into()).unwrap();
    says(message(1, Body::News(token(7))).text_after());
    says(message(2, Body::News(token(8))).text_after());
    tab.until_heard(8).await;
    says(message(3, Body::News(token(9))).text_after());
    says(message(4, Body::News(token(10))).text());
    says(message(5, Body::News(token(11))).text_after());
    says(message(6, Body::Bye).text());
    tab.until_heard(11).await;
    tab.until("the teller left", |report| report.others.is_empty()).await;
    assert_eq!(tab.generations(), [7, 8, 9, 10, 11]);
}

/// A worker that dies takes along what it holds back: who told it is to know, and tells it again (seed 732917 of the simulation).
#[wasm_bindgen_test]
async fn what_the_worker_holds_back_is_confirmed_only_when_it_is_passed_on() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&["setTimeout = () => 0;", SWITCHBOARD]);
    let teller = web_sys::SharedWorker::new_with_str(&script, &format!("tokenkeep.news:{tenant}")).unwrap().port();
    let (sender, mut said) = unbounded();
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap();
        let Ok(Message { body: Body::Confirmed(number), .. }) = Message::read(&text) else { return };
        sender.unbounded_send(number).unwrap();
    });
    teller.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    let says = |number, body, straight: bool| {
        let message = Message { from: Some(TabId::new("teller")), number, to: None, body };
        let text = if straight { message.text_after() } else { message.text() };
        teller.post_message(&text.into()).unwrap();
    };
    says(1, Body::Beat, false);
    says(2, Body::News(token(7)), true);
    says(3, Body::Beat, false);
    says(4, Body::News(token(8)), false);
    let confirmed: Vec<u64> = said.by_ref().take(3).collect().await;
    assert_eq!(confirmed, [1, 3, 4]);
}

#[wasm_bindgen_test]
async fn the_worker_rings_in_time_where_the_pages_timers_stand_still() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let tab = Tab::open(&tenant, Way::Worker, &script);
    tab.until_on(Way::Worker).await;
    tab.line.seen(false);
    let begun = clock::now();
    tab.line.wake_at(begun + Span::from_seconds(3_600));
    tab.line.wake_at(begun + Span::from_millis(400));
    let still = Strange::timers();
    tab.rung().await;
    drop(still);
    let took = clock::now().since(begun).millis();
    assert!((400..1_400).contains(&took), "it rang after {took} ms");
}

#[wasm_bindgen_test]
async fn a_tab_that_leaves_is_forgotten_and_one_that_comes_back_is_known_again() {
    let tenant = fresh_tenant();
    let (script, _real) = script(&[SWITCHBOARD]);
    let (first, second) = (Tab::open(&tenant, Way::Worker, &script), Tab::open(&tenant, Way::Worker, &script));
    second.until_on(Way::Worker).await;
    first.until_on(Way::Worker).await;
    first.until("the other is there", |report| report.others.len() == 1).await;
    second.line.leave();
    first.until("the other left", |report| report.others.is_empty()).await;
    first.line.tell(&token(5));
    TimeoutFuture::new(50).await;
    assert!(second.generations().is_empty(), "what was left still hears");
    second.line.back();
    second.until_said(&Said::Missed).await;
    second.until_heard(5).await;
    first.until("the other is back", |report| report.others.len() == 1).await;
    first.line.call();
    first.until("the way there and back is measured", |report| report.round_trip.count == 1).await;
}
