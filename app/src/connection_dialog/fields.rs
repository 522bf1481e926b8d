use domain::connection::validation::{self, is_sendable};
use domain::keeper::Command;
use domain::provider::{ClientAuthentication, Provider, ProviderKind};
use leptos::prelude::*;

use super::demo_client::demo_client;
use super::form::{Form, Shape, shape};
use super::guide::guide;
use super::preview::request;
use super::progress::Progress;
use super::{ConnectionDialog, Opening, TOKEN, is_sandbox};
use crate::components::{Button, Checkbox, Choice, Field, Look, Notes, SecretField, Select};
use crate::connections::connection_signal;
use crate::token::token_text;
use crate::transfer::TransferDialogs;
use crate::{Ports, dom};

/// The form for what the dialog was opened for, and after it the token it brought.
pub(super) fn fields() -> AnyView {
    let dialog = expect_context::<ConnectionDialog>();
    let desk = expect_context::<Ports>().desk;
    let opening = dialog.opening.get_untracked();
    let (base, sandbox) = (dialog.held(&opening, &desk), opening == Opening::Sandbox);
    let usable = |one: &Provider| one.enabled && !one.kind.takes_site_tokens();
    let enabled: Vec<Provider> = untrack(|| dialog.providers()).into_iter().filter(usable).collect();
    if enabled.is_empty() && base.is_none() {
        return no_provider(dialog);
    }
    let only = if sandbox {
        enabled.iter().find(|one| is_sandbox(one))
    } else {
        enabled.first().filter(|_| enabled.len() == 1)
    };
    let id = domain::id::ConnectionId::from_random((desk.random)());
    let form = Form::new(id, base, only);
    let progress = Progress::new(form.id.get_value());
    // A memo, so that news of the connection doesn't draw the form anew under a person's hands.
    let received = Memo::new(move |_| progress.received());
    let shown = move || {
        if received.get() {
            return progress.result(dialog.open);
        }
        let token = match &opening {
            Opening::Current(id) => token_text(id.clone(), connection_signal(id.clone()), TOKEN),
            _ => ().into_any(),
        };
        view! {
            {token}
            {guide(form.shape(dialog))}
            {editor(dialog, form, progress, sandbox)}
        }
        .into_any()
    };
    view! { {shown} }.into_any()
}

fn no_provider(dialog: ConnectionDialog) -> AnyView {
    view! {
        <p>"No provider is allowed yet. An admin adds one on the Providers page; then connections can be made."</p>
        <div class="actions">
            <a class="button" href="/admin/providers" on:click=move |_| dialog.open.set(false)>"Go to Providers"</a>
            <Button label="Close" on_press=move |()| dialog.open.set(false) />
        </div>
    }
    .into_any()
}

fn editor(dialog: ConnectionDialog, form: Form, progress: Progress, sandbox: bool) -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let transfer = expect_context::<TransferDialogs>();
    let findings = Memo::new(move |_| form.findings(dialog));
    let send = StoredValue::new(desk.clone());
    let save = move |obtain: bool| {
        form.tried.set(true);
        if !findings.with_untracked(|findings| is_sendable(findings)) {
            return dom::focus_after_drawing("#connection [aria-invalid=true]");
        }
        let desk = send.get_value();
        let now = desk.now.get_untracked().unwrap_or_default();
        let (connection, credential) =
            untrack(|| (form.connection(shape(form.chosen(dialog).as_ref()), now), form.credential()));
        if obtain {
            progress.begin();
        }
        (desk.send)(Command::Save { connection, credential, obtain });
        dialog.dirty.set(false);
        if !obtain {
            form.forget_secrets();
            dialog.open.set(false);
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        save(true);
    };
    Effect::new(move |_| {
        if progress.received() {
            form.forget_secrets();
        }
    });
    view! {
        <form class="form" on:submit=submit on:input=move |_| dialog.dirty.set(true)>
            {progress.problem()}
            {what(dialog, form, findings, sandbox)}
            {who(form, findings)}
            {request(form, dialog)}
            <div class="actions apart">
                <span class="actions">
                    <Button label="Export" look=Look::Quiet on_press=move |()| transfer.export() />
                    <Button label="Import" look=Look::Quiet on_press=move |()| transfer.import() />
                </span>
                <span class="actions">
                    <Button label="Cancel" on_press=move |()| dialog.open.set(false) />
                    <Button label="Save" reason=progress.reason() on_press=move |()| save(false) />
                    <Button label="Generate token" look=Look::Primary submit=true busy=progress.busy() busy_words="Generating…" />
                </span>
            </div>
        </form>
    }
    .into_any()
}

