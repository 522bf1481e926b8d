use std::sync::Arc;

use domain::api::Api;
use domain::id::TenantId;
use domain::keeper::{Command, View};
use domain::preferences::Preferences;
use domain::site::{SiteCommand, SitesView};
use domain::sync::{SyncDeed, SyncView};
use domain::tenant::Opening;
use domain::time::Timestamp;
use domain::transfer::Errand;
use domain::vault::{StoreError, VaultDeed, VaultView};
use domain::worker_token::{Done, Request};
use leptos::prelude::*;

/// What the app needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// The way to the server.
    pub api: Arc<dyn Api>,
    /// The keeper of this tab.
    pub desk: Desk,
    /// What the person prefers.
    pub preferences: Arc<dyn Preferences>,
}

/// See [`Desk::wipe`].
pub type Wipe = Arc<dyn Fn(TenantId, Done<Result<(), StoreError>>) + Send + Sync>;

/// Where commands go and views come from.
#[derive(Clone)]
pub struct Desk {
    /// What the keeper shows; on the server and in the first render always the default.
    pub view: ArcRwSignal<View>,
    /// The server-corrected time, moved on about once a second while a page shows countdowns; `None` on the server and in the first render,
    /// so that both render the same.
    pub now: ArcRwSignal<Option<Timestamp>>,
    /// Takes a command; returns at once.
    pub send: Arc<dyn Fn(Command) + Send + Sync>,
    /// Opens the vault of a tenant; called once, when it is known who is signed in and which tenant is chosen.
    pub open: Arc<dyn Fn(Opening) + Send + Sync>,
    /// Tells the audit log that a person chose a tenant to work in; returns at once.
    pub tell_choice: Arc<dyn Fn(TenantId) + Send + Sync>,
    /// Removes everything this browser keeps for a tenant; who asks is told when it is gone, and loads the page anew if it was
    /// the one open.
    pub wipe: Wipe,
    /// Takes an errand between vault and files; returns at once.
    pub run: Arc<dyn Fn(Errand) + Send + Sync>,
    /// Takes a request to the worker-token service; returns at once.
    pub ask: Arc<dyn Fn(Request) + Send + Sync>,
    /// What there is to see of site tokens; on the server and in the first render always the default.
    pub sites: ArcRwSignal<SitesView>,
    /// Takes a command about site tokens; returns at once.
    pub site: Arc<dyn Fn(SiteCommand) + Send + Sync>,
    /// The vault itself: how its key is kept, whether it is locked; on the server and in the first render always the default.
    pub vault: ArcRwSignal<VaultView>,
    /// Takes a deed on the vault; returns at once.
    pub guard: Arc<dyn Fn(VaultDeed) + Send + Sync>,
    /// What there is to see of sync; on the server and in the first render always the default.
    pub sync: ArcRwSignal<SyncView>,
    /// Takes a deed about sync; returns at once.
    pub sync_deed: Arc<dyn Fn(SyncDeed) + Send + Sync>,
    /// This browser's clock, for measuring how long something takes; it also runs while the page can't be seen.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// 128 random bits, for new identifiers.
    pub random: Arc<dyn Fn() -> u128 + Send + Sync>,
}

impl Desk {
    /// A desk nobody sits at: for rendering on the server.
    pub fn unattended() -> Self {
        Self {
            view: ArcRwSignal::new(View::default()),
            now: ArcRwSignal::new(None),
            send: Arc::new(|_| {}),
            open: Arc::new(|_| {}),
            tell_choice: Arc::new(|_| {}),
            wipe: Arc::new(|_, _| {}),
            run: Arc::new(|_| {}),
            ask: Arc::new(|_| {}),
            sites: ArcRwSignal::new(SitesView::default()),
            site: Arc::new(|_| {}),
            vault: ArcRwSignal::new(VaultView::default()),
            guard: Arc::new(|_| {}),
            sync: ArcRwSignal::new(SyncView::default()),
            sync_deed: Arc::new(|_| {}),
            clock: Arc::new(Timestamp::default),
            random: Arc::new(|| 0),
        }
    }
}
