use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{Chosen, Running, SiteCommand, SiteRefusal, SiteToken, Standing, days_left};
use leptos::prelude::*;

use super::removal::Removal;
use crate::components::{Button, Icon, Look};
use crate::sites::{Opening, Sites, Waiting};
use crate::words::REFRESHABLE;

/// What can be done with a token, as it stands: one that is over is first of all to be refreshed. One that the API refused may
/// have been refused by mistake, so it can be tested.
pub(super) fn deeds(
    sites: Sites,
    removal: Removal,
    id: SiteTokenId,
    token: Memo<Option<Arc<SiteToken>>>,
    standing: Memo<Option<Standing>>,
    is_default: Memo<bool>,
) -> AnyView {
    let testing = Waiting::new();
    let id = StoredValue::new(id);
    let own = id.get_value();
    let running = Memo::new(move |_| sites.with(|view| view.running.get(&own).copied()));
    let is_expired = Memo::new(move |_| standing.get() == Some(Standing::Expired));
    let is_over = Memo::new(move |_| standing.get().is_some_and(|standing| standing >= Standing::Expired));
    let ends_soon = Memo::new(move |_| {
        let (now, end) = (sites.minute()?, token.with(|token| token.as_ref()?.claims.expires_at)?);
        Some(days_left(end, now) <= REFRESHABLE)
    });
    let test = move |()| {
        if testing.begin() {
            let done = Box::new(move |outcome| testing.ended(outcome));
            sites.send(SiteCommand::Test { chosen: Chosen::Token(id.get_value()), done });
        }
    };
    let set_default = move |()| {
        let done = Box::new(move |set: Result<(), SiteRefusal>| {
            if let Err(why) = set {
                testing.ended(Err(why));
            }
        });
        sites.send(SiteCommand::SetDefault { id: Some(id.get_value()), done });
    };
    let busy = Signal::derive(move || testing.busy.get() || running.get() == Some(Running::Testing));
    let refreshing = Signal::derive(move || running.get() == Some(Running::Refreshing));
    let refresh = move |()| sites.opens(Opening::Refresh(id.get_value()));
    let testable = move || {
        (!is_expired.get()).then(|| {
            view! { <Button label="Test" picture=Icon::Tested busy busy_words="Testing…" on_press=test /> }
        })
    };
    let default = move || {
        (!is_over.get() && !is_default.get()).then(|| view! { <Button label="Set as default" on_press=set_default /> })
    };
    let renewal = move || {
        match (is_over.get(), ends_soon.get()) {
        (true, _) => view! {
            <Button label="Refresh token required" picture=Icon::Renew look=Look::Primary busy=refreshing busy_words="Refreshing…" on_press=refresh />
        }
        .into_any(),
        (false, Some(true)) => view! {
            <Button label="Refresh" picture=Icon::Renew busy=refreshing busy_words="Refreshing…" on_press=refresh />
        }
        .into_any(),
        _ => ().into_any(),
    }
    };
    view! {
        {testing.said()}
        <div class="actions apart">
            <Button label="Delete" picture=Icon::Remove look=Look::Danger on_press=move |()| removal.ask(vec![id.get_value()]) />
            <span class="actions">
                {testable}
                {default}
                <Button label="Edit" picture=Icon::Edit on_press=move |()| sites.opens(Opening::Edit(id.get_value())) />
                {renewal}
            </span>
        </div>
    }
    .into_any()
}