/// The upper half: name, provider and place.
fn what(dialog: ConnectionDialog, form: Form, findings: Memo<Vec<validation::Finding>>, sandbox: bool) -> AnyView {
    let notes = move |field| -> Notes { form.notes(findings, field) };
    let providers = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Choose a provider")];
        let offered = |one: &Provider| one.enabled && !one.kind.takes_site_tokens();
        let usable = |one: &Provider| offered(one) || one.id.as_str() == form.provider.get_untracked();
        choices.extend(dialog.providers().into_iter().filter(usable).map(|one| Choice::new(one.id.as_str(), one.name)));
        choices
    });
    let kind = form.shape(dialog);
    let place = move || match kind.get() {
        Shape::Unknown | Shape::OAuth => ().into_any(),
        Shape::Sandbox => view! {
            {demo_client(form, dialog, sandbox)}
            {environment(form, notes(validation::Field::EnvironmentId))}
        }
        .into_any(),
        Shape::PingOne => view! {
            {environment(form, notes(validation::Field::EnvironmentId))}
            {pingone(dialog, form, findings)}
        }
        .into_any(),
    };
    view! {
        <Field id="name" label="Name" value=form.name first=true hint="What you call it, such as: Billing, production" notes=notes(validation::Field::Name) />
        <Select id="provider" label="Provider" value=form.provider choices=providers notes=notes(validation::Field::Provider) />
        {place}
    }
    .into_any()
}

fn environment(form: Form, notes: Notes) -> AnyView {
    view! {
        <Field
            id="environment-id"
            label="Environment ID"
            value=form.environment_id
            code=true
            hint="A UUID, from the environment's properties"
            notes=notes
        />
    }
    .into_any()
}

fn pingone(dialog: ConnectionDialog, form: Form, findings: Memo<Vec<validation::Finding>>) -> AnyView {
    let regions = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Choose a region")];
        if let Some(ProviderKind::PingOne { regions, .. }) = form.chosen(dialog).map(|provider| provider.kind) {
            choices.extend(regions.iter().map(|region| Choice::new(region.to_string(), region.name())));
        }
        choices
    });
    view! {
        <Select
            id="region"
            label="Region"
            value=form.region
            choices=regions
            hint="Where the environment lives; not asked for a custom domain"
            notes=form.notes(findings, validation::Field::Region)
        />
        <Field
            id="custom-domain"
            label="Custom domain"
            value=form.custom_domain
            code=true
            hint="Optional. Such as login.example.com; an admin must have allowed it"
            notes=form.notes(findings, validation::Field::CustomDomain)
        />
    }
    .into_any()
}

/// The lower half: client, credential and scopes.
fn who(form: Form, findings: Memo<Vec<validation::Finding>>) -> AnyView {
    let notes = move |field| -> Notes { form.notes(findings, field) };
    let methods: Vec<Choice> =
        ClientAuthentication::ALL.map(|method| Choice::new(method.name(), method_words(method))).into();
    let needs_secret = Memo::new(move |_| form.method().needs_secret());
    let credential = move || credential(form, needs_secret.get(), notes(validation::Field::Credential));
    view! {
        <Field id="client-id" label="Client ID" value=form.client_id code=true notes=notes(validation::Field::ClientId) />
        <Select
            id="authentication"
            label="Authentication method"
            value=form.authentication
            choices=Signal::stored(methods)
            hint="It must match what is set at the provider"
            notes=notes(validation::Field::Authentication)
        />
        {credential}
        <Field
            id="scopes"
            label="Scopes"
            value=form.scopes
            code=true
            hint="Optional, with blanks between. PingOne worker apps use roles, and need none"
            notes=notes(validation::Field::Scopes)
        />
        <Checkbox
            id="keep"
            label="Save credentials in this browser, encrypted"
            checked=form.keep
            hint="Otherwise they live in this tab only, and renewals end with it."
        />
    }
    .into_any()
}

const KEPT: &str = "One is kept. Leave this empty to go on using it.";

fn credential(form: Form, needs_secret: bool, notes: Notes) -> AnyView {
    let kept = untrack(|| form.kept());
    if needs_secret {
        let hint = if kept { KEPT } else { "It travels to the server for each request, and is not stored there" };
        return view! {
            <SecretField id="client-secret" label="Client secret" value=form.client_secret hint=hint notes=notes />
        }
        .into_any();
    }
    private_key(form, kept, notes)
}

fn private_key(form: Form, kept: bool, notes: Notes) -> AnyView {
    let hint = if kept {
        KEPT
    } else {
        "PKCS#8 PEM or a JWK. It is imported as a key that can't be read out again, and never leaves this browser; only what it signs does."
    };
    view! {
        <div class="field">
            <label for="private-key">"Private key"</label>
            <textarea
                id="private-key"
                class="code"
                rows="5"
                autocomplete="off"
                spellcheck="false"
                aria-describedby="private-key-hint private-key-notes"
                aria-invalid=move || crate::components::invalid(notes)
                prop:value=form.private_key
                on:input=move |event| form.private_key.set(event_target_value(&event))
            ></textarea>
            <p class="hint" id="private-key-hint">{hint}</p>
            <div class="notes" id="private-key-notes" aria-live="polite">{crate::components::said(notes)}</div>
        </div>
    }
    .into_any()
}

/// A method's registered name, with what it means.
const fn method_words(method: ClientAuthentication) -> &'static str {
    match method {
        ClientAuthentication::ClientSecretBasic => "client_secret_basic (secret in a header)",
        ClientAuthentication::ClientSecretPost => "client_secret_post (secret in the form)",
        ClientAuthentication::ClientSecretJwt => "client_secret_jwt (signed with the secret)",
        ClientAuthentication::PrivateKeyJwt => "private_key_jwt (signed with a private key)",
    }
}
