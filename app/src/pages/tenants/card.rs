use domain::tenant::{AllowedSites, Tenant};
use leptos::prelude::*;

use super::Doors;
use crate::components::{Badge, Button, Icon, Look, Moment, fact, facts};
use crate::connection_dialog::ConnectionDialog;
use crate::tenancy::Tenancy;
use crate::toasts::Toasts;
use crate::words::{Mood, count};

/// One tenant.
pub(super) fn card(tenant: Tenant, doors: Doors) -> AnyView {
    let tenancy = expect_context::<Tenancy>();
    let id = tenant.id.clone();
    let is_open = Memo::new(move |_| tenancy.is_current(&id));
    let badge = move || {
        let word = Signal::stored("In use here".to_owned());
        is_open.get().then(|| view! { <Badge mood=Signal::stored(Mood::Good) word /> })
    };
    view! {
        <li class="card">
            <div class="card-head">
                <h2>{tenant.name.clone()}</h2>
                {badge}
            </div>
            {facts(rows(&tenant))}
            {buttons(tenant, doors, is_open)}
        </li>
    }
    .into_any()
}

fn rows(tenant: &Tenant) -> Vec<AnyView> {
    let kind = if tenant.is_own { "Your own; it stays" } else { "Added" };
    let mut rows = vec![fact("Kind", kind.into_any())];
    if let Some(api) = tenant.api.clone() {
        let dialog = expect_context::<ConnectionDialog>();
        rows.push(fact("API", (move || dialog.provider_name(&api)).into_any()));
    }
    rows.push(fact("Sites", sites(&tenant.sites)));
    if let Some(site) = &tenant.default_site {
        rows.push(fact("Default site", view! { <span class="code">{site.to_string()}</span> }.into_any()));
    }
    let at = tenant.created_at;
    rows.push(fact("Made", view! { <Moment at /> }.into_any()));
    rows
}

/// How many sites a card names; the dialog has them all.
const NAMED: usize = 8;

fn sites(sites: &AllowedSites) -> AnyView {
    let only = match sites {
        AllowedSites::All => return "All (*)".into_any(),
        AllowedSites::Only(only) if only.is_empty() => return "None".into_any(),
        AllowedSites::Only(only) => only,
    };
    let named = only.iter().take(NAMED).map(|site| view! { <li class="code">{site.to_string()}</li> }).collect_view();
    let more = only.len().checked_sub(NAMED).filter(|more| *more > 0);
    let more = more.map(|more| view! { <li>{format!("and {}", count(more, "other"))}</li> });
    view! { <ul>{named}{more}</ul> }.into_any()
}

fn buttons(tenant: Tenant, doors: Doors, is_open: Memo<bool>) -> AnyView {
    let (tenancy, toasts) = (expect_context::<Tenancy>(), expect_context::<Toasts>());
    let is_own = tenant.is_own;
    let tenant = StoredValue::new(tenant);
    let open = move |door: RwSignal<bool>| doors.open(door, Some(tenant.get_value()));
    let remove =
        (!is_own).then(|| view! { <Button label="Remove" look=Look::Danger on_press=move |()| open(doors.remove) /> });
    let switch = move || {
        let press = move |()| tenant.with_value(|tenant| tenancy.switch(tenant, toasts));
        (!is_open.get()).then(|| view! { <Button label="Switch to it" on_press=press /> })
    };
    view! {
        <div class="actions apart">
            <span class="actions">{remove}</span>
            <span class="actions">
                {switch}
                <Button label="Edit" picture=Icon::Edit on_press=move |()| open(doors.edit) />
            </span>
        </div>
    }
    .into_any()
}
