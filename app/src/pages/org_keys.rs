//! The keys with which other people's pages embed the chat: for admins, and for auditors to read.

mod card;
mod dialog;
mod form;
mod rotation;
mod signing_keys;
mod snippet;

use std::sync::Arc;

use domain::api::org::{OrgKey, OrgKeys, RevokeOrgKey};
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, ask, load, loaded};
use crate::components::{Button, Confirm, Empty, Icon, Look, PageHeader, ProblemBox, icon};
use crate::session::SignedIn;

/// What a card can open.
#[derive(Clone, Copy)]
struct Doors {
    chosen: RwSignal<Option<OrgKey>>,
    edit: RwSignal<bool>,
    rotate: RwSignal<bool>,
    snippet: RwSignal<bool>,
    revoke: RwSignal<bool>,
}

impl Doors {
    fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self { chosen: RwSignal::new(None), edit: closed(), rotate: closed(), snippet: closed(), revoke: closed() }
    }

    /// Opens a door for one org key, or for a new one.
    fn open(self, door: RwSignal<bool>, org: Option<OrgKey>) {
        self.chosen.set(org);
        door.set(true);
    }

    /// The name of the org key that was chosen.
    fn name(self) -> String {
        self.chosen.with(|chosen| chosen.as_ref().map(|org| org.name.clone())).unwrap_or_default()
    }
}

/// The page of `/admin/org-keys`.
pub(crate) fn org_keys() -> AnyView {
    let keys = load(&OrgKeys);
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_admin();
    let (doors, deed) = (Doors::new(), Deed::new());
    let revoked = move |()| {
        let (Some(org), api) = (doors.chosen.get_untracked(), Arc::clone(&api)) else { return };
        deed.run(async move {
            let done = ask(api, RevokeOrgKey { id: org.id }, ()).await;
            keys.refetch();
            done
        });
    };
    view! {
        <PageHeader title="Org keys" text="What other sites' pages embed the chat with.">
            <Button
                label="Add org key"
                picture=Icon::Add
                look=Look::Primary
                reason
                on_press=move |()| doors.open(doors.edit, None)
            />
        </PageHeader>
        {public_by_nature()}
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
        {loaded(keys, 3, move |all: Vec<OrgKey>| list(all, doors))}
        {signing_keys::signing_keys()}
        {dialog::dialog(doors, keys)}
        {rotation::rotation(doors, keys)}
        {snippet::snippet(doors)}
        <Confirm
            id="revoke-org-key"
            title=Signal::derive(move || format!("Revoke {}?", doors.name()))
            open=doors.revoke
            text="Its keys stop working at once, and so do the tokens pages hold. The chat on those pages ends; conversations stay here until they are too old. This can't be undone. To replace a key without a gap, replace it instead."
            verb="Revoke org key"
            on_yes=revoked
        />
    }
    .into_any()
}

fn public_by_nature() -> AnyView {
    view! {
        <div class="notice info">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"An org key is public"</p>
                <p>
                    "It stands in the source of every page that embeds the chat, where anyone can read it. What protects an organization is its list of origins, about which browsers don't lie, and the short life of the tokens its pages get."
                </p>
            </div>
        </div>
    }
    .into_any()
}

fn list(all: Vec<OrgKey>, doors: Doors) -> AnyView {
    if all.is_empty() {
        return view! {
            <Empty
                picture=Icon::Globe
                title="No org keys yet"
                text="With an org key, a page of another site can show a chat with your people. Add one, name the exact origins of those pages, and put the snippet into them."
            />
        }
        .into_any();
    }
    let cards = all.into_iter().map(|org| card::card(org, doors)).collect_view();
    view! { <ul class="cards two">{cards}</ul> }.into_any()
}
