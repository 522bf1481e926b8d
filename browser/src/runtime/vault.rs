//! The vault's key in this page: taken, locked, replaced; what other tabs did with it; and what there is to see of that.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use domain::audit::Action;
use domain::keeper::{Command, Event, Input, News};
use domain::vault::{Guesses, KeyMaterial, Locked, PasskeyFacts, Protection, StorageLevel, VaultDeed, VaultView, Work};
use wasm_bindgen_futures::spawn_local;

use super::effects::Job;
use super::{Inner, Runtime};
use crate::passkeys;
use crate::vault::{Contents, NOT_KEPT, Standing, Vault};

mod clearing;
mod idle;
mod protecting;
mod unlocking;

use idle::Idle;

type OnView = Box<dyn Fn(VaultView)>;

/// What a page knows of the vault beside what is in it.
#[derive(Default)]
pub(super) struct Guard {
    view: RefCell<VaultView>,
    on_view: RefCell<Option<OnView>>,
    guesses: Cell<Guesses>,
    /// Why the keeper was told to lock.
    because: RefCell<Option<Locked>>,
    /// Whether it is being looked at what another tab did with the key.
    looking: Cell<bool>,
    look_next: Cell<Option<Look>>,
    idle: Idle,
}

/// Why it is looked at the key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// News may have been missed: a vault that was locked stays so, unless another tab has the key.
    Missed,
    /// Another tab did something with it.
    Told,
}

impl Runtime {
    /// Shows the vault through this from now on.
    pub fn watch_vault(&self, on_view: impl Fn(VaultView) + 'static) {
        on_view(self.inner.guard.view.borrow().clone());
        self.inner.guard.on_view.replace(Some(Box::new(on_view)));
    }

    /// Takes a deed on the vault; returns at once.
    pub fn guard(&self, deed: VaultDeed) {
        let inner = Rc::clone(&self.inner);
        spawn_local(async move { inner.do_with_vault(deed).await });
    }
}

impl Inner {
    async fn do_with_vault(self: &Rc<Self>, deed: VaultDeed) {
        match deed {
            VaultDeed::Lock => self.lock_because(Locked::ByPerson),
            VaultDeed::Unlock { by, done } => done(self.unlock(by).await),
            VaultDeed::Protect { wish, proof, done } => done(self.protect(wish, proof).await),
            VaultDeed::AddPasskey { name, passphrase, done } => done(self.add_passkey(name, passphrase).await),
            VaultDeed::RemovePasskey { id, done } => done(self.remove_passkey(&id).await),
            VaultDeed::SetAutoLock { after, done } => done(self.set_auto_lock(after)),
            VaultDeed::Clear { synced, earlier, done } => done(self.clear_all(synced, earlier).await),
        }
    }

    /// The vault was opened, with or without its key: what can be had without a person is had. Gives what the keeper is told.
    pub(super) async fn entered(self: &Rc<Self>, vault: &Rc<Vault>) -> Event {
        let weak = Rc::downgrade(self);
        vault.on_key_moved(move || super::with(&weak, Inner::look_at_key));
        let because = match self.unlocked_without_person(vault).await {
            Ok(()) => Locked::AtStart,
            Err(problem) => Locked::NoHalf(Box::new(problem)),
        };
        if vault.is_locked() {
            self.show_key(vault, Some(because)).await;
            return Event::VaultLocked;
        }
        self.touched();
        self.show_key(vault, None).await;
        let storage = vault.level();
        match vault.contents().await {
            Ok(it) => {
                let Contents { epoch, held, current, settings, set_aside } = it;
                Event::Opened { storage, epoch, held, current, settings, set_aside }
            }
            Err(error) => Event::NotOpened(error),
        }
    }

    /// Whether the vault is there and locked.
    pub(super) fn is_vault_locked(&self) -> bool {
        self.vault().is_ok_and(|vault| vault.is_locked())
    }

    /// Locks, in every tab, where a lock is more than a curtain.
    fn lock_because(self: &Rc<Self>, because: Locked) {
        let Ok(vault) = self.vault() else { return };
        if vault.is_locked() || !can_lock(&vault) {
            return;
        }
        self.guard.because.replace(Some(because));
        self.feed(Input::Command(Command::Lock));
    }

    /// The keeper wants it locked: noted for tabs that hear nothing, told to the others, and the key goes.
    pub(super) async fn lock_vault(self: &Rc<Self>, vault: &Rc<Vault>) {
        let generation = vault.note_lock().await;
        self.tell(&News::VaultLocked { generation });
        self.drop_key(vault).await;
        self.report_vault(Action::VaultLocked, None);
    }

    /// The key goes from this tab, with all that was opened with it.
    pub(super) async fn drop_key(&self, vault: &Rc<Vault>) {
        vault.lock().await;
        self.at_hand.clear();
        self.calls.take();
        self.shut_sites();
        self.shut_sync();
        let because = self.guard.because.take().unwrap_or(Locked::ByPerson);
        self.show_key(vault, Some(because)).await;
    }

