//! Web Locks (W3C), with a bound on both sides.
//!
//! Beside each lock its holder holds another, whose name is drawn anew for each grant: its mark. Who waits can see by it
//! whether the lock changed hands meanwhile.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::time::{Span, Timestamp};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::{Bounds, LockError};
use crate::{clock, js};

#[wasm_bindgen]
extern "C" {
    /// `LockManager`, which `web-sys` calls unstable.
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, options: &JsValue, granted: &Function) -> Promise;

    #[wasm_bindgen(method)]
    fn query(this: &LockManager) -> Promise;
}

/// The browser's locks.
pub struct WebLocks(LockManager);

/// A granted lock; it is given back when this is dropped, or when the bound on holding is reached.
pub struct Grant {
    until: Timestamp,
    taken_away: Rc<Cell<bool>>,
    _release: Rc<Release>,
    _bound: Timeout,
}

impl Grant {
    /// Nobody takes a lock away before its time is over. One that was granted to a page while it was frozen may be taken away
    /// before the page knows that it has it, and then its time only seems to begin.
    pub fn is_good(&self) -> bool {
        !self.taken_away.get() && clock::now() < self.until
    }
}

/// Settles the promise the browser waits for.
struct Release(Function);

impl Release {
    fn now(&self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        self.now();
    }
}

/// Whoever waits no more leaves the queue; for a lock that was granted this does nothing.
struct Patience(AbortController);

impl Drop for Patience {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the browser holds a lock for: until this promise is settled.
struct Hold {
    until: Promise,
    release: Release,
    taken_away: Rc<Cell<bool>>,
}

impl WebLocks {
    pub fn of_this_browser() -> Option<Self> {
        let navigator = js::property(&js_sys::global(), "navigator");
        let manager = js::property(&navigator, "locks");
        manager.is_object().then(|| Self(manager.unchecked_into()))
    }

    /// Waits for the lock until this is dropped. Whoever held it when the wait was as good as over, and still does after all the time a holder
    /// has, is past its time, and the lock is taken away from it.
    pub async fn acquire(&self, name: &str, bounds: Bounds) -> Result<Grant, LockError> {
        let patience = Patience(AbortController::new().map_err(|error| refused(&error))?);
        let options = js::object([("signal", patience.0.signal().into())]);
        let mut granted = std::pin::pin!(self.request(name, &options));
        let early = bounds.wait.saturating_sub(bounds.hold);
        if let Some(outcome) = js::within(early, granted.as_mut()).await {
            return self.held(name, outcome, bounds);
        }
        let seen = self.mark(name).await;
        if let Some(outcome) = js::within(bounds.wait - early, granted.as_mut()).await {
            return self.held(name, outcome, bounds);
        }
        match seen.filter(|_| bounds.wait > bounds.hold) {
            Some(seen) => {
                let outcome = self.steal(name, &seen).await;
                drop(patience);
                outcome.map_or(Err(LockError::Waited(bounds.wait)), |hold| self.held(name, Ok(Some(hold)), bounds))
            }
            None => Err(LockError::Waited(bounds.wait)),
        }
    }

    fn held(&self, name: &str, outcome: Result<Option<Hold>, JsValue>, bounds: Bounds) -> Result<Grant, LockError> {
        let hold = outcome.map_err(|error| refused(&error))?;
        let Hold { until, release, taken_away } = hold.ok_or_else(|| LockError::Refused("not granted".to_owned()))?;
        let marked = Closure::once_into_js(move || until);
        let mark = [&prefix(name), format!("{:x}", clock::random()).as_str()].concat();
        // It lasts as long as the lock; without it the lock is only never taken away.
        ignore(self.0.request(&mark, &Object::new(), marked.unchecked_ref()));
        let release = Rc::new(release);
        let bound = Timeout::new(bounds.hold, {
            let release = Rc::clone(&release);
            move || release.now()
        });
        let until = clock::now() + Span::from_millis(bounds.hold.into());
        Ok(Grant { until, taken_away, _release: release, _bound: bound })
    }

    /// Takes the lock away from the holder with this mark; `None` if it is not the holder any more, or another tab is about
    /// to do the same.
    async fn steal(&self, name: &str, seen: &str) -> Option<Hold> {
        let only_one = js::object([("ifAvailable", JsValue::TRUE)]);
        let _turn = self.request(&[name, "!"].concat(), &only_one).await.ok()??;
        if self.mark(name).await.as_deref() != Some(seen) {
            return None;
        }
        let steal = js::object([("steal", JsValue::TRUE)]);
        let hold = self.request(name, &steal).await.ok()?;
        // The mark goes with the lock.
        drop(self.request(seen, &steal).await);
        hold
    }

    /// The mark of whoever holds the lock now.
    async fn mark(&self, name: &str) -> Option<String> {
        let state = JsFuture::from(self.0.query()).await.ok()?;
        let held: Array = js::property(&state, "held").dyn_into().ok()?;
        let text = |lock: &JsValue, property| js::property(lock, property).as_string();
        let holder = held.iter().find(|lock| text(lock, "name").as_deref() == Some(name))?;
        let (client, prefix) = (text(&holder, "clientId"), prefix(name));
        let marks = held.iter().filter(|lock| text(lock, "clientId") == client);
        let mark = marks.filter_map(|lock| text(&lock, "name")).find(|mark| mark.starts_with(&prefix));
        // A page that stood still while it waited is granted the lock and sets no mark: it is known by itself.
        mark.or_else(|| Some([&prefix, "by ", client.as_deref()?].concat()))
    }

    /// Asks for a lock; `None` where the browser gives none at once, if that was wanted.
    fn request(&self, name: &str, options: &JsValue) -> impl Future<Output = Result<Option<Hold>, JsValue>> + use<> {
        let hold: Rc<RefCell<Option<Hold>>> = Rc::default();
        let granted = js::settled(&mut |resolve, reject| {
            let taken_away = Rc::default();
            let over = self.0.request(name, options, &on_grant(resolve, &hold, &taken_away));
            // The promise ends when the lock is free again, which nobody waits for; it fails when it was not granted, or was
            // taken away.
            spawn_local(async move {
                if let Err(error) = JsFuture::from(over).await {
                    taken_away.set(true);
                    let _ = reject.call1(&JsValue::NULL, &error);
                }
            });
        });
        async move { granted.await.map(|_| hold.take()) }
    }
}

/// What the browser calls with the lock, or with nothing: it answers with a promise that lasts as long as the lock is held.
fn on_grant(resolve: Function, hold: &Rc<RefCell<Option<Hold>>>, taken_away: &Rc<Cell<bool>>) -> Function {
    let (hold, taken_away) = (Rc::clone(hold), Rc::clone(taken_away));
    let granted = Closure::once_into_js(move |lock: JsValue| {
        let mut release = None;
        let until = Promise::new(&mut |let_go, _| release = Some(Release(let_go)));
        if let Some(release) = release.filter(|_| !lock.is_null()) {
            hold.replace(Some(Hold { until: until.clone(), release, taken_away }));
        }
        let _ = resolve.call0(&JsValue::NULL);
        if lock.is_null() { JsValue::UNDEFINED } else { until.into() }
    });
    granted.unchecked_into()
}

fn prefix(name: &str) -> String {
    [name, "#"].concat()
}

fn refused(error: &JsValue) -> LockError {
    LockError::Refused(js::error_name(error))
}

fn ignore(promise: Promise) {
    spawn_local(async move { drop(JsFuture::from(promise).await) });
}
