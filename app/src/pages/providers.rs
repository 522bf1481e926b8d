//! The providers that may be asked: for admins, and for auditors to read.

mod dialog;
mod form;
mod rules;
mod site_api;

use std::sync::Arc;

use domain::api::providers::{ChangeProvider, ProviderForm, RemoveProvider};
use domain::id::ProviderId;
use domain::provider::{Provider, ProviderKind};
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, ask, loaded};
use crate::components::{Badge, Button, Confirm, Empty, Icon, Look, PageHeader, ProblemBox, fact, facts};
use crate::connection_dialog::ConnectionDialog;
use crate::session::SignedIn;
use crate::words::Mood;

/// What a card can have done.
#[derive(Clone, Copy)]
struct Deeds {
    edit: Callback<Provider>,
    switch: Callback<Provider>,
    remove: Callback<(ProviderId, String)>,
    deed: Deed,
}

/// The page of `/admin/providers`.
pub(crate) fn providers() -> AnyView {
    let load = expect_context::<ConnectionDialog>().load;
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_admin();
    let (open, asking) = (RwSignal::new(false), RwSignal::new(false));
    let edited = RwSignal::new(None::<Provider>);
    let chosen = RwSignal::new(None::<(ProviderId, String)>);
    let deed = Deed::new();
    let begin = move |provider: Option<Provider>| {
        edited.set(provider);
        open.set(true);
    };
    let removing = Arc::clone(&api);
    let switch = Callback::new(move |provider: Provider| {
        let api = Arc::clone(&api);
        deed.run(async move {
            let form = ProviderForm {
                name: provider.name,
                enabled: !provider.enabled,
                kind: provider.kind,
                assertion_audience: provider.assertion_audience,
                gateway: provider.gateway,
            };
            ask(api, ChangeProvider { id: provider.id }, form).await?;
            load.refetch();
            Ok(())
        });
    });
    let remove = Callback::new(move |named| {
        chosen.set(Some(named));
        asking.set(true);
    });
    let deeds = Deeds { edit: Callback::new(move |provider| begin(Some(provider))), switch, remove, deed };
    let removed = move |()| {
        let (Some((id, _)), api) = (chosen.get_untracked(), Arc::clone(&removing)) else { return };
        deed.run(async move {
            ask(api, RemoveProvider { id }, ()).await?;
            load.refetch();
            Ok(())
        });
    };
    view! {
        <PageHeader title="Providers" text="Only these are ever asked. Everything else is refused on the way out.">
            <Button label="Add provider" picture=Icon::Add look=Look::Primary reason on_press=move |()| begin(None) />
        </PageHeader>
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
        {loaded(load, 3, move |all: Vec<Provider>| list(all, deeds))}
        {dialog::dialog(open, edited, load)}
        <Confirm
            id="remove-provider"
            title=Signal::derive(move || format!("Remove {}?", chosen.get().map(|named| named.1).unwrap_or_default()))
            open=asking
            text="Connections that use it stop renewing, in every browser. Tokens already issued stay valid until they expire. This can't be undone; to pause it, disable it instead."
            verb="Remove provider"
            on_yes=removed
        />
    }
    .into_any()
}

fn list(all: Vec<Provider>, deeds: Deeds) -> AnyView {
    if all.is_empty() {
        return view! {
            <Empty
                picture=Icon::Provider
                title="No providers yet"
                text="A provider is a system tokens come from: PingOne, or any OAuth 2.0 server. Add the first one, then people can make connections to it."
            />
        }
        .into_any();
    }
    view! { <ul class="cards two">{all.into_iter().map(|provider| card(provider, deeds)).collect_view()}</ul> }
        .into_any()
}

fn card(provider: Provider, deeds: Deeds) -> AnyView {
    let (mood, word) = if provider.enabled { (Mood::Good, "Enabled") } else { (Mood::None, "Disabled") };
    let loud = provider.assertion_audience.is_override();
    view! {
        <li class="card">
            <div class="card-head">
                <h2>{provider.name.clone()}</h2>
                <Badge mood=Signal::stored(mood) word=Signal::stored(word.to_owned()) />
            </div>
            {facts(kind_facts(&provider.kind).into_iter().chain(rules::facts_of(&provider)).collect())}
            {loud.then(form::audience_warning)}
            {buttons(provider, deeds)}
        </li>
    }
    .into_any()
}

fn buttons(provider: Provider, deeds: Deeds) -> AnyView {
    if provider.is_sandbox() {
        return view! {
            <p class="soft">"It belongs to this server's settings, and is gone when the server runs without it."</p>
        }
        .into_any();
    }
    let reason = expect_context::<SignedIn>().not_admin();
    let named = (provider.id.clone(), provider.name.clone());
    let switch = if provider.enabled { "Disable" } else { "Enable" };
    let (edited, switched) = (provider.clone(), provider);
    view! {
        <div class="actions apart">
            <Button label="Remove" look=Look::Danger reason on_press=move |()| deeds.remove.run(named.clone()) />
            <span class="actions">
                <Button label=switch reason busy=deeds.deed.busy on_press=move |()| deeds.switch.run(switched.clone()) />
                <Button label="Edit" picture=Icon::Edit reason on_press=move |()| deeds.edit.run(edited.clone()) />
            </span>
        </div>
    }
    .into_any()
}

fn kind_facts(kind: &ProviderKind) -> Vec<AnyView> {
    let code = |text: &str| view! { <span class="code">{text.to_owned()}</span> }.into_any();
    match kind {
        ProviderKind::PingOne { regions, custom_domains } => {
            let regions: Vec<&str> = regions.iter().map(|region| region.name()).collect();
            let domains: Vec<&str> = custom_domains.iter().map(|host| host.as_str()).collect();
            let mut rows = vec![fact("Kind", "PingOne".into_any()), fact("Regions", regions.join(", ").into_any())];
            if !domains.is_empty() {
                rows.push(fact("Custom domains", code(&domains.join(", "))));
            }
            rows
        }
        ProviderKind::OAuth { issuer, token_endpoint, jwks_uri, authentication_methods, .. } => {
            let methods: Vec<&str> = authentication_methods.iter().map(|method| method.name()).collect();
            let mut rows = vec![fact("Kind", "OAuth 2.0 server".into_any())];
            rows.extend(issuer.as_ref().map(|url| fact("Issuer", code(url.as_str()))));
            rows.push(fact("Token URL", code(token_endpoint.as_str())));
            rows.extend(jwks_uri.as_ref().map(|url| fact("Key set URL", code(url.as_str()))));
            rows.push(fact("Methods", if methods.is_empty() { "Any".into_any() } else { code(&methods.join(", ")) }));
            rows
        }
        ProviderKind::SiteApi { base, test_path, refresh_path } => {
            let mut rows =
                vec![fact("Kind", "API with site tokens".into_any()), fact("API base URL", code(base.as_str()))];
            rows.push(fact("Test path", code(test_path.as_str())));
            rows.extend(refresh_path.as_ref().map(|path| fact("Refresh path", code(path.as_str()))));
            rows
        }
        ProviderKind::Sandbox { origin } => {
            vec![fact("Kind", "Sandbox of this server".into_any()), fact("Address", code(origin.as_str()))]
        }
    }
}
