use domain::keeper::{ConnectionView, Phase};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Badge, Button, Empty, Icon, LifeBar, Look, PageHeader, skeleton};
use crate::connection_dialog::ConnectionDialog;
use crate::connections::{connection_ids, connection_signal, mood_signal};
use crate::session::SignedIn;
use crate::words::{Mood, mood};
use crate::worker_token::WorkerToken;

/// What expires when: the soonest first.
pub(crate) fn overview() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let reason = expect_context::<SignedIn>().not_member();
    view! {
        <PageHeader title="Overview" text="What expires when, the soonest first.">
            {get_token()}
            <Button label="Add connection" picture=Icon::Add look=Look::Primary reason on_press=move |()| dialog.add() />
        </PageHeader>
        {body()}
    }
    .into_any()
}

/// The current connection's token, in one press; nothing while there is no connection.
fn get_token() -> AnyView {
    let token = expect_context::<WorkerToken>();
    let reason = expect_context::<SignedIn>().not_member();
    let view = expect_context::<Ports>().desk.view;
    let there = Memo::new(move |_| view.with(|view| view.current.is_some()));
    let shown = move || {
        there.get().then(|| {
            view! {
                <Button
                    label="Get worker token"
                    picture=Icon::Token
                    busy=token.busy()
                    busy_words="Getting it…"
                    reason
                    on_press=move |()| token.show()
                />
            }
        })
    };
    view! { {shown} }.into_any()
}

fn body() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let state = Memo::new(move |_| view.with(|view| (view.phase.clone(), view.connections.is_empty())));
    let shown = move || match state.get() {
        (Phase::Opening, _) => skeleton(3),
        (Phase::Open, true) => no_connections(),
        (Phase::Open, false) => view! {
            {counts()}
            {soonest_first()}
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! { {shown} }.into_any()
}

/// The way to the first connection, and the sandbox where there is one.
pub(crate) fn no_connections() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let reason = expect_context::<SignedIn>().not_member();
    let sandbox = move || {
        dialog.has_sandbox().then(|| {
            view! { <Button label="Try the sandbox" reason on_press=move |()| dialog.try_sandbox() /> }
        })
    };
    view! {
        <Empty
            picture=Icon::Token
            title="No connections yet"
            text="A connection holds what it takes to get a worker token: a provider, a client and its credential. Tokenkeep asks for the token, keeps it encrypted in this browser and renews it before it expires."
        >
            <Button label="Add your first connection" picture=Icon::Add reason on_press=move |()| dialog.add() />
            {sandbox}
        </Empty>
    }
    .into_any()
}

fn counts() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let counted = Memo::new(move |_| {
        let now = desk.now.get();
        let moods = desk.view.with(|view| {
            let of = |one: &ConnectionView| now.map_or(Mood::None, |now| mood(one, now));
            view.connections.iter().map(of).collect::<Vec<_>>()
        });
        [&[Mood::Good, Mood::Renewing] as &[Mood], &[Mood::Soon], &[Mood::Bad], &[Mood::None]]
            .map(|group| moods.iter().filter(|mood| group.contains(mood)).count())
    });
    let one = move |index: usize, class: &'static str, words: &'static str| {
        let number = move || counted.with(|counted| counted[index]);
        view! {
            <div class=format!("count {class}") class:zero=move || number() == 0>
                <dt>{words}</dt>
                <dd>{number}</dd>
            </div>
        }
    };
    view! {
        <dl class="counts">
            {one(0, "good", "Valid")}
            {one(1, "soon", "Expire soon")}
            {one(2, "bad", "Expired")}
            {one(3, "none", "Without token")}
        </dl>
    }
    .into_any()
}

fn soonest_first() -> AnyView {
    let ids = connection_ids(|left, right| {
        let end = |one: &ConnectionView| one.token.as_ref().map(|token| token.expires_at);
        // Those without a token need a person first.
        end(left).cmp(&end(right))
    });
    let row = |id: domain::id::ConnectionId| {
        let href = format!("/connections/{id}");
        let connection = connection_signal(id);
        let mood = mood_signal(connection);
        let name = move || connection.with(|one| one.as_ref().map(|one| one.connection.name.clone()));
        view! {
            <li class="card row">
                <a class="strong" href=href>{name}</a>
                <LifeBar connection />
                <Badge mood word=Signal::derive(move || mood.get().word().to_owned()) />
            </li>
        }
    };
    view! {
        <ul class="cards">
            <For each=move || ids.get() key=Clone::clone children=row />
        </ul>
    }
    .into_any()
}
