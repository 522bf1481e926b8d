//! Notifications before a token expires, once for each token in all tabs.
//!
//! Each tab looks about once a second, and once a minute while it is hidden: as often as the browser lets it. What is due is
//! told under a lock, after a look at what other tabs have told. The notification's tag makes a second one, where there are
//! no locks, take the place of the first.

use std::rc::Rc;

use domain::id::TenantId;
use domain::monitoring::{self, Told, Warning};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::Inner;
use crate::locks::{self, Bounds};
use crate::{clock, js};

/// Telling takes milliseconds; a tab that hangs with it is not waited for.
const LOCK: Bounds = Bounds { wait: 5_000, hold: 5_000 };

impl Inner {
    /// Called with each tick.
    pub(super) fn look_after_warnings(self: &Rc<Self>) {
        let due = monitoring::due(&self.shown.borrow(), &self.told.borrow(), clock::now());
        if due.is_empty() || !may_notify() || self.warning.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            inner.warn(&due).await;
            inner.warning.set(false);
        });
    }

    async fn warn(&self, due: &[Warning]) {
        let tenant = self.tenant();
        let name = ["tokenkeep:", tenant.as_ref().map_or("", TenantId::as_str), ":warnings"].concat();
        // Who can't have it looks again in a second.
        let Ok(_lock) = locks::acquire(&name, LOCK).await else { return };
        let Ok(vault) = self.vault() else { return };
        let mut told: Told = vault.told().await.ok().flatten().unwrap_or_default();
        for warning in due {
            if !told.has(warning) {
                told.note(warning, &self.shown.borrow());
                show(warning);
                // A place that takes nothing must not make this tab tell it every second.
                drop(vault.write_told(&told).await);
            }
        }
        self.told.replace(told);
    }
}

/// Whether there are notifications in this browser, and the person allowed them.
fn may_notify() -> bool {
    let Some(window) = web_sys::window() else { return false };
    js::property(&window, "Notification").is_function() && Notification::permission() == NotificationPermission::Granted
}

fn show(warning: &Warning) {
    let options = NotificationOptions::new();
    options.set_body(&warning.text);
    options.set_tag(&warning.tag());
    // Browsers that want a service worker for it refuse; the page says the same in its own words.
    let Ok(notification) = Notification::new_with_options(&warning.title, &options) else { return };
    let focus = Closure::once_into_js(|| {
        if let Some(window) = web_sys::window() {
            // A browser that does not let itself be brought forward stays where it is.
            let _ = window.focus();
        }
    });
    notification.set_onclick(Some(focus.unchecked_ref()));
}
