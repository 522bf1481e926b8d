//! The organisation and its licences: what they allow, how long they last, how much of them is used.

mod card;
mod detail;
mod list;
mod organization;
mod reading;

use std::sync::Arc;

use leptos::prelude::*;

use reading::{All, read_all};
pub(super) use reading::{Licenses, read_licenses};

use crate::components::PageHeader;
use crate::gateway::{Gateway, Remote, behind_worker_token};

/// The page of `/licensing`.
pub(crate) fn licensing() -> AnyView {
    view! {
        <PageHeader
            title="Organisation licensing"
            text="The licences of the organisation the worker token belongs to, how long they last, and how much of them is used."
        />
        {behind_worker_token(page)}
    }
    .into_any()
}

fn page(gateway: Gateway) -> AnyView {
    let Some(id) = gateway.organization().map(str::to_owned) else {
        return no_organization("An organisation's licences are asked for by its identifier.");
    };
    let remote = Remote::new();
    let (asking, asked) = (gateway.clone(), id.clone());
    remote.ask(move || read_all(asking.clone(), asked.clone()));
    remote.show(6, move |read: Arc<All>| {
        view! {
            {organization::about(&read.organization)}
            {list::list(gateway.clone(), id.clone(), &read)}
        }
        .into_any()
    })
}

/// The token does not name the organisation it belongs to: why that may be, and what to do.
pub(super) fn no_organization(need: &'static str) -> AnyView {
    view! {
        <div class="notice soon" role="status">
            <div>
                <p class="strong">"The token names no organisation"</p>
                <p>
                    {need}
                    " PingOne names it in the claim org of a token whose audience is its own API. A token for a custom resource, or an opaque one, has no such claim."
                </p>
                <p>"Use a worker application's connection without scopes of a custom resource, and get a new token."</p>
                <a class="button" href="/connections">"See connections"</a>
            </div>
        </div>
    }
    .into_any()
}
