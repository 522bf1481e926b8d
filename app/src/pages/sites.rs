//! The site tokens a person keeps: figures that filter, a search, and a card for each, of which only those in sight are drawn.

mod calls;
mod card;
mod deeds;
mod figures;
mod list;
mod operators;
mod removal;
mod text;
mod toolbar;

use domain::site::{Setup, SitesPhase};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::components::{Button, Empty, Icon, Look, PageHeader, icon, skeleton};
use crate::sites::{Opening, Sites};

/// What the page is in.
#[derive(Clone, PartialEq)]
enum State {
    Opening,
    Failed(String),
    /// Nobody was here before: the first-time setup comes first.
    New,
    Empty,
    There,
}

/// The page of `/sites`.
pub(crate) fn sites() -> AnyView {
    let sites = expect_context::<Sites>();
    let state = Memo::new(move |_| {
        sites.with(|view| match &view.phase {
            SitesPhase::Opening => State::Opening,
            SitesPhase::Failed(why) => State::Failed(why.clone()),
            SitesPhase::Open if !view.tokens.is_empty() => State::There,
            SitesPhase::Open if view.setup != Setup::Over => State::New,
            SitesPhase::Open if view.operators.is_some() => State::There,
            SitesPhase::Open => State::Empty,
        })
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if state.get() == State::New {
            navigate("/sites/setup", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let body = move || match state.get() {
        State::Opening | State::New => skeleton(4),
        State::Failed(why) => failed(why),
        State::Empty => empty(sites),
        State::There => list::list(sites),
    };
    view! {
        <nav class="crumb" aria-label="Where this is"><a href="/settings">"Settings"</a> " › Token management"</nav>
        <PageHeader title="Site tokens" text="Tokens you were given for single sites and devices. They are kept encrypted in this browser.">
            <Button label="Import" picture=Icon::Import on_press=move |()| sites.opens(Opening::Import) />
            <Button label="Add new token" picture=Icon::Add look=Look::Primary on_press=move |()| sites.opens(Opening::Add) />
        </PageHeader>
        {left_by_others(sites)}
        {set_aside(sites)}
        {body}
    }
    .into_any()
}

fn failed(why: String) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"The site tokens could not be read"</p>
                <p>{why} " Nothing was changed. Worker tokens, account and admin pages may still work."</p>
                <Button label="Reload the page" on_press=move |()| crate::dom::reload() />
            </div>
        </div>
    }
    .into_any()
}

fn empty(sites: Sites) -> AnyView {
    view! {
        <Empty
            picture=Icon::Site
            title="No site tokens yet"
            text="A site token is a text a provider gave you for one site or device. Tokenkeep tests it, keeps it encrypted in this browser, puts it into calls and tells you before it expires."
        >
            <Button label="Add your first token" picture=Icon::Add on_press=move |()| sites.opens(Opening::Add) />
            <Button label="Import many" picture=Icon::Import on_press=move |()| sites.opens(Opening::Import) />
            <a class="button" href="/sites/setup">"Set up step by step"</a>
        </Empty>
    }
    .into_any()
}

/// Tokens an earlier app left in this browser.
fn left_by_others(sites: Sites) -> AnyView {
    let found = Memo::new(move |_| sites.with(|view| view.legacy.as_deref().copied()));
    let shown = move || {
        let found = found.get().filter(|found| found.readable + found.unreadable > 0)?;
        let words = match (found.readable, found.unreadable) {
            (readable, 0) => format!("{} can be taken over.", crate::words::count(readable, "token")),
            (0, unreadable) => format!("{} can't be read.", crate::words::count(unreadable, "thing")),
            (readable, unreadable) => {
                format!("{} can be taken over, {unreadable} can't be read.", crate::words::count(readable, "token"))
            }
        };
        Some(view! {
            <div class="notice info" role="status">
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">"An earlier app left tokens in this browser"</p>
                    <p>{words} " They lie there in plain text."</p>
                    <Button label="See what would be done" on_press=move |()| sites.opens(Opening::Legacy) />
                </div>
            </div>
        })
    };
    view! { {shown} }.into_any()
}

fn set_aside(sites: Sites) -> AnyView {
    let number = Memo::new(move |_| sites.with(|view| view.set_aside));
    let shown = move || {
        (number.get() > 0).then(|| {
            view! {
                <div class="notice soon" role="status">
                    {icon(Icon::Alert)}
                    <p>{format!("{} could not be opened and {} set aside. All others are as they were.", crate::words::count(number.get(), "record"), if number.get() == 1 { "was" } else { "were" })}</p>
                </div>
            }
        })
    };
    view! { {shown} }.into_any()
}
