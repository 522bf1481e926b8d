//! The page: its alarm, its theme, and what wakes it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use browser::page::{self, Alarm, PageEvent, Ticking};
use browser::{BrowserPreferences, clock};
use domain::preferences::{Preferences, Theme};
use domain::time::Span;
use gloo_timers::future::TimeoutFuture;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Event;

use crate::rig::Strange;

/// An alarm and how often it rang.
fn alarm() -> (Alarm, Rc<Cell<u32>>) {
    let rung = Rc::new(Cell::new(0));
    let counting = Rc::clone(&rung);
    (Alarm::new(move || counting.set(counting.get() + 1)), rung)
}

#[wasm_bindgen_test]
async fn an_alarm_rings_once_at_its_time() {
    let (alarm, rung) = alarm();
    alarm.set(clock::now() + Span::from_millis(30));
    assert_eq!(rung.get(), 0);
    TimeoutFuture::new(100).await;
    alarm.check();
    assert_eq!(rung.get(), 1);
}

#[wasm_bindgen_test]
async fn setting_an_alarm_anew_forgets_the_time_before() {
    let (alarm, rung) = alarm();
    alarm.set(clock::now() + Span::from_millis(10));
    alarm.set(clock::now() + Span::from_seconds(60));
    TimeoutFuture::new(60).await;
    assert_eq!(rung.get(), 0);
}

#[wasm_bindgen_test]
async fn an_alarm_weeks_away_neither_rings_nor_keeps_the_page_busy() {
    let (alarm, rung) = alarm();
    // Only timers of more than an hour: other tests' pages set short ones meanwhile.
    let timers = Function::new_no_args(
        "const real = window.setTimeout;
         let count = 0;
         window.setTimeout = (...args) => { if (args[1] > 3600000) count += 1; return real.apply(window, args); };
         return () => { window.setTimeout = real; return count; };",
    );
    let counted: Function = timers.call0(&JsValue::NULL).unwrap().unchecked_into();
    alarm.set(clock::now() + Span::from_seconds(90 * 86_400));
    TimeoutFuture::new(30).await;
    let count = counted.call0(&JsValue::NULL).unwrap().as_f64().unwrap();
    assert_eq!(rung.get(), 0);
    assert!((1.0..5.0).contains(&count), "{count} timers were set");
}

#[wasm_bindgen_test]
fn an_alarm_whose_timer_stood_still_rings_when_the_page_looks() {
    let (alarm, rung) = alarm();
    alarm.set(clock::now());
    alarm.check();
    assert_eq!(rung.get(), 1);
}

#[wasm_bindgen_test]
fn what_happens_to_the_page_is_heard_until_nobody_listens() {
    let window = web_sys::window().unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let listeners = page::listen(&window, move |event| hearing.borrow_mut().push(event));
    let happens = |name| window.dispatch_event(&Event::new(name).unwrap()).unwrap();
    for name in ["offline", "online", "focus", "pagehide"] {
        happens(name);
    }
    let expected = [
        PageEvent::Network { online: false },
        PageEvent::Network { online: true },
        PageEvent::Woke,
        PageEvent::Hidden,
        PageEvent::Left,
    ];
    assert_eq!(*heard.borrow(), expected);
    let document = window.document().unwrap();
    for name in ["freeze", "resume"] {
        document.dispatch_event(&Event::new(name).unwrap()).unwrap();
    }
    assert_eq!(heard.borrow()[5..], [PageEvent::Hidden, PageEvent::Resumed]);
    shown_again();
    assert_eq!(heard.borrow()[7..], [PageEvent::Back]);
    drop(listeners);
    happens("focus");
    assert_eq!(heard.borrow().len(), 8);
}

/// The page is taken out of the back-forward cache. Other tests' runtimes in it hear of that, too: they would wait for it
/// for ever.
fn shown_again() {
    let shows = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));";
    Function::new_no_args(shows).call0(&JsValue::NULL).unwrap();
}

#[wasm_bindgen_test]
fn a_theme_is_kept_as_plain_text_and_shown_at_once() {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    let root = web_sys::window().unwrap().document().unwrap().document_element().unwrap();
    storage.remove_item("tokenkeep.theme").unwrap();
    assert_eq!(BrowserPreferences.theme(), Theme::System);
    BrowserPreferences.set_theme(Theme::Dark);
    assert_eq!(BrowserPreferences.theme(), Theme::Dark);
    assert_eq!(storage.get_item("tokenkeep.theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(root.get_attribute("data-theme").as_deref(), Some("dark"));
    storage.set_item("tokenkeep.theme", "<script>").unwrap();
    BrowserPreferences.apply();
    assert_eq!(root.get_attribute("data-theme").as_deref(), Some("system"));
}

#[wasm_bindgen_test]
async fn a_hidden_page_ticks_no_more_than_once_a_minute_and_each_second_when_it_is_seen_again() {
    let set = Function::new_no_args(
        "const real = window.setInterval;
         let last = 0;
         window.setInterval = (then, after) => { last = after; return real.call(window, then, after); };
         return restore => { if (restore) window.setInterval = real; return last; };",
    );
    let last: Function = set.call0(&JsValue::NULL).unwrap().unchecked_into();
    let period = |restore: bool| last.call1(&JsValue::NULL, &restore.into()).unwrap().as_f64().unwrap();
    let ticking = Ticking::new(|| {});
    assert_eq!(period(false), 1_000.0);
    let hidden = Strange::hidden_page();
    ticking.follow();
    assert_eq!(period(false), 60_000.0);
    drop(hidden);
    ticking.follow();
    assert_eq!(period(true), 1_000.0);
}
