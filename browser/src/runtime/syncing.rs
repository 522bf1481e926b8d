//! Sync at work in this page: when rounds run, what a person does about it, and what there is to see.
//!
//! A round runs a moment after something was changed here, when the page wakes, and when a person wants one; one tab of this
//! browser at a time has the right to. What it brought is shown at once, in this tab and in the others.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::keeper::News;
use domain::site::{SitePlace, WhyNot};
use domain::sync::{SyncDeed, SyncPhase, SyncTrouble, SyncView, SyncWork};
use domain::time::{Span, Timestamp};
use domain::vault::{StorageLevel, StoreName};
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Runtime};
use crate::passphrase::Deriver;
use crate::vault::Vault;

mod asking;
mod deeds;
mod rounds;
mod showing;

/// How long a change waits for others before a round begins.
const PAUSE: Span = Span::from_seconds(3);
/// How long after a round a page that wakes begins no other.
const REST: Span = Span::from_seconds(30);

/// After which time a round is tried again for which there was no server.
const AGAIN: Span = Span::from_seconds(60);

/// Who shows sync.
type OnView = Box<dyn Fn(SyncView)>;

/// What a page knows of sync.
#[derive(Default)]
pub(super) struct Syncing {
    view: RefCell<SyncView>,
    on_view: RefCell<Option<OnView>>,
    deriver: RefCell<Option<Deriver>>,
    /// Counts the times the vault was opened or shut, so that what was begun before is not shown after.
    turn: Cell<u64>,
    /// Whether a round runs in this tab.
    running: Cell<bool>,
    /// Whether something was changed while it did.
    changed: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    /// When a round was last tried here.
    tried: Cell<Option<Timestamp>>,
    /// What calls without a token found last, for each place.
    asked: RefCell<BTreeMap<SitePlace, (Timestamp, WhyNot)>>,
    /// Deeds that wait until the vault is open.
    early: RefCell<Vec<SyncDeed>>,
}

impl Runtime {
    /// Shows sync through this from now on.
    pub fn watch_sync(&self, on_view: impl Fn(SyncView) + 'static) {
        on_view(self.inner.syncing.view.borrow().clone());
        self.inner.syncing.on_view.replace(Some(Box::new(on_view)));
    }

    /// Takes a deed about sync; returns at once.
    pub fn sync(&self, deed: SyncDeed) {
        self.inner.take_sync(deed);
    }

    /// Has keys derived from passphrases in another way than in a worker of this server's.
    pub fn derive_sync_keys_by(&self, deriver: Deriver) {
        self.inner.syncing.deriver.replace(Some(deriver));
    }
}

impl Inner {
    fn take_sync(self: &Rc<Self>, deed: SyncDeed) {
        if self.syncing.view.borrow().phase == SyncPhase::Opening {
            return self.syncing.early.borrow_mut().push(deed);
        }
        let inner = Rc::clone(self);
        spawn_local(async move { inner.serve_sync(deed).await });
    }

    /// The vault was opened, or unlocked.
    pub(super) fn open_sync(self: &Rc<Self>) {
        let turn = self.syncing.turn.get() + 1;
        self.syncing.turn.set(turn);
        let Ok(vault) = self.vault() else { return };
        let weak = Rc::downgrade(self);
        vault.on_synced_change(move || super::with(&weak, Inner::sync_soon));
        let inner = Rc::clone(self);
        spawn_local(async move {
            inner.reread_sync().await;
            if inner.syncing.turn.get() != turn {
                return;
            }
            for deed in inner.syncing.early.take() {
                inner.take_sync(deed);
            }
            inner.sync_on_waking();
        });
    }

    /// The vault was shut or locked: nothing of it stays in memory, and no round begins.
    pub(super) fn shut_sync(&self) {
        self.syncing.turn.set(self.syncing.turn.get() + 1);
        self.syncing.timer.take();
        self.syncing.changed.set(false);
        self.syncing.asked.take();
        self.show_sync(|view| *view = SyncView::default());
    }

    /// Whether this browser takes part in the tenant's synced copy.
    pub(super) fn is_synced(&self) -> bool {
        matches!(self.syncing.view.borrow().phase, SyncPhase::On(_))
    }

    /// Another tab synced, or changed whether this browser takes part.
    pub(super) fn hear_of_sync(self: &Rc<Self>, news: &News) {
        if !matches!(news, News::Written { store: StoreName::Sync | StoreName::SyncConflicts, .. }) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move { inner.reread_sync().await });
    }

    /// Something was changed here.
    fn sync_soon(self: &Rc<Self>) {
        if self.syncing.running.get() {
            return self.syncing.changed.set(true);
        }
        self.plan_round(PAUSE);
    }

    /// The page was opened, or woke.
    pub(super) fn sync_on_waking(self: &Rc<Self>) {
        let now = self.now();
        // A round from the future ended before the clock was set back.
        let rests = self.syncing.tried.get().is_some_and(|tried| tried <= now && now < tried + REST);
        if !rests {
            self.plan_round(Span::ZERO);
        }
    }

    /// The browser has a network again: what it kept from the server is not left waiting.
    pub(super) fn sync_with_network(self: &Rc<Self>) {
        let was_cut = self.syncing.view.borrow().trouble.as_ref().is_some_and(SyncTrouble::is_a_cut);
        if was_cut {
            self.plan_round(Span::ZERO);
        }
    }

    fn plan_round(self: &Rc<Self>, pause: Span) {
        if !self.takes_part() || self.leaving.get() {
            return;
        }
        let weak = Rc::downgrade(self);
        let millis = u32::try_from(pause.millis()).unwrap_or(u32::MAX);
        let timer = Timeout::new(millis, move || {
            super::with(&weak, |inner| {
                let inner = Rc::clone(inner);
                spawn_local(async move { drop(inner.sync_by_itself().await) });
            });
        });
        self.syncing.timer.replace(Some(timer));
        let next = self.now() + pause;
        self.show_sync(|view| view.next = Some(next));
    }

    fn takes_part(&self) -> bool {
        let view = self.syncing.view.borrow();
        let is_over = view.trouble.as_ref().is_some_and(SyncTrouble::is_final);
        matches!(view.phase, SyncPhase::On(_)) && !is_over
    }

    /// Changes the view, and shows it if it is another one now.
    fn show_sync(&self, change: impl FnOnce(&mut SyncView)) {
        let mut view = self.syncing.view.borrow().clone();
        change(&mut view);
        if *self.syncing.view.borrow() == view {
            return;
        }
        self.syncing.view.replace(view.clone());
        if let Some(on_view) = &*self.syncing.on_view.borrow() {
            on_view(view);
        }
    }

    fn work_on_sync(&self, work: Option<SyncWork>) {
        self.show_sync(|view| view.work = work);
    }

    /// The vault, if what is written there stays: a device that forgets would take what it lost for removed.
    fn lasting_vault(&self) -> Result<Rc<Vault>, SyncTrouble> {
        let vault = self.vault()?;
        if vault.level() == StorageLevel::IndexedDb { Ok(vault) } else { Err(SyncTrouble::NothingStays) }
    }

    fn deriver(&self) -> Deriver {
        self.syncing.deriver.borrow().clone().unwrap_or_else(Deriver::in_worker)
    }
}
