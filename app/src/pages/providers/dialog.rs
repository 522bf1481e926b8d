use std::sync::Arc;

use domain::api::providers::{AddProvider, ChangeProvider, IssuerLookup, LookUpIssuer};
use domain::api::{Code, Problem};
use domain::https_url::HttpsUrl;
use domain::provider::Provider;
use leptos::prelude::*;

use super::form::{Form, audience_warning};
use super::{rules, site_api};
use crate::Ports;
use crate::ask::{Deed, Load, ask};
use crate::components::{Button, Checkbox, Choice, Dialog, Field, Look, ProblemBox, Select};

/// Adding or changing a provider.
pub(super) fn dialog(open: RwSignal<bool>, edited: RwSignal<Option<Provider>>, load: Load) -> AnyView {
    let title = Signal::derive(move || {
        edited.with(|edited| {
            edited.as_ref().map_or("Add a provider".to_owned(), |edited| format!("Edit {}", edited.name))
        })
    });
    let dirty = RwSignal::new(false);
    view! { <Dialog id="provider-dialog" title open=open dirty=dirty wide=true>{content(open, edited, load, dirty)}</Dialog> }
        .into_any()
}

fn content(open: RwSignal<bool>, edited: RwSignal<Option<Provider>>, load: Load, dirty: RwSignal<bool>) -> AnyView {
    let api = expect_context::<Ports>().api;
    let provider = edited.get_untracked();
    let form = Form::new(provider.as_ref());
    let id = provider.map(|provider| provider.id);
    let deed = Deed::new();
    dirty.set(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (api, id) = (Arc::clone(&api), id.clone());
        deed.run(async move {
            let wanted = form.read()?;
            match id {
                Some(id) => ask(api, ChangeProvider { id }, wanted).await?,
                None => ask(api, AddProvider, wanted).await?,
            };
            load.refetch();
            dirty.try_set(false);
            open.try_set(false);
            Ok(())
        });
    };
    let kinds = vec![
        Choice::new("pingone", "PingOne"),
        Choice::new("oauth", "OAuth 2.0 server"),
        Choice::new("site_api", "API with site tokens"),
    ];
    let fields = move || match form.kind.get().as_str() {
        "oauth" => view! { {oauth(form, deed)} {audience(form, deed)} }.into_any(),
        "site_api" => site_api::fields(form.site_api, deed),
        _ => view! { {pingone(form, deed)} {audience(form, deed)} }.into_any(),
    };
    view! {
        <form class="form" on:submit=submit on:input=move |_| dirty.set(true)>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field id="provider-name" label="Name" value=form.name first=true notes=deed.notes("name") />
            <Select id="provider-kind" label="Kind" value=form.kind choices=Signal::stored(kinds) />
            {fields}
            {rules::fields(form.rules, deed)}
            <Checkbox id="provider-enabled" label="Enabled" checked=form.enabled hint="While it is disabled, no token is asked for and no call is made." />
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Save provider" look=Look::Primary submit=true busy=deed.busy busy_words="Saving…" />
            </div>
        </form>
    }
    .into_any()
}

fn pingone(form: Form, deed: Deed) -> AnyView {
    let regions = form.regions.get_value().into_iter().map(|(region, checked)| {
        view! { <Checkbox id=format!("region-{region}") label=region.name() checked /> }
    });
    view! {
        <fieldset class="panel">
            <legend>"Regions"</legend>
            {regions.collect_view()}
        </fieldset>
        <Field
            id="custom-domains"
            label="Custom domains"
            value=form.custom_domains
            code=true
            hint="Optional, with blanks between. Their token URL has no environment id"
            notes=deed.notes("custom_domains")
        />
    }
    .into_any()
}

fn oauth(form: Form, deed: Deed) -> AnyView {
    let api = expect_context::<Ports>().api;
    let lookup = Deed::new();
    let found = RwSignal::new(None::<String>);
    let look_up = move |()| {
        let (api, text) = (Arc::clone(&api), form.issuer.get_untracked());
        lookup.run(async move {
            let issuer = HttpsUrl::parse(text.trim()).map_err(|error| {
                Problem::new(Code::InvalidFields).with_detail(format!("The issuer can't be used: {error}."))
            })?;
            let metadata = ask(api, LookUpIssuer, IssuerLookup { issuer }).await?;
            form.adopt(&metadata);
            found.try_set(Some(format!("Read from {}.", metadata.read_from)));
            Ok(())
        });
    };
    let methods = form.methods.get_value().into_iter().map(|(method, checked)| {
        view! { <Checkbox id=format!("method-{}", method.name()) label=method.name() checked /> }
    });
    view! {
        <div class="inline">
            <Field id="issuer" label="Issuer" kind="url" value=form.issuer code=true hint="Fills in the fields below from its metadata" notes=deed.notes("issuer") />
            <Button label="Look up issuer" busy=lookup.busy busy_words="Looking up…" on_press=look_up />
        </div>
        <p class="soft" role="status">{found}</p>
        {move || lookup.problem.get().map(|problem| view! { <ProblemBox problem /> })}
        <Field id="token-url" label="Token URL" kind="url" value=form.token_url code=true notes=deed.notes("token_endpoint") />
        <Field
            id="key-set-url"
            label="Key set URL"
            kind="url"
            value=form.key_set_url
            code=true
            hint="Optional. Signatures are checked with the keys found there"
            notes=deed.notes("jwks_uri")
        />
        <fieldset class="panel">
            <legend>"Authentication methods it takes"</legend>
            <p class="hint">"None ticked means any."</p>
            {methods.collect_view()}
        </fieldset>
        {more(form, deed)}
    }
    .into_any()
}

/// What it offers beside tokens.
fn more(form: Form, deed: Deed) -> AnyView {
    view! {
        <Field
            id="introspection-url"
            label="Introspection URL"
            kind="url"
            value=form.introspection_url
            code=true
            hint="Optional (RFC 7662). Token monitoring asks there what the provider knows of a token"
            notes=deed.notes("introspection_endpoint")
        />
        <Field
            id="revocation-url"
            label="Revocation URL"
            kind="url"
            value=form.revocation_url
            code=true
            hint="Optional (RFC 7009). Token monitoring ends tokens there"
            notes=deed.notes("revocation_endpoint")
        />
        <Field
            id="api-base"
            label="API base URL"
            kind="url"
            value=form.api_base
            code=true
            hint="Optional. API calls through the gateway go below this address and nowhere else"
            notes=deed.notes("api_base")
        />
    }
    .into_any()
}

fn audience(form: Form, deed: Deed) -> AnyView {
    let choices = vec![
        Choice::new("issuer", "The issuer (RFC 10070)"),
        Choice::new("token_endpoint", "The token URL (unsafe)"),
        Choice::new("exact", "Another exact text (unsafe)"),
    ];
    let more = move || {
        let chosen = form.audience.get();
        let exact = (chosen == "exact").then(|| {
            view! { <Field id="audience-text" label="Audience text" value=form.exact code=true notes=deed.notes("audience") /> }
        });
        (chosen != "issuer").then(|| view! { {exact}{audience_warning()} })
    };
    view! {
        <Select
            id="audience"
            label="Assertion audience"
            value=form.audience
            choices=Signal::stored(choices)
            hint="What client_secret_jwt and private_key_jwt name as their audience"
        />
        {more}
    }
    .into_any()
}
