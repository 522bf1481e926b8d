use std::sync::Arc;

use domain::api::account::Role;
use domain::api::users::{Invitation, Invite, NewInvitation};
use leptos::prelude::*;

use super::ROLES;
use crate::ask::{Deed, ask};
use crate::components::{Button, Choice, CopyButton, Dialog, Look, Moment, ProblemBox, Select};
use crate::{Ports, dom, words};

/// Makes a one-time link; it is shown once, lives in this dialog only, and is gone when it closes.
pub(super) fn invite(open: RwSignal<bool>) -> AnyView {
    view! { <Dialog id="invite" title="Invite a person" open=open>{content(open)}</Dialog> }.into_any()
}

fn content(open: RwSignal<bool>) -> AnyView {
    let api = expect_context::<Ports>().api;
    let role = RwSignal::new(words::role_value(Role::User).to_owned());
    let made = RwSignal::new(None::<Invitation>);
    let deed = Deed::new();
    let make = move || {
        let wanted = role.get_untracked();
        let role = ROLES.into_iter().find(|role| words::role_value(*role) == wanted).unwrap_or(Role::User);
        let api = Arc::clone(&api);
        deed.run(async move {
            made.try_set(Some(ask(api, Invite, NewInvitation { role }).await?));
            Ok(())
        });
    };
    let make = Callback::new(move |()| make());
    let shown = move || match made.get() {
        Some(invitation) => link(&invitation, open),
        None => form(role, deed, make, open),
    };
    view! { {shown} }.into_any()
}

fn form(role: RwSignal<String>, deed: Deed, make: Callback<()>, open: RwSignal<bool>) -> AnyView {
    let choices = ROLES.map(|role| Choice::new(words::role_value(role), words::role(role))).to_vec();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        make.run(());
    };
    view! {
        <form class="form" on:submit=submit>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Select
                id="invite-role"
                label="Role"
                value=role
                choices=Signal::stored(choices)
                hint="Admins do everything, users obtain and use tokens, auditors read the admin pages"
            />
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Make link" look=Look::Primary submit=true busy=deed.busy busy_words="Making…" />
            </div>
        </form>
    }
    .into_any()
}

fn link(invitation: &Invitation, open: RwSignal<bool>) -> AnyView {
    let whole = format!("{}{}", dom::origin(), invitation.link.expose());
    view! {
        <div class="field">
            <label for="invitation-link">"Invitation link"</label>
            <input id="invitation-link" class="code" readonly prop:value=whole.clone() />
            <p class="hint">
                "It is shown only now, works once, and ends " <Moment at=invitation.expires_at />
                ". Send it in a way only this person reads."
            </p>
        </div>
        <div class="actions">
            <CopyButton label="Copy link" text=Signal::stored(whole) />
            <Button label="Done" look=Look::Primary on_press=move |()| open.set(false) />
        </div>
    }
    .into_any()
}
