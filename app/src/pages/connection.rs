//! One connection and its worker token.

mod details;

use domain::id::ConnectionId;
use domain::keeper::{Command, ConnectionView, Phase, Renewal};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::Ports;
use crate::components::{Badge, Button, Confirm, Icon, LifeBar, Look, PageHeader, failure, skeleton};
use crate::connection_dialog::ConnectionDialog;
use crate::connections::{connection_signal, mood_signal};
use crate::session::SignedIn;
use crate::token::{Frame, token_text};

const TOKEN: Frame = Frame { title: Some("Access token"), class: "card", shown: false };

/// The page of `/connections/{id}`.
pub(crate) fn connection() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| ConnectionId::new(params.get("id").unwrap_or_default())));
    view! { {move || page(id.get())} }.into_any()
}

fn page(id: ConnectionId) -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let connection = connection_signal(id.clone());
    let state = Memo::new(move |_| (view.with(|view| view.phase.clone()), connection.with(Option::is_some)));
    let name = Signal::derive(move || {
        let name = connection.with(|one| one.as_ref().map(|one| one.connection.name.clone()));
        name.unwrap_or_else(|| "Worker token".to_owned())
    });
    let body = move || match state.get() {
        (Phase::Opening, _) => skeleton(4),
        (_, true) => held(id.clone(), connection),
        (Phase::Open, false) => gone(),
        _ => ().into_any(),
    };
    view! {
        <p class="crumb"><a href="/connections">"Worker tokens"</a></p>
        <PageHeader title=name>{renew_now(connection)}</PageHeader>
        {body}
    }
    .into_any()
}

fn gone() -> AnyView {
    view! {
        <p>"This connection is not in this browser. It may have been deleted, or made in another browser."</p>
        <p><a href="/connections">"See your connections"</a></p>
    }
    .into_any()
}

fn renew_now(connection: Signal<Option<ConnectionView>>) -> AnyView {
    let send = expect_context::<Ports>().desk.send;
    let not_member = expect_context::<SignedIn>().not_member();
    let there = Memo::new(move |_| connection.with(Option::is_some));
    let busy = Signal::derive(move || {
        connection.with(|one| one.as_ref().is_some_and(|one| matches!(one.renewal, Renewal::Running { .. })))
    });
    let reason = Signal::derive(move || {
        let without = connection.with(|one| one.as_ref().is_some_and(|one| !one.has_credential));
        let words = || "No credential is kept for it. Edit the connection and enter it.".to_owned();
        not_member.get().or_else(|| without.then(words))
    });
    let shown = move || {
        let send = send.clone();
        let press = move |()| {
            if let Some(id) = connection.with_untracked(|one| one.as_ref().map(|one| one.connection.id.clone())) {
                send(Command::Obtain(id));
            }
        };
        there.get().then(|| {
            view! {
                <Button label="Renew now" picture=Icon::Renew look=Look::Primary busy busy_words="Renewing…" reason on_press=press />
            }
        })
    };
    view! { {shown} }.into_any()
}

fn held(id: ConnectionId, connection: Signal<Option<ConnectionView>>) -> AnyView {
    let mood = mood_signal(connection);
    view! {
        <div class="card life-card">
            <LifeBar connection />
            <Badge mood word=Signal::derive(move || mood.get().word().to_owned()) />
        </div>
        {failure(connection)}
        {token_text(id.clone(), connection, TOKEN)}
        {details::details(connection)}
        {deeds(id)}
    }
    .into_any()
}

fn deeds(id: ConnectionId) -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let desk = expect_context::<Ports>().desk;
    let reason = expect_context::<SignedIn>().not_member();
    let navigate = use_navigate();
    let (view, send) = (desk.view, desk.send);
    let (own, edited, chosen) = (id.clone(), id.clone(), id.clone());
    let named = connection_signal(id.clone());
    let name = move || named.with(|one| one.as_ref().map(|one| one.connection.name.clone()).unwrap_or_default());
    let current = Memo::new(move |_| view.with(|view| view.current.as_ref() == Some(&own)));
    let asking = RwSignal::new(false);
    let (choose, remove) = (send.clone(), send);
    let mark = move || {
        let (choose, chosen) = (choose.clone(), chosen.clone());
        if current.get() {
            view! { <span class="mark">"Current"</span> }.into_any()
        } else {
            view! { <Button label="Make current" on_press=move |()| choose(Command::Choose(chosen.clone())) /> }
                .into_any()
        }
    };
    let delete = move |()| {
        remove(Command::Remove(id.clone()));
        navigate("/connections", leptos_router::NavigateOptions::default());
    };
    view! {
        <div class="actions apart">
            <Button label="Delete" picture=Icon::Remove look=Look::Danger on_press=move |()| asking.set(true) />
            <span class="actions">
                {mark}
                <Button label="Edit" picture=Icon::Edit reason on_press=move |()| dialog.edit(edited.clone()) />
            </span>
        </div>
        <Confirm
            id="delete-connection"
            title=Signal::derive(move || format!("Delete {}?", name()))
            open=asking
            text="The connection, its credential and its token go from this browser. You can undo this for ten seconds. At the provider nothing changes: a token already issued stays valid until it expires."
            verb="Delete connection"
            on_yes=delete
        />
    }
    .into_any()
}
