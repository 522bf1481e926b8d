//! Site tokens in this page: read with the vault, shown as facts, changed by commands.
//!
//! What is kept here are facts; a text is read from the vault when a call, a test or a person needs it. Every change is
//! fenced by the versions it was worked out from, so that tabs may change the same token at once. Commands that come before
//! the vault is open wait for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use domain::api::{self, default_token};
use domain::id::SiteTokenId;
use domain::keeper::News;
use domain::site::{
    About, Prompts, Shelf, SiteCommand, SitePlace, SiteRefusal, SiteToken, SitesPhase, SitesView, TokenError,
};
use domain::tenant::{Limit, Limits};
use domain::time::Timestamp;
use futures::channel::oneshot;
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::{Inner, Runtime};
use crate::locks;
use crate::vault::{Vault, Versioned};

mod calling;
mod counts;
mod keeping;
mod legacy;
mod offline;
mod prompting;
mod serving;
mod testing;
mod using;
mod ways;

/// The most tokens that are named in news; of more, any may have changed.
pub(super) const NAMED: usize = 50;

/// Who shows site tokens.
type OnView = Box<dyn Fn(SitesView)>;

/// What a page knows of site tokens.
#[derive(Default)]
pub(super) struct Sites {
    /// What was shown last.
    view: RefCell<SitesView>,
    on_view: RefCell<Option<OnView>>,
    shelf: RefCell<Shelf>,
    /// Counts the times the vault was opened or shut, so that what was begun before is not shown after.
    turn: Cell<u64>,
    /// Commands that wait until the vault is open.
    early: RefCell<Vec<SiteCommand>>,
    prompts: RefCell<Prompts>,
    /// The right to show a dialog, which one tab has at a time.
    floor: RefCell<Option<locks::Held>>,
    taking_floor: Cell<bool>,
    /// What a person answered to a dialog is being kept.
    answering: Cell<bool>,
    /// Calls that wait for a person to give them a token.
    asking: RefCell<Vec<(About, oneshot::Sender<()>)>>,
    /// Uses that are not written yet.
    used: RefCell<BTreeMap<SiteTokenId, (Timestamp, u64)>>,
    used_since: Cell<Option<Timestamp>>,
    /// When a refresh was last tried by itself, for each token.
    refreshed: RefCell<BTreeMap<SiteTokenId, Timestamp>>,
    erasing: RefCell<Option<Timeout>>,
    /// Calls that wait for the network.
    offline: offline::Offline,
    /// What the server was told of how many there are.
    told: counts::Told,
}

impl Runtime {
    /// Shows site tokens through this from now on.
    pub fn watch_sites(&self, on_view: impl Fn(SitesView) + 'static) {
        on_view(self.inner.sites.view.borrow().clone());
        self.inner.sites.on_view.replace(Some(Box::new(on_view)));
    }

    /// Takes a command about site tokens; returns at once.
    pub fn site(&self, command: SiteCommand) {
        self.inner.take_site(command);
    }
}

impl Inner {
    fn take_site(self: &Rc<Self>, command: SiteCommand) {
        if self.sites.view.borrow().phase == SitesPhase::Opening {
            return self.sites.early.borrow_mut().push(command);
        }
        let inner = Rc::clone(self);
        spawn_local(async move { inner.serve_site(command).await });
    }

    /// The vault was opened, or unlocked: its site tokens are read, and who waited is served.
    pub(super) fn open_sites(self: &Rc<Self>) {
        let turn = self.sites.turn.get() + 1;
        self.sites.turn.set(turn);
        let inner = Rc::clone(self);
        spawn_local(async move {
            inner.show_limits();
            let outcome = inner.read_sites(true).await;
            if inner.sites.turn.get() != turn {
                return;
            }
            inner.show_sites(|view| {
                view.phase = match outcome {
                    Ok(()) => SitesPhase::Open,
                    Err(error) => SitesPhase::Failed(error.to_string()),
                };
            });
            for command in inner.sites.early.take() {
                inner.take_site(command);
            }
            inner.plan_erasing();
            inner.read_default_token().await;
            inner.look_for_legacy_sites().await;
        });
    }

    /// The vault was shut or locked: nothing of it stays in memory.
    pub(super) fn shut_sites(&self) {
        self.sites.turn.set(self.sites.turn.get() + 1);
        self.sites.shelf.take();
        self.sites.prompts.take();
        self.sites.floor.take();
        self.sites.asking.take();
        self.let_queued_go();
        self.sites.used.take();
        self.sites.erasing.take();
        self.sites.told.forget();
        self.show_sites(|view| *view = SitesView::default());
    }

    /// News may have been missed, or came without saying what changed: only what changed is read.
    pub(super) fn reread_sites(self: &Rc<Self>) {
        if self.sites.view.borrow().phase == SitesPhase::Opening {
            return;
        }
        let inner = Rc::clone(self);
        // What can't be read now stays as it was; the next look may find more.
        spawn_local(async move { drop(inner.read_sites(false).await) });
    }

    /// Called about once a second.
    pub(super) fn look_after_sites(self: &Rc<Self>) {
        self.look_after_site_prompts();
        self.write_site_uses(false);
        self.look_after_counts();
    }

