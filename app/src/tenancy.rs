//! The tenants of the person signed in, and the one this tab works in.
//!
//! A tab works in one tenant from its load to its end: to switch is to load the page anew, with that tenant's own vault, so
//! that nothing of the one before is left in memory.

use std::sync::Arc;

use domain::api::Problem;
use domain::api::account::{Role, Session};
use domain::api::tenants::Tenants;
use domain::api::{self, Code};
use domain::id::{TenantId, UserId};
use domain::keeper::NoticeKind;
use domain::site::SiteCommand;
use domain::tenant::{Opening, Tenant};
use domain::vault::StoreError;
use futures::channel::oneshot;
use leptos::prelude::*;
use serde_json::Value;

use crate::ask::Load;
use crate::session::SignedIn;
use crate::toasts::Toasts;
use crate::{Ports, dom};

/// The tenants as the pages know them.
#[derive(Clone, Copy)]
pub(crate) struct Tenancy {
    /// What the server says; to be asked again after a change.
    pub(crate) load: Load,
    /// All of the person's, their own first; empty in the first render, and for auditors.
    pub(crate) all: RwSignal<Vec<Tenant>>,
    /// The one this tab works in; `None` in the first render.
    pub(crate) current: RwSignal<Option<Tenant>>,
    user: RwSignal<Option<UserId>>,
    ports: StoredValue<Ports>,
}

impl Tenancy {
    /// Asks for the tenants, and opens the vault of the one chosen, for all pages below.
    pub(crate) fn provide(signed_in: SignedIn) -> Self {
        let tenancy = Self {
            load: load_tenants(signed_in),
            all: RwSignal::new(Vec::new()),
            current: RwSignal::new(None),
            user: RwSignal::new(None),
            ports: StoredValue::new(expect_context::<Ports>()),
        };
        provide_context(tenancy);
        let toasts = expect_context::<Toasts>();
        Effect::new(move |_| {
            let Some(session) = signed_in.session.get() else { return };
            let Some(answer) = tenancy.load.get() else { return };
            tenancy.hear(&session, answer, toasts);
        });
        tenancy
    }

    /// Whether this tab works in that tenant.
    pub(crate) fn is_current(self, id: &TenantId) -> bool {
        self.current.with(|current| current.as_ref().is_some_and(|tenant| tenant.id == *id))
    }

    /// The names of all but one of them.
    pub(crate) fn names_but(self, id: Option<&TenantId>) -> Vec<String> {
        let all = self.all.get_untracked();
        all.into_iter().filter(|tenant| Some(&tenant.id) != id).map(|tenant| tenant.name).collect()
    }

    /// Loads the page anew, to work in that tenant.
    pub(crate) fn switch(self, tenant: &Tenant, toasts: Toasts) {
        let Some(user) = self.user.get_untracked() else { return };
        let kept = self.ports.with_value(|ports| {
            let preferences = &ports.preferences;
            preferences.set_tenants(&user, &preferences.tenants(&user).with(tenant))
        });
        if kept {
            self.ports.with_value(|ports| (ports.desk.tell_choice)(tenant.id.clone()));
            dom::full_load(dom::page_for_any_tenant());
        } else {
            toasts.tell(NoticeKind::Problem, "This browser keeps nothing for this site, so it can't remember the tenant. Allow it storage, then switch again.");
        }
    }

    /// Whether this tab's tenant was removed meanwhile, in another tab.
    pub(crate) fn was_removed(self) -> bool {
        let (Some(user), Some(tenant)) = (self.user.get_untracked(), self.current.get_untracked()) else {
            return false;
        };
        self.ports.with_value(|ports| ports.preferences.tenants(&user).was_removed(&tenant))
    }

    /// Removes what this browser keeps of a tenant that is gone from the server.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when something is left; it is removed when a page is next loaded.
    pub(crate) async fn wipe(self, id: TenantId) -> Result<(), StoreError> {
        let Some(user) = self.user.get_untracked() else { return Ok(()) };
        let (preferences, wipe) =
            self.ports.with_value(|ports| (Arc::clone(&ports.preferences), Arc::clone(&ports.desk.wipe)));
        // The other tabs leave the tenant when they see this.
        preferences.set_tenants(&user, &preferences.tenants(&user).without(&id));
        let (sender, wiped) = oneshot::channel();
        // Who no longer waits is not told.
        wipe(id.clone(), Box::new(move |outcome| sender.send(outcome).unwrap_or_default()));
        wiped.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the page was left".to_owned())))?;
        preferences.set_tenants(&user, &preferences.tenants(&user).cleared_of(&id));
        Ok(())
    }

    fn hear(self, session: &Session, answer: Result<Value, Problem>, toasts: Toasts) {
        let known: Option<Vec<Tenant>> = answer.ok().and_then(|value| serde_json::from_value(value).ok());
        let opened = self.current.get_untracked();
        match opened {
            None => self.open(session, known.as_deref(), toasts),
            // A tab stays in its tenant; its name may be another one now.
            Some(open) => {
                let found = known.iter().flatten().find(|tenant| tenant.id == open.id).cloned();
                if let Some(found) = found {
                    self.ports.with_value(|ports| (ports.desk.site)(SiteCommand::Limit(found.limits())));
                    self.current.set(Some(found));
                }
            }
        }
        self.all.set(known.unwrap_or_default());
    }

    fn open(self, session: &Session, known: Option<&[Tenant]>, toasts: Toasts) {
        let user = session.user.clone();
        // Auditors have their own tenant and no other; an empty list says nothing about those of before.
        let known = known.filter(|known| !known.is_empty());
        let (kept, open) = self.ports.with_value(|ports| (ports.preferences.tenants(&user), ports.desk.open.clone()));
        let settled = kept.settle(&session.tenant, known);
        self.ports.with_value(|ports| ports.preferences.stay(&user, &settled.open));
        self.user.set(Some(user.clone()));
        self.current.set(Some(settled.open.clone()));
        if settled.lost_choice {
            let text = "The tenant you worked in was removed, and what this browser kept of it. This is another one.";
            toasts.tell(NoticeKind::Info, text);
        }
        open(Opening { user, tenant: settled.open, own: session.tenant.clone() });
        for id in settled.gone {
            // What can't be removed now is tried again at the next load.
            leptos::task::spawn_local(async move { drop(self.wipe(id).await) });
        }
    }
}

/// The tenants, for those who may have any.
fn load_tenants(signed_in: SignedIn) -> Load {
    let call = api::request(&Tenants, &());
    let api = expect_context::<Ports>().api;
    let session = signed_in.load;
    Resource::new(
        || (),
        move |()| {
            let (api, call) = (Arc::clone(&api), call.clone());
            async move {
                let session: Session =
                    serde_json::from_value(session.await?).map_err(|_| Problem::new(Code::UnreadableAnswer))?;
                if session.role == Role::Auditor { Ok(Value::Array(Vec::new())) } else { api.send(call?).await }
            }
        },
    )
}
