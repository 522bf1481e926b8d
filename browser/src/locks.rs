//! Who acts: exclusive locks between the tabs of this browser (Web Locks), freed by the browser when a tab dies.
//!
//! Both sides are bounded: who waits gives up after a while, and who holds lets go after a while, so that a tab that
//! hangs stops nobody. Nothing of the app runs inside. Where there are no Web Locks a lease in localStorage takes
//! their place, by best effort: two tabs may then both believe they hold it, which costs a second request and never a
//! wrong token, because the vault's records are fenced by their generation.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use crate::js;

mod lease;

use lease::Lease;

#[wasm_bindgen]
extern "C" {
    /// `LockManager`, which `web-sys` calls unstable.
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, options: &JsValue, granted: &Function) -> Promise;
}

/// How long to wait for a lock and how long to hold it at most, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Until waiting is given up.
    pub wait: u32,
    /// Until the holder lets go by itself.
    pub hold: u32,
}

/// Why a lock could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another tab held it all the time.
    #[error("another tab held it for more than {0} ms")]
    Waited(u32),
    /// The browser refused: the name of its error.
    #[error("the browser refused: {0}")]
    Refused(String),
}

/// A lock that is held until this is dropped, or until the bound on holding is reached.
pub struct Held {
    _hold: Hold,
    _bound: Option<Timeout>,
}

enum Hold {
    WebLock { _release: Rc<Release> },
    Lease { _lease: Lease },
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

/// Waits for the exclusive lock of this name.
///
/// # Errors
///
/// [`LockError`] when it can't be had within the bound on waiting.
pub async fn acquire(name: &str, bounds: Bounds) -> Result<Held, LockError> {
    match manager() {
        Some(manager) => web_lock(&manager, name, bounds).await,
        None => lease(name, bounds).await,
    }
}

/// As [`acquire`] does where there are no Web Locks.
///
/// # Errors
///
/// As [`acquire`].
pub async fn lease(name: &str, bounds: Bounds) -> Result<Held, LockError> {
    let lease = Lease::acquire(name, bounds).await?;
    Ok(Held { _hold: Hold::Lease { _lease: lease }, _bound: None })
}

fn manager() -> Option<LockManager> {
    let navigator = web_sys::window()?.navigator();
    let manager = js::property(&navigator, "locks");
    manager.is_object().then(|| manager.unchecked_into())
}

async fn web_lock(manager: &LockManager, name: &str, bounds: Bounds) -> Result<Held, LockError> {
    let refused = |error: &JsValue| LockError::Refused(js::error_name(error));
    let patience = AbortController::new().map_err(|error| refused(&error))?;
    let options = js::object([("signal", patience.signal().into())]);
    let release: Rc<RefCell<Option<Release>>> = Rc::default();
    let granted = js::settled(&mut |resolve, reject| {
        let on_grant = on_grant(resolve, &release);
        let over = manager.request(name, &options, &on_grant);
        // The promise ends when the lock is free again, which nobody waits for; it fails when it was not granted.
        spawn_local(async move {
            if let Err(error) = JsFuture::from(over).await {
                let _ = reject.call1(&JsValue::NULL, &error);
            }
        });
    });
    match js::within(bounds.wait, granted).await {
        Some(Ok(_)) => {
            let release = Rc::new(release.take().ok_or_else(|| LockError::Refused("not granted".to_owned()))?);
            let bound = Timeout::new(bounds.hold, {
                let release = Rc::clone(&release);
                move || release.now()
            });
            Ok(Held { _hold: Hold::WebLock { _release: release }, _bound: Some(bound) })
        }
        Some(Err(error)) => Err(refused(&error)),
        None => {
            patience.abort();
            Err(LockError::Waited(bounds.wait))
        }
    }
}

/// What the browser calls with the lock: it answers with a promise that lasts as long as the lock is held.
fn on_grant(resolve: Function, release: &Rc<RefCell<Option<Release>>>) -> Function {
    let release = Rc::clone(release);
    let granted = Closure::once_into_js(move || {
        let hold = Promise::new(&mut |let_go, _| {
            release.replace(Some(Release(let_go)));
        });
        let _ = resolve.call0(&JsValue::NULL);
        hold
    });
    granted.unchecked_into()
}
