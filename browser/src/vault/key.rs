//! The vault's key as this tab knows it: what is kept of it, whether it still stands, who is told when it does not.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::vault::{Protection, StoreError};

use super::Vault;
use super::indexed_db::Marks;
use super::kept_key::KeptKey;
use super::sealing::Sealer;
use super::sharing::Offer;

/// What a tab knows of the key besides the key.
#[derive(Default)]
pub struct Key {
    /// What is kept of it; `None` where the key lives as long as the tabs.
    pub kept: RefCell<Option<KeptKey>>,
    /// The marks this tab goes by.
    pub marks: Cell<Marks>,
    /// Hands the key to tabs that come later, while it is there and a person had to bring it.
    pub offer: RefCell<Option<Offer>>,
    /// Hears that the key was replaced, or the vault locked, by another tab.
    on_moved: RefCell<Option<Rc<dyn Fn()>>>,
}

/// How the key in the place compares with this tab's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the same.
    Same,
    /// Another one stands.
    Replaced,
    /// It is the same, and the vault was locked since.
    Locked,
}

impl Vault {
    /// How the key is kept; `None` where it lives as long as the tabs.
    pub fn protection(&self) -> Option<Protection> {
        self.key.kept.borrow().as_ref().map(KeptKey::protection)
    }

    /// Whether the key is not in this tab.
    pub fn is_locked(&self) -> bool {
        self.sealer.borrow().is_none()
    }

    /// The generation of the key this tab goes by.
    pub fn key_generation(&self) -> u64 {
        self.key.marks.get().key
    }

    /// How often the vault was locked, as far as this tab knows.
    pub fn locks(&self) -> u64 {
        self.key.marks.get().locks
    }

    /// `hears` is told when the key that stands turns out to be another one than this tab's.
    pub fn on_key_moved(&self, hears: impl Fn() + 'static) {
        self.key.on_moved.replace(Some(Rc::new(hears)));
    }

    /// How the key in the place compares with this tab's.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as the place gives it.
    pub async fn key_standing(&self) -> Result<Standing, StoreError> {
        let Some(marks) = self.ladder.marks().await? else { return Ok(Standing::Same) };
        let known = self.key.marks.get();
        if marks.key != known.key {
            return Ok(Standing::Replaced);
        }
        let can_lock = self.protection().is_some_and(Protection::can_lock);
        Ok(if can_lock && marks.locks > known.locks { Standing::Locked } else { Standing::Same })
    }

    /// Whether records that `sealer` can't open are damaged: its key stands, and is still the one in use.
    pub(super) async fn check_key(&self, sealer: &Rc<Sealer>) -> Result<(), StoreError> {
        let stands = self.ladder.marks().await?.is_none_or(|marks| marks.key == sealer.generation());
        let in_use = self.sealer.borrow().as_ref().is_some_and(|now| Rc::ptr_eq(now, sealer));
        if stands && in_use {
            return Ok(());
        }
        if !stands && in_use {
            self.key_moved();
        }
        Err(StoreError::KeyMoved { current: self.key_generation() })
    }

    pub(super) fn has_newer_key(&self, sealer: &Sealer) -> bool {
        self.sealer.borrow().as_ref().is_some_and(|now| now.generation() != sealer.generation())
    }

    /// Another tab replaced the key: whoever looks after this vault is told.
    pub(super) fn key_moved(&self) {
        let hears = self.key.on_moved.borrow().clone();
        if let Some(hears) = hears {
            hears();
        }
    }

    /// Forgets all that is held in memory: credentials, what was read, settings that wait to be written, and a key that is not
    /// to be had without more than this browser.
    pub fn forget(&self) {
        if self.protection().is_some_and(Protection::can_lock) {
            self.key.offer.replace(None);
            self.sealer.replace(None);
        }
        self.forget_opened();
        self.abandon(&StoreError::SignedOut { current: self.epoch.get().saturating_add(1) });
    }

    /// Forgets all that is held in memory, and reads and writes nothing more: not even what is on its way, which would make
    /// the database anew after another tab deleted it.
    pub fn let_go(&self) {
        self.forget();
        self.ladder.give_up(self.epoch.get().saturating_add(1));
    }

    /// Forgets credentials and what was read.
    pub(super) fn forget_opened(&self) {
        self.in_memory.borrow_mut().clear();
        self.cache.borrow_mut().clear();
        self.intents.borrow_mut().clear();
    }

    pub(super) fn sealer(&self) -> Result<Rc<Sealer>, StoreError> {
        self.sealer.borrow().clone().ok_or(StoreError::Locked)
    }
}
