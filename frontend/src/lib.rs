//! The WASM entry: wires browser to app and hydrates. No logic.

use std::sync::Arc;

use app::{App, Desk, Ports};
use browser::{BrowserPreferences, Runtime, clock};
use domain::keeper::View;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// What the app needs from outside, by way of the browser.
fn ports() -> Ports {
    let view = ArcRwSignal::new(View::default());
    let now = ArcRwSignal::new(None);
    let runtime = {
        let (view, now) = (view.clone(), now.clone());
        Runtime::start(move |shown| view.set(shown), move |time| now.set(Some(time)))
    };
    let (sending, opening) = (runtime.clone(), runtime.clone());
    let desk = Desk {
        view,
        now,
        send: Arc::new(move |command| sending.send(command)),
        open: Arc::new(move |tenant| opening.open(tenant)),
        random: Arc::new(clock::random),
    };
    Ports { api: Arc::new(runtime.api()), desk, preferences: Arc::new(BrowserPreferences) }
}

/// Takes over the page the server rendered; called by the page's module script when the WASM is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen]
pub fn hydrate() {
    BrowserPreferences.apply();
    let ports = ports();
    leptos::mount::hydrate_body(move || {
        provide_context(ports);
        view! { <App /> }
    });
}

/// Draws the page in the browser alone, for `trunk serve`; runs by itself when the WASM is there.
#[cfg(all(feature = "csr", not(feature = "hydrate")))]
#[wasm_bindgen(start)]
pub fn render() {
    BrowserPreferences.apply();
    let ports = ports();
    leptos::mount::mount_to_body(move || {
        provide_context(ports);
        view! { <App /> }
    });
}
