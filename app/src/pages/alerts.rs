//! What in the audit log is suspicious: for admins to look after, and for auditors to read.

mod card;

use domain::api::{Code, Problem};
use domain::audit::suspicion::Alert;
use leptos::prelude::*;

use crate::alerts::AlertWatch;
use crate::components::{Button, Empty, Icon, PageHeader, ProblemBox, skeleton};
use crate::session::SignedIn;

/// The page of `/admin/alerts`.
pub(crate) fn alerts() -> AnyView {
    let audits = expect_context::<SignedIn>().audits();
    let watch = expect_context::<AlertWatch>();
    Effect::new(move |_| {
        if audits.get() == Some(true) {
            watch.look();
        }
    });
    let refresh = move || {
        (audits.get() == Some(true)).then(|| {
            view! { <Button label="Refresh" picture=Icon::Renew on_press=move |()| watch.look() /> }
        })
    };
    let body = move || match audits.get() {
        None => skeleton(3),
        Some(false) => view! { <ProblemBox problem=Problem::new(Code::NotAllowed) /> }.into_any(),
        Some(true) => watched(watch),
    };
    view! {
        <PageHeader title="Alerts" text="Uses of tokens that somebody should look at.">
            {refresh}
        </PageHeader>
        {body}
    }
    .into_any()
}

fn watched(watch: AlertWatch) -> AnyView {
    let trouble = move || {
        let retry = Callback::new(move |()| watch.look());
        watch.trouble.get().map(|problem| view! { <ProblemBox problem retry /> })
    };
    let body = move || match watch.all.get() {
        None if watch.trouble.with(Option::is_some) => ().into_any(),
        None => skeleton(3),
        Some(all) if all.is_empty() => nothing(),
        Some(all) => listed(all, watch),
    };
    view! {
        {trouble}
        {body}
    }
    .into_any()
}

fn listed(all: Vec<Alert>, watch: AlertWatch) -> AnyView {
    let (done, open): (Vec<_>, Vec<_>) = all.into_iter().partition(|alert| alert.acknowledged_at.is_some());
    let part = move |title: &'static str, alerts: Vec<Alert>| {
        (!alerts.is_empty()).then(|| {
            let cards = alerts.into_iter().map(|alert| card::card(alert, watch)).collect_view();
            view! {
                <section class="alert-part">
                    <h2>{title}</h2>
                    <ul class="cards">{cards}</ul>
                </section>
            }
        })
    };
    view! {
        {open.is_empty().then(|| view! { <p class="soft">"Nothing is open."</p> })}
        {part("Open", open)}
        {part("Acknowledged", done)}
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <Empty
            picture=Icon::Bell
            title="No alerts"
            text="An alert is raised when a person's tokens are refused more than ten times within five minutes, or when one token is used from more than two addresses within five minutes."
        >
            <a class="button" href="/admin/audit?group=token">"Show token events"</a>
        </Empty>
    }
    .into_any()
}
