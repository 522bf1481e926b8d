//! Clearing everything this browser keeps for the person, and looking whether anything is left.

use std::rc::Rc;

use domain::api::Problem;
use domain::api::sync::{DeleteSync, SyncCopy};
use domain::api::vault::DropVaultHalf;
use domain::id::TenantId;
use domain::keeper::{Event, Input, News};
use domain::tenant::Opening;
use domain::vault::{Cleared, VaultView, Work};
use gloo_timers::future::TimeoutFuture;

use super::Inner;
use super::protecting::half_of;
use super::unlocking::asked;
use crate::sync::Line;
use crate::tenants;

/// How long this page's own work may take to end, in milliseconds.
const SETTLING: u32 = 50;

impl Inner {
    /// Clears memory, databases, both storages, the line to the other tabs and, where it is wanted, the copies on the server;
    /// then reads each of them back.
    pub(super) async fn clear_all(self: &Rc<Self>, synced: bool) -> Cleared {
        let mut cleared = Cleared::default();
        let Some(opening) = self.opening.borrow().clone() else { return cleared };
        self.show_work(Some(Work::Clearing));
        let half = self.vault().ok().and_then(|vault| half_of(vault.key_material().as_ref()));
        let all = all_of(&opening);
        if synced {
            let kept = copies_left(&all).await;
            cleared.note(
                "Synced copy on the server",
                kept.is_empty(),
                said(&kept, "deleted, and not there when asked again"),
            );
        }
        if let Some(id) = half {
            let outcome = asked(DropVaultHalf { id }, &()).await;
            let found = outcome.as_ref().map_or_else(|problem| problem.title.clone(), |()| "destroyed".to_owned());
            cleared.note("Server's half of the key", outcome.is_ok(), found);
        }
        // The other tabs let go first, else they would hold the databases.
        self.tell(&News::VaultCleared { generation: self.now().millis().unsigned_abs() });
        self.feed(Input::Event(Event::VaultLocked));
        TimeoutFuture::new(SETTLING).await;
        self.let_go();
        self.calls.take();
        let mut held = Vec::new();
        for tenant in &all {
            held.extend(tenants::wipe(tenant).await.err().map(|error| error.to_string()));
        }
        tenants::forget_person(&opening.user, &all);
        self.look_whether_left(&opening, &all, &held, &mut cleared).await;
        self.show_vault(|view| *view = VaultView { cleared: Some(cleared.clone()), ..VaultView::default() });
        cleared
    }

    async fn look_whether_left(&self, opening: &Opening, all: &[TenantId], held: &[String], cleared: &mut Cleared) {
        let is_forgotten = self.vault.borrow().is_none() && self.shown.borrow().connections.is_empty();
        cleared.note(
            "Memory of this tab",
            is_forgotten,
            if is_forgotten { "no key and no token" } else { "not empty" },
        );
        let mut databases = held.to_vec();
        for tenant in all {
            databases.extend(tenants::database(tenant).await);
        }
        cleared.note("IndexedDB", databases.is_empty(), said(&databases, "no database"));
        let items = tenants::items_of(&opening.user, all);
        cleared.note("Local and session storage", items.is_empty(), said(&items, "no entry"));
        let is_closed = self.tabs.borrow().is_none();
        cleared.note("Line to other tabs", is_closed, if is_closed { "closed" } else { "open" });
        let let_go = held.is_empty();
        let found = if let_go { "none holds a database" } else { "one still holds a database; close it" };
        cleared.note("Other tabs", let_go, found);
    }

    /// Another tab cleared everything: nothing of it stays here, and nothing is written any more.
    pub(super) fn cleared_elsewhere(self: &Rc<Self>) {
        if self.leaving.get() {
            return;
        }
        self.let_go();
        self.calls.take();
        self.feed(Input::Event(Event::VaultLocked));
        self.show_vault(|view| view.cleared_elsewhere = true);
    }
}

/// The person's tenants that were opened in this browser.
fn all_of(opening: &Opening) -> Vec<TenantId> {
    let kept = tenants::kept(&opening.user);
    let mut all: Vec<TenantId> = kept.opened.into_iter().chain(kept.leaving).collect();
    all.push(opening.tenant.id.clone());
    all.sort();
    all.dedup();
    all
}

/// The copies that are not known to be gone, with why.
async fn copies_left(all: &[TenantId]) -> Vec<String> {
    let mut left = Vec::new();
    for tenant in all {
        match copy_after_deletion(tenant).await {
            Ok(None) => {}
            Ok(Some(_)) => left.push("a copy is still there".to_owned()),
            Err(problem) => left.push(problem.title),
        }
    }
    left
}

/// Deletes a tenant's copy, then asks the server again what it has.
async fn copy_after_deletion(tenant: &TenantId) -> Result<Option<SyncCopy>, Problem> {
    asked(DeleteSync { id: tenant.clone() }, &()).await?;
    Line::copy(tenant).await
}

fn said(left: &[String], nothing: &str) -> String {
    if left.is_empty() { nothing.to_owned() } else { left.join(", ") }
}
