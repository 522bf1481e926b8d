//! One user of the directory: found, shown with all that belongs to them, and compared with another.

mod comparison;
mod find;
mod loaded;
mod parts;
mod profile;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::components::{Empty, Icon, PageHeader};
use crate::gateway::{Gateway, behind_worker_token};
use crate::words::escape;

/// Whom the page shows, as its address has it: identifiers only, never a name or an address of mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    user: Option<String>,
    with: Option<String>,
}

/// The page of `/people`.
pub(crate) fn people() -> AnyView {
    view! {
        <PageHeader title="User profile" text="One user of the directory, with all that belongs to them." />
        {behind_worker_token(page)}
    }
    .into_any()
}

fn page(gateway: Gateway) -> AnyView {
    let query = use_query_map();
    let shown = Memo::new(move |_| {
        query.with(|query| {
            let named = |name: &str| query.get(name).filter(|id| !id.is_empty());
            Shown { user: named("user"), with: named("with") }
        })
    });
    let go = go_to();
    let found = Callback::new(move |id: String| go.run(Shown { user: Some(id), with: None }));
    let finder = gateway.clone();
    let body = move || match shown.get() {
        Shown { user: None, .. } => nobody_yet(),
        Shown { user: Some(id), with: None } => profile::profile(&gateway, id, go),
        Shown { user: Some(id), with: Some(other) } => comparison::comparison(&gateway, id, other, go),
    };
    view! {
        {find::find(&finder, "find-user", "Find a user", found)}
        {body}
    }
    .into_any()
}

fn nobody_yet() -> AnyView {
    view! {
        <Empty
            picture=Icon::Account
            title="No user is shown yet"
            text="Find one above. Profile, groups, roles, devices, consents and population stand here then, and a second user can stand beside."
        />
    }
    .into_any()
}

/// Changes the address, so that whom it shows is there again after a reload, and with the browser's way back.
fn go_to() -> Callback<Shown> {
    let navigate = use_navigate();
    Callback::new(move |shown: Shown| {
        let part = |name: &str, id: Option<String>| id.map(|id| format!("{name}={}", escape(&id)));
        let parts: Vec<String> = [part("user", shown.user), part("with", shown.with)].into_iter().flatten().collect();
        let address = if parts.is_empty() { "/people".to_owned() } else { format!("/people?{}", parts.join("&")) };
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    })
}
