use domain::id::SiteTokenId;
use domain::site::{SiteCommand, SiteRefusal, TestReport};
use leptos::prelude::*;

use super::entry::Entry;
use super::waiting::Waiting;
use super::{Sites, provider_name, reported};
use crate::components::{Button, Look, life_bar};
use crate::dom;

/// A new text for a token: from the provider, where that gives one, else from a person who is guided to it.
pub(super) fn refresh(sites: Sites, id: SiteTokenId) -> AnyView {
    let asking = Waiting::new();
    // Whether the provider has no way to give one, which only it can tell.
    let by_hand = RwSignal::new(false);
    asking.begin();
    let done = Box::new(move |outcome: Result<TestReport, SiteRefusal>| {
        by_hand.try_set(outcome.is_err());
        match outcome {
            Err(SiteRefusal::NoRefresh) => asking.done(),
            outcome => asking.ended(outcome),
        }
    });
    sites.send(SiteCommand::Refresh { id: id.clone(), done });
    let token = sites.token(id.clone());
    let life = life_bar(sites.life(token));
    let body = move || {
        if asking.busy.get() {
            return view! { <p role="status">"Asking the provider for a new token…"</p> }.into_any();
        }
        match asking.report() {
            Some(report) => refreshed(sites, &report),
            None if by_hand.get() => guided(sites, id.clone(), asking),
            None => ().into_any(),
        }
    };
    view! {
        {life}
        {body}
    }
    .into_any()
}

/// What came of it, and what becomes of the old one.
fn refreshed(sites: Sites, report: &TestReport) -> AnyView {
    view! {
        {reported(report)}
        <p>"The new token is stored. The old one is kept until the new one has worked in a call."</p>
        <div class="actions"><Button label="Close" look=Look::Primary on_press=move |()| sites.closes() /></div>
    }
    .into_any()
}

/// The way to a new token, step by step; then what came of it.
fn guided(sites: Sites, id: SiteTokenId, asked: Waiting) -> AnyView {
    let rotating = Waiting::new();
    let is_done = Memo::new(move |_| rotating.report().is_some());
    let shown = move || {
        let report = is_done.get().then(|| untrack(|| rotating.report())).flatten();
        match report {
            Some(report) => refreshed(sites, &report),
            None => entering(sites, id.clone(), asked, rotating),
        }
    };
    view! { {shown} }.into_any()
}

fn entering(sites: Sites, id: SiteTokenId, asked: Waiting, rotating: Waiting) -> AnyView {
    let provider = sites.with_untracked(|view| view.token(&id).map(|token| token.place.provider.clone()));
    let provider = provider.map_or_else(|| "the provider".to_owned(), |id| untrack(|| provider_name(&id)));
    let entry = Entry::of(sites, id.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(token) = entry.taken() else { return dom::focus_after_drawing("#site [aria-invalid=true]") };
        if rotating.begin() {
            let done = Box::new(move |outcome: Result<TestReport, SiteRefusal>| {
                if outcome.is_ok() {
                    sites.is_saved();
                }
                rotating.ended(outcome);
            });
            sites.send(SiteCommand::Rotate { id: id.clone(), token, done });
        }
    };
    let input = move |_| {
        sites.dirty.set(true);
        rotating.forget();
    };
    view! {
        {asked.said()}
        <form class="form" on:submit=submit on:input=input>
            <ol class="steps">
                <li>{format!("Sign in at {provider} and make a new token for this site.")}</li>
                <li>"Copy the whole token and paste it below."</li>
                <li>"It is tested, then stored. The old one is kept until the new one has worked in a call."</li>
            </ol>
            {entry.show(sites, "refresh-token")}
            {rotating.said()}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| sites.closes() />
                <Button label="Test and store" look=Look::Primary submit=true busy=rotating.busy busy_words="Testing…" />
            </div>
        </form>
    }
    .into_any()
}
