//! Rounds: one at a time in this browser.

use std::rc::Rc;

use domain::audit::Action;
use domain::id::TenantId;
use domain::keeper::{Command, Event, Input, News};
use domain::sync::{SyncTrouble, SyncWork};
use domain::vault::StoreName;
use wasm_bindgen_futures::spawn_local;

use super::super::Inner;
use super::{AGAIN, PAUSE};
use crate::locks::{self, Bounds, Held};
use crate::sync::{Line, SyncKey, sync};
use crate::vault::sealing::subtle;
use crate::vault::{Touched, Vault};

/// A tab that hangs keeps the others from syncing for two minutes at most.
const LOCK: Bounds = Bounds { wait: 130_000, hold: 120_000 };

/// What tells other tabs that sync stands otherwise now.
pub(super) const NEWS: &str = "state";

impl Inner {
    /// A round nobody waits for. What fails is shown, and tried again when the page wakes; after a cut also by itself.
    pub(super) async fn sync_by_itself(self: &Rc<Self>) -> Result<(), SyncTrouble> {
        if !self.takes_part() {
            return Ok(());
        }
        self.sync_now().await
    }

    /// A round, or the wait for the one that runs.
    pub(super) async fn sync_now(self: &Rc<Self>) -> Result<(), SyncTrouble> {
        self.syncing.timer.take();
        if self.syncing.running.replace(true) {
            self.syncing.changed.set(true);
            return Ok(());
        }
        self.syncing.changed.set(false);
        self.show_sync(|view| view.next = None);
        let turn = self.syncing.turn.get();
        let outcome = self.locked_round().await;
        self.syncing.running.set(false);
        self.syncing.tried.set(Some(self.now()));
        if self.syncing.turn.get() != turn {
            return outcome;
        }
        self.show_sync(|view| {
            view.work = None;
            view.trouble = outcome.clone().err();
        });
        self.reread_sync().await;
        self.tell_of_sync();
        // What was changed meanwhile was perhaps read before it was.
        if self.syncing.changed.replace(false) || outcome == Err(SyncTrouble::Changed) {
            self.plan_round(PAUSE);
        } else if outcome.as_ref().is_err_and(SyncTrouble::is_a_cut) {
            self.plan_round(AGAIN);
        }
        outcome
    }

    async fn locked_round(self: &Rc<Self>) -> Result<(), SyncTrouble> {
        let vault = self.lasting_vault()?;
        let tenant = self.tenant().ok_or(SyncTrouble::Gone)?;
        let held = self.sync_lock(&tenant).await?;
        let state = vault.sync_state().await?.ok_or(SyncTrouble::Gone)?;
        let subtle = subtle().ok_or(SyncTrouble::NothingStays)?;
        let key = SyncKey::of_text(&subtle, &tenant, &state.root).await.map_err(domain::vault::StoreError::from)?;
        let turn = self.syncing.turn.get();
        let line = Line {
            vault: &vault,
            tenant: &tenant,
            key: &key,
            may_go_on: &|| held.is_good() && self.syncing.turn.get() == turn && !self.leaving.get(),
            on_work: &|work| self.work_on_sync(Some(work)),
            on_touched: &|touched| self.show_what_came(&vault, touched),
        };
        let round = sync(&line).await?;
        if let Ok(count @ 1..) = u32::try_from(round.last.conflicts) {
            self.report_sync(Action::SyncConflict, Some(count));
        }
        Ok(())
    }

    /// The right to sync, which one tab of this browser has at a time.
    pub(super) async fn sync_lock(&self, tenant: &TenantId) -> Result<Held, SyncTrouble> {
        self.work_on_sync(Some(SyncWork::Waiting));
        let name = ["tokenkeep:", tenant.as_str(), ":sync"].concat();
        locks::acquire(&name, LOCK).await.map_err(|_| SyncTrouble::Busy)
    }

    pub(super) fn tell_of_sync(&self) {
        // The number says nothing here: who hears it reads anew.
        let generation = u64::try_from(self.now().millis()).unwrap_or_default();
        self.tell(&News::Written { store: StoreName::Sync, id: NEWS.to_owned(), generation });
    }

    /// What other devices changed is shown at once, here and in the other tabs.
    pub(super) fn show_what_came(self: &Rc<Self>, vault: &Rc<Vault>, touched: Touched) {
        let Touched { connections, sites, settings, default_site, conflicts: _ } = touched;
        if !sites.is_empty() || default_site {
            let tokens = if sites.len() > super::super::sites::NAMED { Vec::new() } else { sites };
            let news = News::Sites { tokens };
            self.tell(&news);
            self.reread_sites();
        }
        let (inner, vault) = (Rc::clone(self), Rc::clone(vault));
        spawn_local(async move {
            if settings && let Ok(read) = vault.settings().await {
                inner.feed(Input::Event(Event::Settings(read)));
                inner.tell(&News::Settings);
            }
            for (id, is_other_way) in connections {
                // A place that fails now says nothing about the connection.
                let Ok(held) = vault.held(&id).await else { continue };
                let outdates = is_other_way && held.as_ref().is_some_and(|held| held.token.is_some());
                let is_there = held.is_some();
                inner.feed(Input::Event(Event::Read { connection: id.clone(), held }));
                inner.tell(&News::Connection { connection: id.clone() });
                if is_there && inner.shown.borrow().current.is_none() {
                    inner.feed(Input::Command(Command::Choose(id.clone())));
                }
                if outdates {
                    // A new way to ask outdates the token there.
                    inner.feed(Input::Command(Command::Obtain(id)));
                }
            }
        });
    }
}
