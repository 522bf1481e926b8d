use std::sync::Arc;

use domain::api::tenants::RemoveTenant;
use domain::api::{Code, Problem};
use domain::keeper::NoticeKind;
use domain::tenant::Tenant;
use leptos::prelude::*;

use super::Doors;
use crate::ask::{Deed, ask};
use crate::components::{Button, Dialog, Field, Look, ProblemBox};
use crate::tenancy::Tenancy;
use crate::toasts::Toasts;
use crate::{Ports, dom};

/// The question before a tenant is removed: its name is to be typed.
pub(super) fn removal(doors: Doors) -> AnyView {
    let title = Signal::derive(move || format!("Remove {}?", doors.name()));
    view! { <Dialog id="remove-tenant" title open=doors.remove>{content(doors)}</Dialog> }.into_any()
}

fn content(doors: Doors) -> AnyView {
    let Some(tenant) = doors.chosen.get_untracked() else { return ().into_any() };
    let typed = RwSignal::new(String::new());
    let deed = Deed::new();
    let name = tenant.name.clone();
    let reason = Signal::derive(move || {
        let matches = typed.with(|typed| typed.trim() == name);
        (!matches).then(|| "Type the tenant's name first".to_owned())
    });
    let label = format!("Type {} to confirm", tenant.name);
    let (ports, tenancy) = (expect_context::<Ports>(), expect_context::<Tenancy>());
    let toasts = expect_context::<Toasts>();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if reason.with_untracked(Option::is_some) {
            return;
        }
        let (ports, tenant) = (ports.clone(), tenant.clone());
        deed.run(async move {
            remove(ports, tenancy, toasts, tenant).await?;
            doors.remove.try_set(false);
            Ok(())
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <p>
                "Its connections, sites and tokens go from this browser, with the keys that open them, and so does the copy on the server if it is synced. Your other browsers remove theirs when they next open Tokenkeep. Tokens stay valid at their providers until they expire or are revoked there. This can't be undone."
            </p>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field id="remove-tenant-name" label value=typed first=true />
            <div class="actions">
                <Button label="Cancel" on_press=move |()| doors.remove.set(false) />
                <Button label="Remove tenant" look=Look::Danger submit=true reason busy=deed.busy busy_words="Removing…" />
            </div>
        </form>
    }
    .into_any()
}

/// The server first: what it no longer knows is removed here in any case, now or when a page is next loaded.
async fn remove(ports: Ports, tenancy: Tenancy, toasts: Toasts, tenant: Tenant) -> Result<(), Problem> {
    match ask(Arc::clone(&ports.api), RemoveTenant { id: tenant.id.clone() }, ()).await {
        Err(problem) if problem.code != Code::TenantUnknown => return Err(problem),
        _ => {}
    }
    let is_open = tenancy.is_current(&tenant.id);
    let wiped = tenancy.wipe(tenant.id).await;
    if is_open {
        dom::full_load("/tenants");
        return Ok(());
    }
    tenancy.load.refetch();
    match wiped {
        Ok(()) => toasts.done(format!("{} was removed; nothing of it is left in this browser.", tenant.name)),
        Err(_) => toasts.tell(
            NoticeKind::Info,
            format!(
                "{} was removed. What this browser still keeps of it goes when you next load the page.",
                tenant.name
            ),
        ),
    }
    Ok(())
}
