use std::sync::Arc;

use domain::api::org::{AddOrgKey, ChangeOrgKey};
use leptos::prelude::*;

use super::Doors;
use super::form::Form;
use crate::Ports;
use crate::ask::{Deed, Load, ask};
use crate::components::{Button, Dialog, Field, Look, ProblemBox};

/// Adding or changing an org key.
pub(super) fn dialog(doors: Doors, keys: Load) -> AnyView {
    let title = Signal::derive(move || match doors.chosen.with(Option::is_some) {
        true => format!("Edit {}", doors.name()),
        false => "Add an org key".to_owned(),
    });
    let dirty = RwSignal::new(false);
    view! { <Dialog id="org-key-dialog" title open=doors.edit dirty=dirty wide=true>{content(doors, keys, dirty)}</Dialog> }
        .into_any()
}

fn content(doors: Doors, keys: Load, dirty: RwSignal<bool>) -> AnyView {
    let api = expect_context::<Ports>().api;
    let org = doors.chosen.get_untracked();
    let form = Form::new(org.as_ref());
    let id = org.map(|org| org.id);
    let deed = Deed::new();
    dirty.set(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (api, id) = (Arc::clone(&api), id.clone());
        deed.run(async move {
            let wanted = form.read()?;
            match id {
                Some(id) => ask(api, ChangeOrgKey { id }, wanted).await?,
                None => ask(api, AddOrgKey, wanted).await?,
            };
            keys.refetch();
            dirty.try_set(false);
            doors.edit.try_set(false);
            Ok(())
        });
    };
    view! {
        <form class="form" on:submit=submit on:input=move |_| dirty.set(true)>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field id="org-name" label="Name" value=form.name first=true hint="Visitors of the pages can see it" notes=deed.notes("name") />
            <Field
                id="org-origins"
                label="Origins"
                value=form.origins
                code=true
                hint="Exact ones, such as https://www.example.com, with blanks between. No wildcards; http only for this machine"
                notes=deed.notes("origins")
            />
            {times(form, deed)}
            {words(form, deed)}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| doors.edit.set(false) />
                <Button label="Save org key" look=Look::Primary submit=true busy=deed.busy busy_words="Saving…" />
            </div>
        </form>
    }
    .into_any()
}

fn times(form: Form, deed: Deed) -> AnyView {
    view! {
        <Field
            id="org-lifetime"
            label="Life of a token, in seconds"
            kind="number"
            value=form.lifetime
            hint="20 to 3,600; 300 unless there is a reason"
            notes=deed.notes("lifetime_seconds")
        />
        <Field
            id="org-buffer"
            label="Renewed before its end, in seconds"
            kind="number"
            value=form.buffer
            hint="15 is balanced. 5 to 10 asks as late as possible, 30 leaves room for slow networks"
            notes=deed.notes("buffer_seconds")
        />
        <Field
            id="org-buffer-percent"
            label="And at least this share of its life, in percent"
            kind="number"
            value=form.buffer_percent
            hint="0 to 25. 5 comes to 15 s of 300. The larger of the two holds, never more than half the life, and more where renewals are slow"
            notes=deed.notes("buffer_percent")
        />
        <Field
            id="org-error-clear"
            label="Notice of a connection issue stands, in seconds"
            kind="number"
            value=form.error_clear
            hint="2 to 5; 3 unless there is a reason"
            notes=deed.notes("error_clear_seconds")
        />
    }
    .into_any()
}

fn words(form: Form, deed: Deed) -> AnyView {
    view! {
        <Field id="org-title" label="Title of the chat" value=form.title notes=deed.notes("title") />
        <Field
            id="org-greeting"
            label="Greeting"
            value=form.greeting
            hint="Optional. It stands there before the first message"
            notes=deed.notes("greeting")
        />
    }
    .into_any()
}
