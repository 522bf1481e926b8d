//! The tenants of the person signed in: kept apart from each other, each with its own vault.

mod card;
mod dialog;
mod form;
mod removal;

use domain::tenant::Tenant;
use leptos::prelude::*;

use crate::ask::loaded;
use crate::components::{Button, Icon, Look, PageHeader, icon};
use crate::session::SignedIn;
use crate::tenancy::Tenancy;

/// What a card can open.
#[derive(Clone, Copy)]
struct Doors {
    chosen: RwSignal<Option<Tenant>>,
    edit: RwSignal<bool>,
    remove: RwSignal<bool>,
}

impl Doors {
    fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self { chosen: RwSignal::new(None), edit: closed(), remove: closed() }
    }

    /// Opens a door for one tenant, or for a new one.
    fn open(self, door: RwSignal<bool>, tenant: Option<Tenant>) {
        self.chosen.set(tenant);
        door.set(true);
    }

    /// The name of the tenant that was chosen.
    fn name(self) -> String {
        self.chosen.with(|chosen| chosen.as_ref().map(|tenant| tenant.name.clone())).unwrap_or_default()
    }
}

/// The page of `/tenants`.
pub(crate) fn tenants() -> AnyView {
    let tenancy = expect_context::<Tenancy>();
    let reason = expect_context::<SignedIn>().not_member();
    let doors = Doors::new();
    view! {
        <PageHeader title="Tenants" text="Each keeps its own connections, sites and tokens, apart from the others.">
            <Button
                label="Add tenant"
                picture=Icon::Add
                look=Look::Primary
                reason
                on_press=move |()| doors.open(doors.edit, None)
            />
        </PageHeader>
        {apart()}
        {loaded(tenancy.load, 2, move |all: Vec<Tenant>| list(all, doors))}
        {dialog::dialog(doors)}
        {removal::removal(doors)}
    }
    .into_any()
}

fn apart() -> AnyView {
    view! {
        <div class="notice info">
            {icon(Icon::Tenant)}
            <div>
                <p class="strong">"Nothing crosses from one tenant to another"</p>
                <p>
                    "Each tenant has a database of its own in this browser, sealed under a key of its own. A tab works in one tenant; to switch loads the page anew. Connections and tokens you add belong to the tenant you work in."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn list(all: Vec<Tenant>, doors: Doors) -> AnyView {
    if all.is_empty() {
        return view! { <p>"Your role obtains no tokens, so it has no tenants."</p> }.into_any();
    }
    let cards = all.into_iter().map(|tenant| card::card(tenant, doors)).collect_view();
    view! { <ul class="cards two">{cards}</ul> }.into_any()
}
