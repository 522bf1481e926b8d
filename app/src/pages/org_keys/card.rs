use domain::api::org::{OrgKey, RetiringKey};
use domain::number::grouped;
use leptos::prelude::*;

use super::Doors;
use crate::components::{Badge, Button, CopyButton, Icon, Look, Moment, fact, facts};
use crate::session::SignedIn;
use crate::words::Mood;

/// One org key.
pub(super) fn card(org: OrgKey, doors: Doors) -> AnyView {
    let (mood, word) = if org.revoked_at.is_some() { (Mood::None, "Revoked") } else { (Mood::Good, "Works") };
    view! {
        <li class="card">
            <div class="card-head">
                <h2>{org.name.clone()}</h2>
                <Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) />
            </div>
            {facts(rows(&org))}
            {org.revoked_at.is_none().then(|| buttons(org, doors))}
        </li>
    }
    .into_any()
}

fn rows(org: &OrgKey) -> Vec<AnyView> {
    let mut rows = Vec::new();
    if let Some(at) = org.revoked_at {
        rows.push(fact("Revoked", view! { <Moment at /> }.into_any()));
    } else {
        rows.push(fact("Org key", copied("Copy key", org.key.clone())));
        rows.extend(org.retiring.iter().cloned().map(|old| fact("Older key", retiring(old))));
    }
    rows.push(fact("Site id", copied("Copy site id", org.id.to_string())));
    let origins = org.origins.iter().map(|origin| view! { <li class="code">{origin.to_string()}</li> });
    rows.push(fact("Origins", view! { <ul>{origins.collect_view()}</ul> }.into_any()));
    rows.push(fact("Tokens live", format!("{} seconds", grouped(u64::from(org.lifetime_seconds))).into_any()));
    let at = org.created_at;
    rows.push(fact("Made", view! { <Moment at /> }.into_any()));
    rows
}

fn copied(label: &'static str, text: String) -> AnyView {
    view! {
        <span class="with-copy">
            <span class="code">{text.clone()}</span>
            <CopyButton label text=Signal::stored(text) />
        </span>
    }
    .into_any()
}

fn retiring(old: RetiringKey) -> AnyView {
    view! {
        <span class="code">{old.key}</span>
        " stops "
        <Moment at=old.works_until />
    }
    .into_any()
}

fn buttons(org: OrgKey, doors: Doors) -> AnyView {
    let reason = expect_context::<SignedIn>().not_admin();
    let org = StoredValue::new(org);
    let open = move |door: RwSignal<bool>| doors.open(door, Some(org.get_value()));
    view! {
        <div class="actions apart">
            <Button label="Revoke" look=Look::Danger reason on_press=move |()| open(doors.revoke) />
            <span class="actions">
                <Button label="Snippet" picture=Icon::Copy on_press=move |()| open(doors.snippet) />
                <Button label="Replace" picture=Icon::Renew reason on_press=move |()| open(doors.rotate) />
                <Button label="Edit" picture=Icon::Edit reason on_press=move |()| open(doors.edit) />
            </span>
        </div>
    }
    .into_any()
}
