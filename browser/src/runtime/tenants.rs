//! What a tab does about tenants: it leaves one that was removed, and removes one when it is told to.

use std::rc::Rc;

use domain::id::{TenantId, UserId};
use domain::tenant::Opening;
use domain::vault::StoreError;
use domain::worker_token::Done;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::StorageEvent;

use super::{Inner, Runtime};
use crate::page::Listener;
use crate::tenants;

impl Runtime {
    /// Tells the audit log that a person chose this tenant to work in; the page is loaded anew after that.
    pub fn tell_choice(&self, tenant: TenantId) {
        self.inner.report_choice(tenant);
    }

    /// Removes everything this browser keeps for a tenant. A tab that has it open is left at once; this one is to be loaded
    /// anew by whoever asks.
    pub fn wipe(&self, tenant: TenantId, done: Done<Result<(), StoreError>>) {
        let inner = Rc::clone(&self.inner);
        spawn_local(async move { done(inner.wiped(&tenant).await) });
    }
}

impl Inner {
    /// The tenant whose vault is open, or being opened.
    pub(super) fn tenant(&self) -> Option<TenantId> {
        self.opening.borrow().as_ref().map(|opening| opening.tenant.id.clone())
    }

    async fn wiped(&self, tenant: &TenantId) -> Result<(), StoreError> {
        if self.tenant().as_ref() == Some(tenant) {
            self.let_go();
        }
        tenants::wipe(tenant).await
    }

    /// Nothing more is read, written, said or heard of the tenant in this tab.
    pub(super) fn let_go(&self) {
        self.leaving.set(true);
        self.at_hand.clear();
        self.tabs.replace(None);
        if let Some(vault) = self.vault.take() {
            vault.let_go();
        }
        self.shut_sites();
        self.shut_sync();
    }

    /// Notes that the tenant was opened in this browser, and hears when another tab removes it or clears everything.
    pub(super) fn enter(self: &Rc<Self>, opening: &Opening) {
        self.opening.replace(Some(opening.clone()));
        let (user, tenant) = (opening.user.clone(), &opening.tenant);
        // Where it can't be remembered, no other tab can say that it was removed.
        let known = tenants::note_own(&user, &opening.own)
            && (tenant.is_own || tenants::keep(&user, &tenants::kept(&user).with(tenant)));
        let (weak, item) = (Rc::downgrade(self), tenants::item(&user));
        let listener = web_sys::window().filter(|_| known).map(|window| {
            Listener::new(&window, "storage", move |event| {
                let key = event.unchecked_ref::<StorageEvent>().key();
                if let Some(inner) = weak.upgrade().filter(|_| key.as_ref() == Some(&item)) {
                    inner.look_at_tenants(&user);
                }
            })
        });
        self.on_removal.replace(listener);
    }

    /// What is remembered of the person's tenants was changed in another tab. A tab in another tenant has no other way to
    /// hear that everything was cleared.
    fn look_at_tenants(self: &Rc<Self>, user: &UserId) {
        if tenants::is_remembered(user) {
            self.leave_if_removed();
        } else {
            self.cleared_elsewhere();
        }
    }

    /// Leaves a tenant that another tab removed: the page starts afresh, with one that is there. Gives whether it does.
    pub(super) fn leave_if_removed(&self) -> bool {
        if self.leaving.get() {
            return true;
        }
        let removed = match (&*self.opening.borrow(), &*self.on_removal.borrow()) {
            (Some(opening), Some(_)) => tenants::kept(&opening.user).was_removed(&opening.tenant),
            _ => false,
        };
        if removed {
            self.let_go();
            if let Some(window) = web_sys::window() {
                // A browser that refuses to load a page leaves one that shows nothing of the tenant: its vault is gone.
                let _ = window.location().replace("/");
            }
        }
        removed
    }
}
