//! The keeper's runtime as code of its own: pages for people who are not signed in never need it, and all others are
//! drawn before it is there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use browser::{Cipher, Runtime};
use domain::id::TenantId;
use domain::keeper::{ClockSample, Command, View};
use domain::site::{SiteCommand, SitesView};
use domain::sync::{SyncDeed, SyncView};
use domain::tenant::Opening;
use domain::time::Timestamp;
use domain::transfer::Errand;
use domain::vault::{StoreError, VaultDeed, VaultView};
use domain::worker_token::{Done, Request};
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use send_wrapper::SendWrapper;
use wasm_bindgen_futures::spawn_local;

/// How long to wait before loading is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// What the runtime is asked to do.
pub(crate) enum Deed {
    Open(Opening),
    TellChoice(TenantId),
    Wipe(TenantId, Done<Result<(), StoreError>>),
    Send(Command),
    Clock(ClockSample),
    Run(Errand, Option<Cipher>),
    Ask(Request),
    Site(SiteCommand),
    Guard(VaultDeed),
    Sync(SyncDeed),
}

type Engine = Rc<dyn Fn(Deed)>;

/// A runtime that starts when it is first needed. What it is asked meanwhile waits, in its order.
#[derive(Clone)]
pub(crate) struct LateRuntime {
    inner: SendWrapper<Rc<Inner>>,
}

/// What the runtime shows to the app.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) view: ArcRwSignal<View>,
    pub(crate) now: ArcRwSignal<Option<Timestamp>>,
    pub(crate) sites: ArcRwSignal<SitesView>,
    pub(crate) vault: ArcRwSignal<VaultView>,
    pub(crate) sync: ArcRwSignal<SyncView>,
}

struct Inner {
    shown: Shown,
    engine: RefCell<Option<Engine>>,
    waiting: RefCell<Vec<Deed>>,
    loading: Cell<bool>,
}

impl LateRuntime {
    pub(crate) fn new(shown: Shown) -> Self {
        let inner = Inner { shown, engine: RefCell::default(), waiting: RefCell::default(), loading: Cell::default() };
        Self { inner: SendWrapper::new(Rc::new(inner)) }
    }

    /// Has this done, at once or when the runtime is there. The clock alone is no reason to load it.
    pub(crate) fn take(&self, deed: Deed) {
        let engine = self.inner.engine.borrow().clone();
        let Some(engine) = engine else {
            let is_needed = !matches!(deed, Deed::Clock(_));
            self.inner.waiting.borrow_mut().push(deed);
            return if is_needed {
                self.load()
            };
        };
        engine(deed);
    }

    /// Has an errand run, with the code for encrypted files where it needs that.
    pub(crate) fn run(&self, errand: Errand) {
        let runtime = self.clone();
        spawn_local(async move {
            let needed = !matches!(errand, Errand::Import { .. });
            let cipher = if needed { loaded_cipher().await.ok() } else { None };
            runtime.take(Deed::Run(errand, cipher));
        });
    }

    /// Loads and starts the runtime, unless that has begun.
    fn load(&self) {
        if !self.inner.loading.replace(true) {
            spawn_local(Rc::clone(&self.inner).start());
        }
    }
}

impl Inner {
    async fn start(self: Rc<Self>) {
        match engine(self.shown.clone()).await {
            Ok(engine) => self.hand_over(engine),
            Err(_) => set_timeout(move || spawn_local(Rc::clone(&self).start()), PAUSE),
        }
    }

    fn hand_over(&self, engine: Engine) {
        loop {
            let waiting = self.waiting.take();
            if waiting.is_empty() {
                break;
            }
            waiting.into_iter().for_each(|deed| engine(deed));
        }
        self.engine.replace(Some(engine));
    }
}

/// Starts the runtime; it shows what there is to see through these signals.
#[cfg_attr(
    feature = "split",
    leptos::wasm_split::wasm_split(runtime, wasm_split_path = leptos::wasm_split, preload(code), fallible)
)]
fn start(shown: Shown) -> Result<Engine, SplitLoaderError> {
    let Shown { view, now, sites, vault, sync } = shown;
    let runtime = Runtime::start(move |shown| view.set(shown), move |time| now.set(Some(time)));
    runtime.watch_sites(move |shown| sites.set(shown));
    runtime.watch_vault(move |shown| vault.set(shown));
    runtime.watch_sync(move |shown| sync.set(shown));
    Ok(Rc::new(move |deed| match deed {
        Deed::Open(opening) => runtime.open(opening),
        Deed::TellChoice(tenant) => runtime.tell_choice(tenant),
        Deed::Wipe(tenant, done) => runtime.wipe(tenant, done),
        Deed::Send(command) => runtime.send(command),
        Deed::Clock(sample) => runtime.hear_clock(sample),
        Deed::Run(errand, cipher) => runtime.run(errand, cipher),
        Deed::Ask(request) => runtime.ask(request),
        Deed::Site(command) => runtime.site(command),
        Deed::Guard(deed) => runtime.guard(deed),
        Deed::Sync(deed) => runtime.sync(deed),
    }))
}

/// Loads the runtime's code. What fails is tried again when it is needed.
#[cfg(feature = "split")]
pub(crate) async fn load() {
    _ = code().await;
}

#[cfg(not(feature = "split"))]
pub(crate) async fn load() {}

#[cfg(feature = "split")]
async fn engine(shown: Shown) -> Result<Engine, SplitLoaderError> {
    start(shown).await
}

#[cfg(not(feature = "split"))]
async fn engine(shown: Shown) -> Result<Engine, SplitLoaderError> {
    start(shown)
}

/// The code for encrypted files, a part of its own: few people need it, and it is large.
#[cfg_attr(
    feature = "split",
    leptos::wasm_split::wasm_split(cipher, wasm_split_path = leptos::wasm_split, fallible)
)]
fn cipher() -> Result<Cipher, SplitLoaderError> {
    Ok(browser::cipher())
}

#[cfg(feature = "split")]
async fn loaded_cipher() -> Result<Cipher, SplitLoaderError> {
    cipher().await
}

#[cfg(not(feature = "split"))]
async fn loaded_cipher() -> Result<Cipher, SplitLoaderError> {
    cipher()
}
