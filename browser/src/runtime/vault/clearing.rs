//! Clearing everything this browser keeps for the person, and looking whether anything is left.

use std::collections::BTreeSet;
use std::rc::Rc;

use domain::api::sync::{DeleteSync, SyncCopy};
use domain::api::tenants::Tenants;
use domain::api::vault::DropVaultHalf;
use domain::api::{Code, Problem};
use domain::id::TenantId;
use domain::keeper::{Event, Input, News};
use domain::tenant::{Opening, Tenant, Traces};
use domain::vault::{Cleared, VaultView, Work};
use gloo_timers::future::TimeoutFuture;

use super::Inner;
use super::unlocking::asked;
use crate::legacy::leftovers;
use crate::sync::Line;
use crate::tenants;

/// How long this page's own work may take to end, in milliseconds.
const SETTLING: u32 = 50;

impl Inner {
    /// Clears memory, databases, both storages, the line to the other tabs and, where it is wanted, the copies on the server
    /// and what earlier apps left: of all the person's tenants, whichever is open. Then reads each of them back.
    pub(super) async fn clear_all(self: &Rc<Self>, synced: bool, earlier: bool) -> Cleared {
        let mut cleared = Cleared::default();
        let Some(opening) = self.opening.borrow().clone() else { return cleared };
        self.show_work(Some(Work::Clearing));
        self.report_clearing();
        self.tell_of_clearing();
        let known = asked(Tenants, &()).await;
        let all = all_of(&opening, known.as_deref().ok()).await;
        if synced {
            note_copies(known, &all, &mut cleared).await;
        }
        drop_halves(&all, &mut cleared).await;
        self.leaving.set(true);
        // The other tabs let go first, else they would hold the databases.
        self.tell(&News::VaultCleared { generation: self.now().millis().unsigned_abs() });
        tenants::forget_tenants(&opening.user);
        self.feed(Input::Event(Event::VaultLocked));
        TimeoutFuture::new(SETTLING).await;
        self.let_go();
        self.calls.take();
        let mut held = Vec::new();
        for tenant in &all {
            held.extend(tenants::wipe(tenant).await.err().map(|error| error.to_string()));
        }
        tenants::forget_person(&opening.user, &all);
        if earlier {
            leftovers::remove_all().await;
        }
        self.look_whether_left(&opening, &all, &held, &mut cleared).await;
        cleared.earlier = leftovers::places().await.into_iter().collect();
        self.report_cleared(&cleared);
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
        let mut databases: BTreeSet<String> = held.iter().cloned().collect();
        // One that another tab made meanwhile is found as well, though it was not among those that went.
        let now_there = all_of(opening, None).await;
        for tenant in all.iter().chain(&now_there) {
            databases.extend(tenants::database(tenant).await);
        }
        let databases: Vec<String> = databases.into_iter().collect();
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
    pub(in super::super) fn cleared_elsewhere(self: &Rc<Self>) {
        if self.leaving.get() {
            return;
        }
        self.let_go();
        self.calls.take();
        self.feed(Input::Event(Event::VaultLocked));
        self.show_vault(|view| view.cleared_elsewhere = true);
    }
}

/// The person's tenants, as far as the server or this browser knows any.
async fn all_of(opening: &Opening, known: Option<&[Tenant]>) -> Vec<TenantId> {
    let (kept, others) = (tenants::kept(&opening.user), tenants::others(&opening.user));
    let databases = tenants::databases().await;
    let traces = Traces { opening, kept: &kept, others: &others, known, databases: &databases };
    traces.tenants().into_iter().collect()
}

/// Deletes the copies of all tenants on the server: of those it knows, or else of those this browser does.
async fn note_copies(known: Result<Vec<Tenant>, Problem>, all: &[TenantId], cleared: &mut Cleared) {
    let (tenants, mut left) = match known {
        Ok(known) => (known.into_iter().map(|tenant| tenant.id).collect(), Vec::new()),
        // An auditor has no tenant but their own.
        Err(problem) if problem.code == Code::NotAllowed => (all.to_vec(), Vec::new()),
        Err(problem) => (all.to_vec(), vec![["the server's list of your tenants: ", &problem.title].concat()]),
    };
    left.extend(copies_left(&tenants).await);
    cleared.note(
        "Synced copies on the server",
        left.is_empty(),
        said(&left, "deleted, and not there when asked again"),
    );
}

/// Has the server destroy its halves of the keys of all vaults in this browser.
async fn drop_halves(all: &[TenantId], cleared: &mut Cleared) {
    let (mut count, mut left) = (0, Vec::new());
    for tenant in all {
        let Some(id) = tenants::half(tenant).await else { continue };
        count += 1;
        left.extend(asked(DropVaultHalf { id }, &()).await.err().map(|problem| problem.title));
    }
    if count > 0 {
        cleared.note("Server's half of the key", left.is_empty(), said(&left, "destroyed"));
    }
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
