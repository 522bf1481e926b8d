//! People who can sign in: for admins, and for auditors to read.

mod invite;

use std::sync::Arc;

use domain::api::account::Role;
use domain::api::users::{ChangeUser, User, UserChange, Users};
use domain::id::UserId;
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, ask, load, loaded};
use crate::components::{Badge, Button, Confirm, Icon, Look, Moment, PageHeader, ProblemBox, Table};
use crate::session::SignedIn;
use crate::words::{self, Mood};

/// The roles, in the order people see them.
pub(super) const ROLES: [Role; 3] = [Role::Admin, Role::User, Role::Auditor];

/// What a row can have done.
#[derive(Clone, Copy)]
struct Deeds {
    change: Callback<(UserId, UserChange)>,
    ask_first: Callback<(UserId, String)>,
    deed: Deed,
}

/// The page of `/admin/users`.
pub(crate) fn users() -> AnyView {
    let users = load(&Users);
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_admin();
    let (inviting, asking) = (RwSignal::new(false), RwSignal::new(false));
    let chosen = RwSignal::new(None::<(UserId, String)>);
    let deed = Deed::new();
    let change = Callback::new(move |(id, change): (UserId, UserChange)| {
        let api = Arc::clone(&api);
        deed.run(async move {
            let changed = ask(api, ChangeUser { id }, change).await;
            // After a refusal, too: the row must show what is true again.
            users.refetch();
            changed.map(drop)
        });
    });
    let ask_first = Callback::new(move |user| {
        chosen.set(Some(user));
        asking.set(true);
    });
    let deeds = Deeds { change, ask_first, deed };
    let list = move |all: Vec<User>| {
        let rows = all.into_iter().map(|user| row(user, deeds)).collect_view();
        view! { <Table label="Users" head=&["User name", "Role", "State", "Last sign-in", "Since", ""]>{rows}</Table> }
            .into_any()
    };
    let disable = move |()| {
        if let Some((id, _)) = chosen.get_untracked() {
            change.run((id, UserChange { disabled: Some(true), role: None }));
        }
    };
    view! {
        <PageHeader title="Users" text="Who can sign in, and what they may do.">
            <Button label="Invite" picture=Icon::Add look=Look::Primary reason on_press=move |()| inviting.set(true) />
        </PageHeader>
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
        {loaded(users, 4, list)}
        {invite::invite(inviting)}
        <Confirm
            id="disable-user"
            title=Signal::derive(move || format!("Disable {}?", chosen.get().map(|user| user.1).unwrap_or_default()))
            open=asking
            text="All their sessions end at once, and they can't sign in until you enable them again. What their browser keeps stays locked there."
            verb="Disable"
            on_yes=disable
        />
    }
    .into_any()
}

fn row(user: User, deeds: Deeds) -> AnyView {
    let (mood, word) = if user.disabled { (Mood::Bad, "Disabled") } else { (Mood::Good, "Active") };
    let last = match user.last_sign_in_at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => "Never".into_any(),
    };
    view! {
        <tr>
            <th scope="row">{user.username.clone()}</th>
            <td>{role_select(&user, deeds)}</td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) /></td>
            <td>{last}</td>
            <td><Moment at=user.created_at /></td>
            <td class="end">{switch(user, deeds)}</td>
        </tr>
    }
    .into_any()
}

fn role_select(user: &User, deeds: Deeds) -> AnyView {
    let reason = expect_context::<SignedIn>().not_admin();
    let (id, own) = (user.id.clone(), user.role);
    let changed = move |event: web_sys::Event| {
        let wanted = event_target_value(&event);
        // The list shows what is true until the server agrees.
        event_target::<web_sys::HtmlSelectElement>(&event).set_value(words::role_value(own));
        if let Some(role) = ROLES.into_iter().find(|role| words::role_value(*role) == wanted) {
            deeds.change.run((id.clone(), UserChange { role: Some(role), disabled: None }));
        }
    };
    let option = |role: Role| {
        view! { <option value=words::role_value(role) selected=role == own prop:selected=role == own>{words::role(role)}</option> }
    };
    view! {
        <select
            aria-label=format!("Role of {}", user.username)
            disabled=move || reason.with(Option::is_some) || deeds.deed.busy.get()
            title=move || reason.get()
            on:change=changed
        >
            {ROLES.map(option).collect_view()}
        </select>
    }
    .into_any()
}

fn switch(user: User, deeds: Deeds) -> AnyView {
    let reason = expect_context::<SignedIn>().not_admin();
    let (id, disabled) = (user.id, user.disabled);
    let press = move |()| {
        if disabled {
            deeds.change.run((id.clone(), UserChange { disabled: Some(false), role: None }));
        } else {
            deeds.ask_first.run((id.clone(), user.username.clone()));
        }
    };
    view! {
        <Button label=if disabled { "Enable" } else { "Disable" } look=Look::Quiet busy=deeds.deed.busy reason on_press=press />
    }
    .into_any()
}
