use std::sync::Arc;

use domain::api::tenants::{AddTenant, ChangeTenant};
use domain::id::ProviderId;
use leptos::prelude::*;

use super::Doors;
use super::form::{ALL, Form, ONLY};
use crate::Ports;
use crate::ask::{Deed, ask};
use crate::components::{Button, Choice, Dialog, Field, Look, ProblemBox, Select};
use crate::sites::{provider_choices, site_apis};
use crate::tenancy::Tenancy;
use crate::toasts::Toasts;

/// Adding or changing a tenant.
pub(super) fn dialog(doors: Doors) -> AnyView {
    let title = Signal::derive(move || match doors.chosen.with(Option::is_some) {
        true => format!("Edit {}", doors.name()),
        false => "Add a tenant".to_owned(),
    });
    let dirty = RwSignal::new(false);
    view! { <Dialog id="tenant-dialog" title open=doors.edit dirty=dirty>{content(doors, dirty)}</Dialog> }.into_any()
}

fn content(doors: Doors, dirty: RwSignal<bool>) -> AnyView {
    let (api, tenancy) = (expect_context::<Ports>().api, expect_context::<Tenancy>());
    let toasts = expect_context::<Toasts>();
    let tenant = doors.chosen.get_untracked();
    let form = Form::new(tenant.as_ref());
    let id = tenant.map(|tenant| tenant.id);
    let deed = Deed::new();
    dirty.set(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (api, id) = (Arc::clone(&api), id.clone());
        deed.run(async move {
            let wanted = form.read(&tenancy.names_but(id.as_ref()))?;
            let kept = match id {
                Some(id) => ask(api, ChangeTenant { id }, wanted).await?,
                None => ask(api, AddTenant, wanted).await?,
            };
            toasts.done(format!("{} is saved.", kept.name));
            tenancy.load.refetch();
            dirty.try_set(false);
            doors.edit.try_set(false);
            Ok(())
        });
    };
    view! {
        <form class="form" on:submit=submit on:input=move |_| dirty.set(true)>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field
                id="tenant-name"
                label="Name"
                value=form.name
                first=true
                hint="Only you see it: a customer, a company, an environment"
                notes=deed.notes("name")
            />
            {one_api(form, deed)}
            {limits(form, deed)}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| doors.edit.set(false) />
                <Button label="Save tenant" look=Look::Primary submit=true busy=deed.busy busy_words="Saving…" />
            </div>
        </form>
    }
    .into_any()
}

/// Which API, where there is more than one to choose from.
fn one_api(form: Form, deed: Deed) -> AnyView {
    let chosen = Some(form.api.get_untracked()).filter(|id| !id.is_empty()).map(ProviderId::new);
    let apis = provider_choices(site_apis(), chosen);
    let choices =
        Signal::derive(move || std::iter::once(Choice::new("", "Every one")).chain(apis.get()).collect::<Vec<_>>());
    let several = Memo::new(move |_| choices.with(Vec::len) > 2 || form.api.with_untracked(|api| !api.is_empty()));
    let select = move || {
        several.get().then(|| {
            view! {
                <Select
                    id="tenant-api"
                    label="API of its site tokens"
                    value=form.api
                    choices
                    hint="With one chosen, tokens of any other are neither kept nor sent in this tenant"
                    notes=deed.notes("api")
                />
            }
        })
    };
    view! { {select} }.into_any()
}

fn limits(form: Form, deed: Deed) -> AnyView {
    let choices = vec![Choice::new(ALL, "All sites (*)"), Choice::new(ONLY, "Only the sites named below")];
    let named = move || {
        (form.limit.get() == ONLY).then(|| {
            view! {
                <Field
                    id="tenant-sites"
                    label="Site ids"
                    value=form.sites
                    code=true
                    hint="With blanks between, such as ses_falls_city ses_omaha. The server refuses calls to any other"
                    notes=deed.notes("sites")
                />
            }
        })
    };
    view! {
        <Select id="tenant-limit" label="Sites it allows" value=form.limit choices=Signal::stored(choices) />
        {named}
        <Field
            id="tenant-default-site"
            label="Default site"
            value=form.default_site
            code=true
            hint="Optional. The id of the site you begin with"
            notes=deed.notes("default_site")
        />
    }
    .into_any()
}