    /// Another tab did something with the key.
    pub(super) fn hear_of_key(self: &Rc<Self>, news: &News) {
        match news {
            News::VaultLocked { generation } => {
                let is_news = self.vault().is_ok_and(|vault| *generation > vault.locks());
                if is_news {
                    self.locked_elsewhere(Locked::ByPerson);
                }
            }
            News::VaultKey { .. } => self.look_at_key(),
            News::VaultCleared { .. } => self.cleared_elsewhere(),
            _ => {}
        }
    }

    fn locked_elsewhere(self: &Rc<Self>, because: Locked) {
        let Ok(vault) = self.vault() else { return };
        if vault.is_locked() || !can_lock(&vault) {
            return;
        }
        self.guard.because.replace(Some(because));
        // What the keeper wanted before is still done, then the key goes.
        self.feed(Input::Event(Event::VaultLocked));
        self.queue(Job::DropKey);
    }

    /// News of the key may have been missed. At the level of this browser's key that is found out when a record is next read.
    pub(super) fn distrust_key(self: &Rc<Self>) {
        if self.vault().is_ok_and(|vault| can_lock(&vault)) {
            self.look_soon(Look::Missed);
        }
    }

    /// Looks what stands of the key: another tab locked, unlocked or replaced it.
    pub(super) fn look_at_key(self: &Rc<Self>) {
        self.look_soon(Look::Told);
    }

    /// One look at a time; what is told meanwhile is looked at after it.
    fn look_soon(self: &Rc<Self>, look: Look) {
        let Ok(vault) = self.vault() else { return };
        let waiting = self.guard.look_next.get();
        self.guard.look_next.set(if waiting == Some(Look::Told) { waiting } else { Some(look) });
        if self.guard.looking.replace(true) {
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            while let Some(look) = inner.guard.look_next.take() {
                inner.compare_key(&vault, look).await;
            }
            inner.guard.looking.set(false);
        });
    }

    async fn compare_key(self: &Rc<Self>, vault: &Rc<Vault>, look: Look) {
        let was_locked = vault.is_locked();
        let mut ask_server = look == Look::Told;
        match vault.key_standing().await {
            Ok(Standing::Locked) if !was_locked => return self.locked_elsewhere(Locked::ByPerson),
            Ok(Standing::Same) if !was_locked => {
                // The same key, and maybe other passkeys.
                if can_lock(vault) {
                    vault.look_for_passkeys().await;
                }
                return self.show_key(vault, None).await;
            }
            Ok(Standing::Same | Standing::Locked) => vault.ask_other_tabs().await,
            Ok(Standing::Replaced) if vault.look_for_key().await.is_ok() => ask_server = true,
            // Nothing can be told now; the next write or look finds out.
            Ok(Standing::Replaced) | Err(_) => return,
        }
        if vault.is_locked() && ask_server {
            // Without the server's half a person sees why when they press the button.
            let _ = self.unlocked_without_person(vault).await;
        }
        match (was_locked, vault.is_locked()) {
            (true, false) => self.queue(Job::Unlocked),
            (false, true) => {
                self.guard.because.replace(Some(Locked::KeyReplaced));
                self.feed(Input::Event(Event::VaultLocked));
                self.queue(Job::DropKey);
            }
            (true, true) => {
                let because = self.guard.view.borrow().locked.clone();
                self.show_key(vault, because.or(Some(Locked::KeyReplaced))).await;
            }
            (false, false) => self.show_key(vault, None).await,
        }
    }

    fn show_vault(&self, change: impl FnOnce(&mut VaultView)) {
        let mut view = self.guard.view.borrow().clone();
        change(&mut view);
        if *self.guard.view.borrow() == view {
            return;
        }
        self.guard.view.replace(view.clone());
        if let Some(on_view) = &*self.guard.on_view.borrow() {
            on_view(view);
        }
    }

    fn show_work(&self, work: Option<Work>) {
        self.show_vault(|view| view.work = work);
    }

    /// Shows how the key is kept, and why the vault is locked, if so.
    async fn show_key(&self, vault: &Vault, locked: Option<Locked>) {
        let loose_keys = vault.loose_keys().await.unwrap_or(0);
        let (material, now) = (vault.key_material(), crate::clock::now());
        let auto_lock = self.auto_lock();
        self.show_vault(|view| {
            view.protection = vault.protection();
            // Who looked before it was locked, and shows it after that, knows no reason: the one that is shown stays.
            view.locked = locked.or_else(|| view.locked.take()).filter(|_| vault.is_locked());
            view.fixed = (vault.level() != StorageLevel::IndexedDb).then(|| NOT_KEPT.to_owned());
            (view.cost, view.usual) = match &material {
                Some(KeyMaterial::Passphrase { derivation, took, .. }) => (Some(derivation.cost), Some(*took)),
                _ => (None, None),
            };
            view.passkeys = material.iter().flat_map(KeyMaterial::passkeys).map(facts).collect();
            view.passkey_support = passkeys::support();
            view.auto_lock = auto_lock;
            view.loose_keys = loose_keys;
            view.wait_until = self.guard.guesses.get().wait_until(now);
        });
    }
}

fn can_lock(vault: &Vault) -> bool {
    vault.protection().is_some_and(Protection::can_lock)
}

fn facts(passkey: &domain::vault::Passkey) -> PasskeyFacts {
    PasskeyFacts { id: passkey.id.clone(), name: passkey.name.clone(), created_at: passkey.created_at }
}
