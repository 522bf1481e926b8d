//! Tabs take turns, and hear each other. Two handles in one page stand for two tabs: to Web Locks, channels and
//! IndexedDB they are as foreign to each other as two pages.

use std::cell::RefCell;
use std::rc::Rc;

use browser::locks::{self, Bounds, LockError};
use browser::news::NewsLine;
use domain::id::{ConnectionId, TenantId};
use domain::keeper::News;
use futures::channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{BroadcastChannel, StorageEvent, StorageEventInit};

const SHORT: Bounds = Bounds { wait: 150, hold: 10_000 };
const PATIENT: Bounds = Bounds { wait: 5_000, hold: 10_000 };

fn fresh_name() -> String {
    format!("{:x}", browser::clock::random())
}

fn news() -> News {
    News::Token { connection: ConnectionId::new("c"), generation: 7 }
}

#[wasm_bindgen_test]
async fn a_lock_that_is_held_is_not_given_to_another() {
    let name = fresh_name();
    let held = locks::acquire(&name, PATIENT).await.unwrap();
    assert_eq!(locks::acquire(&name, SHORT).await.err(), Some(LockError::Waited(150)));
    drop(held);
    assert!(locks::acquire(&name, PATIENT).await.is_ok());
}

#[wasm_bindgen_test]
async fn locks_of_other_names_are_free() {
    let _held = locks::acquire(&fresh_name(), PATIENT).await.unwrap();
    assert!(locks::acquire(&fresh_name(), SHORT).await.is_ok());
}

#[wasm_bindgen_test]
async fn whoever_waits_gets_the_lock_when_it_is_given_back() {
    let name = fresh_name();
    let held = locks::acquire(&name, PATIENT).await.unwrap();
    let order = RefCell::new(Vec::new());
    let waits = async {
        let lock = locks::acquire(&name, PATIENT).await;
        order.borrow_mut().push("granted");
        lock
    };
    let gives_back = async {
        TimeoutFuture::new(30).await;
        order.borrow_mut().push("given back");
        drop(held);
    };
    let (lock, ()) = futures::join!(waits, gives_back);
    assert!(lock.is_ok());
    assert_eq!(*order.borrow(), ["given back", "granted"]);
}

#[wasm_bindgen_test]
async fn a_holder_that_hangs_lets_go_when_its_time_is_over() {
    let name = fresh_name();
    let _hanging = locks::acquire(&name, Bounds { wait: 1_000, hold: 50 }).await.unwrap();
    assert!(locks::acquire(&name, PATIENT).await.is_ok());
}

/// Holds much longer than others believe it may, as a page does that was frozen.
const FROZEN: Bounds = Bounds { wait: 1_000, hold: 1_000_000 };
const WATCHFUL: Bounds = Bounds { wait: 500, hold: 200 };

#[wasm_bindgen_test]
async fn a_holder_that_can_not_let_go_has_its_lock_taken_away_once() {
    let name = fresh_name();
    let frozen = locks::acquire(&name, FROZEN).await.unwrap();
    let (first, second) = futures::join!(locks::acquire(&name, WATCHFUL), locks::acquire(&name, WATCHFUL));
    let taken = [&first, &second].into_iter().filter(|lock| lock.is_ok()).count();
    assert_eq!(taken, 1, "{:?} {:?}", first.as_ref().err(), second.as_ref().err());
    drop((frozen, first, second));
    assert!(locks::acquire(&name, SHORT).await.is_ok());
}

#[wasm_bindgen_test]
async fn a_lock_that_changed_hands_is_not_taken_away() {
    let name = fresh_name();
    let first = locks::acquire(&name, FROZEN).await.unwrap();
    let changes_hands = async {
        let next = locks::acquire(&name, Bounds { wait: 5_000, hold: 1_000_000 });
        let ends = async {
            TimeoutFuture::new(400).await;
            drop(first);
        };
        futures::join!(next, ends).0
    };
    let (next, waiting) = futures::join!(changes_hands, locks::acquire(&name, WATCHFUL));
    assert!(next.is_ok());
    assert_eq!(waiting.err(), Some(LockError::Waited(500)));
}

#[wasm_bindgen_test]
async fn whoever_gave_up_waiting_does_not_get_the_lock_later() {
    let name = fresh_name();
    let held = locks::acquire(&name, PATIENT).await.unwrap();
    assert!(locks::acquire(&name, SHORT).await.is_err());
    drop(held);
    assert!(locks::acquire(&name, SHORT).await.is_ok());
}

#[wasm_bindgen_test]
async fn without_web_locks_a_lease_keeps_others_out_until_it_ends() {
    let name = fresh_name();
    let held = locks::lease(&name, PATIENT).await.unwrap();
    assert_eq!(locks::lease(&name, SHORT).await.err(), Some(LockError::Waited(150)));
    drop(held);
    let hanging = locks::lease(&name, Bounds { wait: 1_000, hold: 100 }).await.unwrap();
    assert!(locks::lease(&name, PATIENT).await.is_ok());
    drop(hanging);
}

/// A line that hears one piece of news.
fn listening(tenant: &TenantId) -> (NewsLine, oneshot::Receiver<News>) {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let line = NewsLine::open(tenant, move |news| {
        if let Some(sender) = sender.take() {
            let _ = sender.send(news);
        }
    });
    (line, receiver)
}

#[wasm_bindgen_test]
async fn news_arrive_in_another_tab_of_the_same_tenant() {
    let tenant = TenantId::new(fresh_name());
    let (_hearing, heard) = listening(&tenant);
    let telling = NewsLine::open(&tenant, |_| panic!("a tab hears itself"));
    telling.tell(&news());
    assert_eq!(heard.await, Ok(news()));
}

#[wasm_bindgen_test]
async fn news_of_another_tenant_or_version_and_noise_are_not_heard() {
    let tenant = TenantId::new(fresh_name());
    let (_hearing, heard) = listening(&tenant);
    NewsLine::open(&TenantId::new(fresh_name()), |_| {}).tell(&News::SignedOut { epoch: 1 });
    let raw = BroadcastChannel::new(&format!("tokenkeep.news:{tenant}")).unwrap();
    for noise in ["", "{}", r#"{"v":2,"news":{"kind":"signed_out","epoch":2}}"#, r#"{"v":1,"news":{"kind":"other"}}"#] {
        raw.post_message(&JsValue::from_str(noise)).unwrap();
    }
    raw.post_message(&JsValue::from_f64(1.0)).unwrap();
    NewsLine::open(&tenant, |_| {}).tell(&news());
    assert_eq!(heard.await, Ok(news()));
}

#[wasm_bindgen_test]
async fn without_channels_news_arrive_by_storage_events() {
    let tenant = TenantId::new(fresh_name());
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let line = NewsLine::open_over_storage(&tenant, move |news| hearing.borrow_mut().push(news));
    // The event another tab's write causes here; a page gets none for its own.
    let window = web_sys::window().unwrap();
    let init = StorageEventInit::new();
    init.set_key(Some(&format!("tokenkeep.news:{tenant}")));
    init.set_new_value(Some(r#"1f {"v":1,"news":{"kind":"token","connection":"c","generation":7}}"#));
    window.dispatch_event(&StorageEvent::new_with_event_init_dict("storage", &init).unwrap()).unwrap();
    assert_eq!(*heard.borrow(), [news()]);
    line.tell(&news());
    assert_eq!(heard.borrow().len(), 1);
}
