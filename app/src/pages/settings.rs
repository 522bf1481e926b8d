//! How worker tokens behave: saved at once, in every tab.

mod file;
mod inputs;

use domain::keeper::Phase;
use domain::settings::{Number, WorkerTokenSettings};
use domain::time::{Span, words};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{PageHeader, skeleton};
use inputs::{Switch, number, switch};

/// The page of `/settings`.
pub(crate) fn settings() -> AnyView {
    let view = expect_context::<Ports>().desk.view;
    let phase = Memo::new(move |_| view.with(|view| view.phase.clone()));
    let body = move || match phase.get() {
        Phase::Opening => skeleton(6),
        Phase::Open => groups(),
        _ => ().into_any(),
    };
    view! {
        <PageHeader title="Settings" text="How worker tokens behave. Each change is saved at once, and holds in every tab." />
        {body}
    }
    .into_any()
}

/// The settings as they stand.
fn current() -> Memo<WorkerTokenSettings> {
    let view = expect_context::<Ports>().desk.view;
    Memo::new(move |_| view.with(|view| view.settings))
}

fn groups() -> AnyView {
    view! {
        <section class="card">
            <h2>"Renewal"</h2>
            {switch(Switch {
                id: "auto-renewal",
                label: "Auto-renewal",
                hint: "Renew tokens before they expire. Off, a token ends, and the next one comes when something needs it.",
                get: |settings| settings.auto_renewal,
                set: |settings, on| WorkerTokenSettings { auto_renewal: on, ..settings },
            })}
            {number("renewal-threshold", "Renewal threshold, in seconds", Number::RenewalThreshold, "How much life a token has left when it is renewed. Never more than half of its life.")}
            <p class="soft">{example}</p>
        </section>
        <section class="card">
            <h2>"When a request fails"</h2>
            {number("retry-attempts", "Quick retries", Number::RetryAttempts, "After these the pauses grow from half a minute to five. A refused credential is never tried again by itself.")}
            {number("retry-delay", "First pause, in milliseconds", Number::RetryDelay, "Doubled after each retry. Where a provider says how long to wait, that counts.")}
            {number("issue-shown", "A connection issue is shown for, in seconds", Number::IssueShown, "Two to five are good: less is missed, more stands in the way. The retries don't depend on it.")}
        </section>
        <section class="card">
            <h2>"Getting a token"</h2>
            {switch(Switch {
                id: "silent-retrieval",
                label: "Silent retrieval",
                hint: "Where a page needs a token and a credential is kept, get one without asking. If that fails, the dialog opens.",
                get: |settings| settings.silent_retrieval,
                set: |settings, on| WorkerTokenSettings { silent_retrieval: on, ..settings },
            })}
            {switch(Switch {
                id: "show-token-at-end",
                label: "Show token at the end",
                hint: "When a token was obtained, show it, to copy or decode it.",
                get: |settings| settings.show_token_at_end,
                set: |settings, on| WorkerTokenSettings { show_token_at_end: on, ..settings },
            })}
        </section>
        {file::file()}
        <p><a href="/sites">"Token management: the site tokens kept here"</a></p>
        <p><a href="/settings/vault">"Choose how the vault's key is kept, lock it, or clear everything"</a></p>
        <p><a href="/settings/sync">"Sync with your other devices"</a></p>
        <p><a href="/settings/storage">"See what storage does in this page"</a></p>
    }
    .into_any()
}

/// What the threshold means for two lives people know.
fn example() -> String {
    let settings = expect_context::<Ports>().desk.view.with(|view| view.settings);
    if !settings.auto_renewal {
        return "Tokens are not renewed by themselves now.".to_owned();
    }
    let ahead = |life| words::span(settings.policy().margin(Span::from_seconds(life), Span::ZERO));
    format!(
        "Now: a token of an hour is renewed {} before it ends, one of five minutes {} before.",
        ahead(3_600),
        ahead(300)
    )
}