    async fn read_sites(self: &Rc<Self>, with_choice: bool) -> Result<(), SiteRefusal> {
        let (turn, vault) = (self.sites.turn.get(), self.site_vault()?);
        let versions = self.sites.shelf.borrow().versions();
        let (read, gone) = vault.sites_since(&versions).await?;
        let settings = vault.site_settings().await?;
        if self.sites.turn.get() != turn {
            return Ok(());
        }
        let set_aside = vault.sites_set_aside();
        {
            let mut shelf = self.sites.shelf.borrow_mut();
            shelf.update(read, &gone);
            shelf.default = settings.default.or_else(|| self.default_of_tenant(&shelf));
            if with_choice {
                shelf.chosen = settings.chosen;
            }
        }
        self.show_sites(|view| {
            view.setup = settings.setup;
            view.quiet_operators = settings.quiet_operators;
            view.set_aside += set_aside;
        });
        Ok(())
    }

    /// What the tenant limits its tokens to, as far as this page knows it.
    fn show_limits(&self) {
        let limits = self.opening.borrow().as_ref().map(|opening| opening.tenant.limits());
        self.show_sites(|view| view.limits = Arc::new(limits.unwrap_or_default()));
    }

    /// The tenant was changed: it has other limits now.
    async fn limit_sites(self: &Rc<Self>, limits: Limits) {
        if *self.sites.view.borrow().limits == limits {
            return;
        }
        if let Some(opening) = self.opening.borrow_mut().as_mut() {
            opening.tenant.api = limits.api;
            opening.tenant.sites = limits.sites;
        }
        self.show_limits();
        self.read_default_token().await;
    }

    /// Whether the tenant allows tokens of this place.
    ///
    /// # Errors
    ///
    /// The limit that is against it.
    fn check_limits(&self, place: &SitePlace) -> Result<(), Limit> {
        self.sites.view.borrow().limits.against(place).map_or(Ok(()), Err)
    }

    /// The token of the site that is the tenant's default one, for a person who has not set another in this browser.
    fn default_of_tenant(&self, shelf: &Shelf) -> Option<SiteTokenId> {
        let opening = self.opening.borrow();
        let site = opening.as_ref()?.tenant.default_site.as_ref()?;
        let begins = |token: &SiteToken| token.place.site == *site && self.check_limits(&token.place).is_ok();
        shelf.tokens().find(|token| begins(token)).map(|token| token.id.clone())
    }

    /// The operator's default token, if there is one and somebody looks. Without an answer there is none.
    async fn read_default_token(self: &Rc<Self>) {
        if self.sites.on_view.borrow().is_none() {
            return;
        }
        let Ok(call) = api::request(&default_token::ReadDefaultToken, &()) else { return };
        let Some(reply) = crate::http::reply(&call).await else { return };
        let Ok(answer) = reply.read() else { return };
        let found = serde_json::from_value::<default_token::DefaultTokens>(answer).unwrap_or_default();
        let token = found.token.filter(|token| self.check_limits(&token.place()).is_ok());
        self.show_sites(|view| view.operators = token.map(Arc::new));
    }

    /// Tokens were written in this tab: they are shown, told to the other tabs, and who waited for one is let go on.
    fn wrote_sites(self: &Rc<Self>, written: Vec<Versioned>, gone: &[SiteTokenId]) {
        let changed: Vec<SiteTokenId> =
            written.iter().map(|(token, _)| token.id.clone()).chain(gone.to_vec()).collect();
        {
            let mut shelf = self.sites.shelf.borrow_mut();
            shelf.update(written, gone);
            if shelf.default.is_none() {
                shelf.default = self.default_of_tenant(&shelf);
            }
        }
        self.show_sites(|_| {});
        self.tell_sites(changed);
    }

    fn tell_sites(&self, changed: Vec<SiteTokenId>) {
        let tokens = if changed.len() > NAMED { Vec::new() } else { changed };
        self.tell(&News::Sites { tokens });
    }

    /// Changes the view, and shows it if it is another one now.
    fn show_sites(&self, change: impl FnOnce(&mut SitesView)) {
        let mut view = self.sites.view.borrow().clone();
        change(&mut view);
        self.sites.shelf.borrow().show(&mut view);
        let now = self.now();
        self.sites.prompts.borrow_mut().tidy(&view, now);
        // What is settled goes with what settled it, and not a moment later.
        if view.prompt.is_some() {
            view.prompt = self.sites.prompts.borrow().due(&view, now);
        }
        self.let_settled_go(&view, now);
        if *self.sites.view.borrow() == view {
            return;
        }
        self.sites.view.replace(view.clone());
        if let Some(on_view) = &*self.sites.on_view.borrow() {
            on_view(view);
        }
    }

    fn note_site_error(&self, error: TokenError) {
        self.show_sites(|view| {
            let errors = std::iter::once(error).chain(view.errors.iter().cloned()).take(SitesView::ERRORS);
            view.errors = Arc::new(errors.collect());
        });
    }

    fn site_vault(&self) -> Result<Rc<Vault>, SiteRefusal> {
        self.vault().map_err(|_| SiteRefusal::NotOpen)
    }
}
