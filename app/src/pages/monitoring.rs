//! How every token is doing: counts, a card for each, what can be done with it, and the last calls of this page.

mod calls;
mod card;
mod inquiry;
mod renewal;
mod warnings;

use domain::id::ConnectionId;
use domain::keeper::{ConnectionView, Phase};
use domain::monitoring::{self, Standing, counts, standing};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Confirm, Icon, PageHeader, skeleton};
use crate::connection_dialog::ConnectionDialog;
use crate::dom;
use crate::pages::overview::no_connections;
use crate::toasts::Toasts;
use crate::words::{Mood, count};
use inquiry::Inquiry;
use renewal::Renewals;

/// A token that a person wants revoked.
#[derive(Clone)]
struct Revocation {
    name: String,
    inquiry: Inquiry,
}

/// The page of `/monitoring`.
pub(crate) fn monitoring() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let renewals = Renewals::new();
    let state = Memo::new(move |_| view.with(|view| (view.phase.clone(), view.connections.is_empty())));
    let is_open = Memo::new(move |_| state.with(|(phase, none)| *phase == Phase::Open && !none));
    let deeds = move || is_open.get().then(|| view! { {export()} {renewals.button()} });
    let body = move || match state.get() {
        (Phase::Opening, _) => skeleton(4),
        (Phase::Open, true) => no_connections(),
        (Phase::Open, false) => watched(renewals),
        _ => ().into_any(),
    };
    view! {
        <PageHeader title="Token monitoring" text="How every token in this browser is doing, and what this tab asked for.">
            {deeds}
        </PageHeader>
        {body}
    }
    .into_any()
}

fn watched(renewals: Renewals) -> AnyView {
    view! {
        {counted()}
        {renewals.results()}
        {cards()}
        {without_token()}
        {warnings::warnings()}
        {calls::calls()}
    }
    .into_any()
}

/// The colour of a standing.
const fn mood(standing: Standing) -> Mood {
    match standing {
        Standing::Active => Mood::Good,
        Standing::Expiring => Mood::Soon,
        Standing::Expired | Standing::Error => Mood::Bad,
    }
}

fn counted() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let numbers = Memo::new(move |_| {
        let Some(now) = desk.now.get() else { return [0; 4] };
        desk.view.with(|view| counts(&view.connections, now))
    });
    let one = move |(place, standing): (usize, Standing)| {
        let number = move || numbers.with(|numbers| numbers[place]);
        view! {
            <div class=format!("count {}", mood(standing).class()) class:zero=move || number() == 0>
                <dt>{standing.word()}</dt>
                <dd>{number}</dd>
            </div>
        }
    };
    view! { <dl class="counts">{Standing::ALL.into_iter().enumerate().map(one).collect_view()}</dl> }.into_any()
}

/// The ids of the connections for which this holds; it changes only when they do.
fn ids(wanted: fn(&ConnectionView, Option<Standing>) -> bool) -> Memo<Vec<ConnectionId>> {
    let desk = expect_context::<Ports>().desk;
    Memo::new(move |_| {
        let Some(now) = desk.now.get() else { return Vec::new() };
        desk.view.with(|view| {
            let fits = |one: &&ConnectionView| wanted(one, standing(one, now));
            view.connections.iter().filter(fits).map(|one| one.connection.id.clone()).collect()
        })
    })
}

fn cards() -> AnyView {
    let ids = ids(|_, standing| standing.is_some());
    let (asking, chosen) = (RwSignal::new(false), RwSignal::new(None::<Revocation>));
    let revoke = Callback::new(move |revocation| {
        chosen.set(Some(revocation));
        asking.set(true);
    });
    let title = Signal::derive(move || {
        let name = chosen.with(|chosen| chosen.as_ref().map(|chosen| chosen.name.clone()));
        format!("Revoke the token of {}?", name.unwrap_or_default())
    });
    let yes = move |()| {
        if let Some(chosen) = chosen.get_untracked() {
            chosen.inquiry.revoke();
        }
    };
    view! {
        <ul class="cards two tokens">
            <For each=move || ids.get() key=Clone::clone children=move |id| card::card(id, revoke) />
        </ul>
        <Confirm
            id="revoke-token"
            title
            open=asking
            text="The provider ends it at once: every call with it is refused from then on, and it goes from every tab. That can't be undone; a new token can be generated."
            verb="Revoke token"
            on_yes=yes
        />
    }
    .into_any()
}

/// The connections that have nothing to watch.
fn without_token() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let ids = ids(|_, standing| standing.is_none());
    let shown = move || {
        let ids = ids.get();
        let link = |id: &ConnectionId| {
            let name = view.with_untracked(|view| {
                let found = view.connections.iter().find(|one| one.connection.id == *id);
                found.map(|one| one.connection.name.clone()).unwrap_or_default()
            });
            view! { <li><a href=format!("/connections/{id}")>{name}</a></li> }
        };
        (!ids.is_empty()).then(|| {
            view! {
                <section class="card">
                    <h2>{format!("{} without a token", count(ids.len(), "connection"))}</h2>
                    <ul class="names">{ids.iter().map(link).collect_view()}</ul>
                </section>
            }
        })
    };
    view! { {shown} }.into_any()
}

/// What is known of all tokens, as a file: no token is in it.
fn export() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let dialog = expect_context::<ConnectionDialog>();
    let toasts = expect_context::<Toasts>();
    let press = move |()| {
        let Some(now) = desk.now.get_untracked() else { return };
        let name = monitoring::file_name(now);
        let text =
            desk.view.with_untracked(|view| monitoring::export(&view.connections, &|id| dialog.provider_name(id), now));
        toasts.done(match dom::download(&name, &text) {
            Some(()) => format!("{name} holds how the tokens are doing, and no token."),
            None => "The browser did not take the file. Check whether it allows downloads here.".to_owned(),
        });
    };
    view! { <Button label="Export" picture=Icon::Export on_press=press /> }.into_any()
}
