use domain::id::ConnectionId;
use domain::keeper::{Command, Phase};
use leptos::prelude::*;

use super::overview::no_connections;
use crate::Ports;
use crate::components::{Badge, Button, Icon, LifeBar, Look, PageHeader, Table, skeleton};
use crate::connection_dialog::ConnectionDialog;
use crate::connections::{connection_ids, connection_signal, mood_signal};
use crate::session::SignedIn;
use crate::transfer::TransferDialogs;

/// All connections with their worker tokens.
pub(crate) fn connections() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let transfer = expect_context::<TransferDialogs>();
    let reason = expect_context::<SignedIn>().not_member();
    let view = expect_context::<Ports>().desk.view;
    let held = view.clone();
    let some = Memo::new(move |_| held.with(|view| !view.connections.is_empty()));
    let state = Memo::new(move |_| view.with(|view| (view.phase.clone(), view.connections.is_empty())));
    let body = move || match state.get() {
        (Phase::Opening, _) => skeleton(4),
        (Phase::Open, true) => no_connections(),
        (Phase::Open, false) => list(),
        _ => ().into_any(),
    };
    view! {
        <PageHeader title="Worker tokens" text="Your connections, and the token each of them holds.">
            <Button label="Import" picture=Icon::Import reason on_press=move |()| transfer.import() />
            {move || some.get().then(|| view! { <Button label="Export" picture=Icon::Export on_press=move |()| transfer.export() /> })}
            <Button label="Add connection" picture=Icon::Add look=Look::Primary reason on_press=move |()| dialog.add() />
        </PageHeader>
        {body}
    }
    .into_any()
}

fn list() -> AnyView {
    let ids = connection_ids(|left, right| left.connection.name.cmp(&right.connection.name));
    view! {
        <Table label="Connections" head=&["Name", "Provider", "Token", "State", ""]>
            <For each=move || ids.get() key=Clone::clone children=row />
        </Table>
    }
    .into_any()
}

fn row(id: ConnectionId) -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let desk = expect_context::<Ports>().desk;
    let (view, send) = (desk.view, desk.send);
    let href = format!("/connections/{id}");
    let own = id.clone();
    let current = Memo::new(move |_| view.with(|view| view.current.as_ref() == Some(&own)));
    let connection = connection_signal(id.clone());
    let mood = mood_signal(connection);
    let name = move || connection.with(|one| one.as_ref().map(|one| one.connection.name.clone()));
    let provider =
        move || connection.with(|one| one.as_ref().map(|one| dialog.provider_name(&one.connection.provider)));
    let mark = move || {
        let (send, id) = (send.clone(), id.clone());
        if current.get() {
            view! { <span class="mark">"Current"</span> }.into_any()
        } else {
            view! { <Button label="Make current" look=Look::Quiet on_press=move |()| send(Command::Choose(id.clone())) /> }
                .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td class="soft">{provider}</td>
            <td class="wide"><LifeBar connection /></td>
            <td><Badge mood word=Signal::derive(move || mood.get().word().to_owned()) /></td>
            <td class="end">{mark}</td>
        </tr>
    }
    .into_any()
}
