use domain::tenant::Tenant;
use leptos::prelude::*;

use crate::components::{Icon, icon};
use crate::tenancy::Tenancy;
use crate::toasts::Toasts;

/// The tenant this tab works in, and the way to another one. Who has only their own sees nothing of it.
pub(super) fn tenant_switcher() -> AnyView {
    let tenancy = expect_context::<Tenancy>();
    let shown = move || {
        let current = tenancy.current.get()?;
        let all = tenancy.all.get();
        (all.len() > 1).then(|| switcher(&current, all))
    };
    view! { <div class="tenant-switcher">{shown}</div> }.into_any()
}

fn switcher(current: &Tenant, all: Vec<Tenant>) -> AnyView {
    let open = current.id.clone();
    let choices = all.into_iter().map(|tenant| {
        let is_open = tenant.id == open;
        choice(tenant, is_open)
    });
    view! {
        <button
            type="button"
            class="button quiet"
            popovertarget="tenant-menu"
            aria-label=format!("Tenant: {}", current.name)
            title="Switch tenant"
        >
            {icon(Icon::Tenant)}
            <span class="name">{current.name.clone()}</span>
        </button>
        <div id="tenant-menu" class="menu" popover="auto">
            <p class="strong">"Tenants"</p>
            <ul>{choices.collect_view()}</ul>
            <a class="button" href="/tenants">"Manage tenants"</a>
        </div>
    }
    .into_any()
}

fn choice(tenant: Tenant, is_open: bool) -> AnyView {
    let (tenancy, toasts) = (expect_context::<Tenancy>(), expect_context::<Toasts>());
    let name = tenant.name.clone();
    let press = move |_| {
        if !is_open {
            tenancy.switch(&tenant, toasts);
        }
    };
    view! {
        <li>
            <button type="button" class="button quiet" aria-current=is_open.then_some("true") on:click=press>
                <span class="name">{name}</span>
                {is_open.then(|| icon(Icon::Check))}
            </button>
        </li>
    }
    .into_any()
}
