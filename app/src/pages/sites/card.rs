use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{SiteToken, Standing, VerdictKind};
use domain::tenant::Limit;
use leptos::prelude::*;

use super::calls::calls_left;
use super::deeds::deeds;
use super::list::Wanted;
use super::removal::Removal;
use super::text::text;
use crate::components::{Badge, Moment, exact, fact, facts, life_bar};
use crate::sites::Sites;
use crate::words::{Mood, site_mood, used_said};

/// One token: whose it is, how long it lives, and what can be done with it.
pub(super) fn card(sites: Sites, wanted: Wanted, removal: Removal, id: SiteTokenId) -> AnyView {
    let token = sites.token(id.clone());
    let standing = sites.standing(token);
    let name = move || token.with(|token| token.as_ref().map(|token| token.name.clone()));
    let (own, heading) = (id.clone(), format!("site-{id}"));
    let is_default = Memo::new(move |_| sites.with(|view| view.is_default(&own)));
    let limit = Memo::new(move |_| {
        token.with(|token| token.as_ref().and_then(|token| sites.with(|view| view.limits.against(&token.place))))
    });
    let mood = Signal::derive(move || standing.get().map_or(Mood::None, site_mood));
    let word = Signal::derive(move || standing.get().map_or("", Standing::word).to_owned());
    let labelled = heading.clone();
    view! {
        <article class="card site-card" aria-labelledby=labelled>
            <header class="card-head">
                {pick(wanted, id.clone(), token)}
                <div class="site-title">
                    <h2 id=heading>{name}</h2>
                    {place(token)}
                </div>
                <div class="site-marks">
                    {move || is_default.get().then(|| view! { <span class="mark-default">"Default"</span> })}
                    {move || limit.get().map(|_| view! { <span class="badge bad">"Not allowed here"</span> })}
                    <Badge mood word />
                </div>
            </header>
            {life_bar(sites.life(token))}
            {known(sites, wanted, id.clone(), token)}
            {remarks(token)}
            {not_allowed(limit)}
            {deeds(sites, removal, id, token, standing, is_default)}
        </article>
    }
    .into_any()
}

/// The box to pick it with, while tokens are picked.
fn pick(wanted: Wanted, id: SiteTokenId, token: Memo<Option<Arc<SiteToken>>>) -> AnyView {
    let shown = move || {
        let (own, picked) = (id.clone(), wanted.picked);
        let name = token.with_untracked(|token| token.as_ref().map(|token| token.name.clone())).unwrap_or_default();
        let is_picked = move || picked.with(|picked| picked.contains(&own));
        let id = id.clone();
        let change = move |event: web_sys::Event| {
            let is_on = event_target_checked(&event);
            picked.update(|picked| {
                if is_on {
                    picked.insert(id.clone());
                } else {
                    picked.remove(&id);
                }
            });
        };
        wanted.picking.get().then(|| {
            view! { <input type="checkbox" aria-label=format!("Choose {name}") prop:checked=is_picked on:change=change /> }
        })
    };
    view! { {shown} }.into_any()
}

fn place(token: Memo<Option<Arc<SiteToken>>>) -> AnyView {
    let site = move || token.with(|token| token.as_ref().map(|token| token.place.site.to_string()));
    let device = move || {
        let device = token.with(|token| token.as_ref().and_then(|token| token.place.device.clone()))?;
        Some(view! { <span class="soft">"Device " <span class="code">{device}</span></span> })
    };
    let points = move || {
        let place = token.with(|token| token.as_ref().map(|token| token.place.clone()))?;
        let name = token.with_untracked(|token| token.as_ref().map(|token| token.name.clone()));
        let href = format!("/sites/points?site={}&provider={}", place.site, place.provider);
        place.device.is_none().then(|| view! { <a href=href>"Points"<span class="hidden">" of "{name}</span></a> })
    };
    view! { <p class="site-place"><span class="code soft">{site}</span> {device} {points}</p> }.into_any()
}

fn known(sites: Sites, wanted: Wanted, id: SiteTokenId, token: Memo<Option<Arc<SiteToken>>>) -> AnyView {
    let identity =
        Memo::new(move |_| token.with(|token| token.as_ref().and_then(|token| token.claims.identity.clone())));
    let expires_at = Memo::new(move |_| token.with(|token| token.as_ref().and_then(|token| token.claims.expires_at)));
    let added_at = Memo::new(move |_| token.with(|token| token.as_ref().map(|token| token.added_at)));
    let last_used = Memo::new(move |_| token.with(|token| token.as_ref().and_then(|token| token.used.last_at)));
    let checked = Memo::new(move |_| token.with(|token| token.as_ref().and_then(|token| token.verdict.clone())));
    let used = Memo::new(move |_| token.with(|token| token.as_ref().map_or(0, |token| token.used.count)));
    let place = Memo::new(move |_| token.with(|token| token.as_ref().map(|token| token.place.clone())));
    let when = |at: Option<domain::time::Timestamp>, none: &'static str| match at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => view! { <span class="soft">{none}</span> }.into_any(),
    };
    let identity = move || match identity.get() {
        Some(identity) => view! { <span class="code">{identity}</span> }.into_any(),
        None => view! { <span class="soft">"Not said"</span> }.into_any(),
    };
    let checked = move || match checked.get() {
        Some(verdict) => view! { {verdict_word(verdict.kind)} ", " <Moment at=verdict.at /> }.into_any(),
        None => view! { <span class="soft">"Not tested yet"</span> }.into_any(),
    };
    let last = move || match (last_used.get(), used.get()) {
        (Some(at), times @ 1..) => view! { <Moment at /> ", " {used_said(times)} }.into_any(),
        (at, _) => when(at, "Never"),
    };
    let expires = move || expires_at.get().map_or_else(|| "Never".to_owned(), exact);
    view! {
        <div class="site-facts">
            {facts(vec![
                fact("Identity", view! { {identity} }.into_any()),
                fact("Token", text(sites, wanted, id, token)),
                fact("Expires", view! { {expires} }.into_any()),
            ])}
            {facts(vec![
                fact("Added", view! { {move || added_at.get().map(exact)} }.into_any()),
                fact("Last used", view! { {last} }.into_any()),
                fact("Last check", view! { {checked} }.into_any()),
                calls_left(sites, place),
            ])}
        </div>
    }
    .into_any()
}

const fn verdict_word(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Accepted => "Accepted",
        VerdictKind::Rejected => "Not accepted",
        VerdictKind::Revoked => "Revoked",
        VerdictKind::Forbidden => "May not list sites",
    }
}

/// What it means that the tenant's limits are against it.
fn not_allowed(limit: Memo<Option<Limit>>) -> AnyView {
    let shown = move || {
        limit.get().map(|limit| {
            view! {
                <p class="hint">
                    {limit.to_string()} " So the token stays unused here. " <a href="/tenants">"Allow it on the Tenants page"</a> ", or work in another tenant."
                </p>
            }
        })
    };
    view! { {shown} }.into_any()
}

/// What else a person should know of it.
fn remarks(token: Memo<Option<Arc<SiteToken>>>) -> AnyView {
    let waits = Memo::new(move |_| token.with(|token| token.as_ref().is_some_and(|token| token.previous.is_some())));
    let shown = move || {
        waits.get().then(|| {
            view! { <p class="hint">"The token before this one is kept until this one has worked in a call."</p> }
        })
    };
    view! { {shown} }.into_any()
}
