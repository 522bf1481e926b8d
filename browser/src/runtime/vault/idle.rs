//! Locking by itself, when nobody touched any tab for the time set.
//!
//! The time of the last touch and the choice lie in localStorage, for all tabs of the tenant: neither is secret, and both go
//! with the tenant. Nothing is written where the vault can't be locked.

use std::cell::Cell;
use std::rc::Rc;

use domain::time::{Span, Timestamp};
use domain::vault::{AutoLock, Locked, Protection, VaultTrouble};

use super::{Inner, can_lock};
use crate::clock;

/// How often a touch is told to the other tabs.
const TOLD_EVERY: Span = Span::from_seconds(5);
const TOUCHED: &str = "tokenkeep.touched.";
const AUTO_LOCK: &str = "tokenkeep.auto_lock.";

/// When this tab was last touched.
#[derive(Default)]
pub(in crate::runtime) struct Idle {
    last: Cell<Timestamp>,
    told: Cell<Timestamp>,
}

impl Inner {
    /// A person did something in this page.
    pub(in crate::runtime) fn touched(&self) {
        let (idle, now) = (&self.guard.idle, clock::now());
        idle.last.set(now);
        let is_told = now.since(idle.told.get()) < TOLD_EVERY && idle.told.get() <= now;
        if is_told || !self.vault().is_ok_and(|vault| !vault.is_locked() && can_lock(&vault)) {
            return;
        }
        idle.told.set(now);
        if let (Some(storage), Some(item)) = (storage(), self.item(TOUCHED)) {
            // Where it can't be told, each tab goes by its own touches.
            let _ = storage.set_item(&item, &now.millis().to_string());
        }
    }

    /// Called with each tick, and when the page is seen again.
    pub(in crate::runtime) fn look_after_idle(self: &Rc<Self>) {
        if !self.vault().is_ok_and(|vault| !vault.is_locked() && can_lock(&vault)) {
            return;
        }
        let elsewhere = self.kept(TOUCHED).and_then(|text| text.parse().ok()).map(Timestamp::from_millis);
        let last = self.guard.idle.last.get().max(elsewhere.unwrap_or_default());
        if self.auto_lock().is_over(last, clock::now()) {
            self.lock_because(Locked::Idle);
        }
    }

    /// When the vault locks by itself.
    pub(super) fn auto_lock(&self) -> AutoLock {
        let minutes = self.kept(AUTO_LOCK).and_then(|text| text.parse().ok());
        minutes.map_or_else(AutoLock::default, AutoLock::of_minutes)
    }

    pub(super) fn set_auto_lock(&self, after: AutoLock) -> Result<(), VaultTrouble> {
        let refused = || VaultTrouble::Fixed("This browser keeps no settings for this site.".to_owned());
        let protection = self.vault().map_err(VaultTrouble::from)?.protection();
        if !protection.is_some_and(Protection::can_lock) {
            return Err(VaultTrouble::Fixed("At this level there is nothing to lock.".to_owned()));
        }
        let item = self.item(AUTO_LOCK).ok_or_else(refused)?;
        let kept = storage().and_then(|storage| storage.set_item(&item, &after.minutes().to_string()).ok());
        kept.ok_or_else(refused)?;
        self.show_vault(|view| view.auto_lock = after);
        Ok(())
    }

    fn item(&self, name: &str) -> Option<String> {
        Some([name, self.tenant()?.as_str()].concat())
    }

    fn kept(&self, name: &str) -> Option<String> {
        storage()?.get_item(&self.item(name)?).ok().flatten()
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
