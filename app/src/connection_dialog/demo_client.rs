use std::sync::Arc;

use domain::api::Code;
use domain::api::Problem;
use domain::api::providers::{AddSandboxClient, NewSandboxClient, SandboxRole};
use leptos::prelude::*;

use super::ConnectionDialog;
use super::form::Form;
use crate::Ports;
use crate::ask::{Deed, ask};
use crate::components::{Button, Field, ProblemBox};

/// Makes a client in the sandbox and fills it in; `at_once` does so without waiting for the button.
pub(super) fn demo_client(form: Form, dialog: ConnectionDialog, at_once: bool) -> AnyView {
    let api = expect_context::<Ports>().api;
    let lifetime = RwSignal::new("3600".to_owned());
    let deed = Deed::new();
    let make = move || {
        let (api, wanted) = (Arc::clone(&api), wanted(form, &lifetime.get_untracked()));
        deed.run(async move {
            let client = ask(api, AddSandboxClient, wanted?).await?;
            form.environment_id.try_set(client.environment_id);
            form.client_id.try_set(client.client_id);
            form.client_secret.try_set(client.client_secret.expose().to_owned());
            form.private_key.try_set(client.private_key.map(|key| key.expose().to_owned()).unwrap_or_default());
            form.name.try_update(|name| {
                if name.is_empty() {
                    "Sandbox".clone_into(name);
                }
            });
            dialog.dirty.try_set(true);
            Ok(())
        });
    };
    let press = make.clone();
    Effect::new(move |done: Option<()>| {
        if at_once && done.is_none() && untrack(|| form.client_id.with(String::is_empty)) {
            make();
        }
    });
    view! {
        <fieldset class="panel">
            <legend>"Demo client"</legend>
            <p class="soft">"The sandbox can make a client for the authentication method chosen below, and fill it in."</p>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <div class="inline">
                <Field id="lifetime" label="Demo token lifetime (seconds)" kind="number" value=lifetime />
                <Button label="Make a demo client" busy=deed.busy busy_words="Making…" on_press=move |()| press() />
            </div>
        </fieldset>
    }
    .into_any()
}

fn wanted(form: Form, lifetime: &str) -> Result<NewSandboxClient, Problem> {
    let seconds = lifetime.trim().parse::<u32>().ok().filter(|seconds| (1..=86_400).contains(seconds));
    let lifetime_seconds = seconds.ok_or_else(|| {
        Problem::new(Code::InvalidFields).with_detail("The lifetime must be a whole number of seconds from 1 to 86400.")
    })?;
    let (authentication, roles) = (untrack(|| form.method()), SandboxRole::all());
    Ok(NewSandboxClient { authentication, lifetime_seconds, public_jwk: None, roles })
}
