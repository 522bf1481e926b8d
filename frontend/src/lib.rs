//! The WASM entry: wires browser to app and hydrates. No logic.

mod late;

use std::sync::Arc;

use app::{App, Desk, Ports};
use browser::{BrowserPreferences, HttpApi, clock};
use domain::keeper::View;
use domain::site::SitesView;
use domain::sync::SyncView;
use domain::vault::VaultView;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

use late::{Deed, LateRuntime, Shown};

/// What the app needs from outside, by way of the browser.
fn ports() -> Ports {
    let view = ArcRwSignal::new(View::default());
    let now = ArcRwSignal::new(None);
    let sites = ArcRwSignal::new(SitesView::default());
    let vault = ArcRwSignal::new(VaultView::default());
    let sync = ArcRwSignal::new(SyncView::default());
    let shown =
        Shown { view: view.clone(), now: now.clone(), sites: sites.clone(), vault: vault.clone(), sync: sync.clone() };
    let runtime = LateRuntime::new(shown);
    let (hearing, sending, opening) = (runtime.clone(), runtime.clone(), runtime.clone());
    let (wiping, guarding, syncing) = (runtime.clone(), runtime.clone(), runtime.clone());
    let choosing = runtime.clone();
    let (asking, siting, running) = (runtime.clone(), runtime.clone(), runtime);
    let desk = Desk {
        view,
        now,
        send: Arc::new(move |command| sending.take(Deed::Send(command))),
        open: Arc::new(move |wanted| opening.take(Deed::Open(wanted))),
        tell_choice: Arc::new(move |tenant| choosing.take(Deed::TellChoice(tenant))),
        wipe: Arc::new(move |tenant, done| wiping.take(Deed::Wipe(tenant, done))),
        run: Arc::new(move |errand| running.run(errand)),
        ask: Arc::new(move |request| asking.take(Deed::Ask(request))),
        sites,
        site: Arc::new(move |command| siting.take(Deed::Site(command))),
        vault,
        guard: Arc::new(move |deed| guarding.take(Deed::Guard(deed))),
        sync,
        sync_deed: Arc::new(move |deed| syncing.take(Deed::Sync(deed))),
        clock: Arc::new(clock::now),
        random: Arc::new(clock::random),
    };
    let api = HttpApi::new(move |sample| hearing.take(Deed::Clock(sample)));
    Ports { api: Arc::new(api), desk, preferences: Arc::new(BrowserPreferences) }
}

/// Draws the page once its code is there, and gives whether it is; `mount` says how.
async fn show(mount: fn(Ports)) -> bool {
    BrowserPreferences.apply();
    let path = location().pathname().unwrap_or_default();
    if app::is_inside(&path) {
        // Beside the page's code: it is needed as soon as that is there.
        spawn_local(late::load());
    }
    let is_there = app::load_page(&path).await;
    if is_there {
        mount(ports());
    }
    is_there
}

/// Takes over the page the server rendered, unless its code can't be loaded: then it gives `false`, and may be called again.
/// The page's own script calls it when the WASM is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen]
pub async fn hydrate() -> bool {
    show(|ports| {
        leptos::mount::hydrate_body(move || {
            provide_context(ports);
            view! { <App /> }
        });
    })
    .await
}

/// Draws the page in the browser alone, for `trunk serve`; runs by itself when the WASM is there.
#[cfg(all(feature = "csr", not(feature = "hydrate")))]
#[wasm_bindgen(start)]
pub async fn render() {
    show(|ports| {
        leptos::mount::mount_to_body(move || {
            provide_context(ports);
            view! { <App /> }
        });
    })
    .await;
}
