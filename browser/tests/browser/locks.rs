//! Tabs take turns. Two handles in one page stand for two tabs: to Web Locks, channels and
//! IndexedDB they are as foreign to each other as two pages.

use std::cell::RefCell;

use browser::locks::{self, Bounds, LockError};
use domain::tabs::ExcludesBy;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const SHORT: Bounds = Bounds { wait: 150, hold: 10_000 };
const PATIENT: Bounds = Bounds { wait: 5_000, hold: 10_000 };

fn fresh_name() -> String {
    format!("{:x}", browser::clock::random())
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
    assert!(!frozen.is_good(), "it knows that others went on, though its time is not over");
    drop((frozen, first, second));
    assert!(locks::acquire(&name, SHORT).await.is_ok());
}

#[wasm_bindgen_test]
async fn a_holder_that_stood_still_before_it_could_mark_its_lock_has_it_taken_away_too() {
    let name = fresh_name();
    let script = "navigator.locks.request(name, () => new Promise(() => {})).catch(() => {})";
    js_sys::Function::new_with_args("name", script).call1(&JsValue::NULL, &JsValue::from_str(&name)).unwrap();
    assert!(locks::acquire(&name, WATCHFUL).await.is_ok());
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

#[wasm_bindgen_test]
async fn a_page_that_the_browser_refuses_locks_takes_turns_by_leases_and_says_so() {
    let name = fresh_name();
    assert_eq!(locks::excludes_by(), ExcludesBy::WebLocks);
    let refusing = "navigator.locks.request = () => Promise.reject(new DOMException('none here', 'SecurityError'))";
    js_sys::eval(refusing).unwrap();
    let held = locks::acquire(&name, PATIENT).await;
    let second = locks::acquire(&name, SHORT).await.err();
    js_sys::eval("delete navigator.locks.request").unwrap();
    assert!(held.is_ok(), "{:?}", held.err());
    assert_eq!(second, Some(LockError::Waited(150)));
    assert_eq!(locks::excludes_by(), ExcludesBy::Lease);
}
