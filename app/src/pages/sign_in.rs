use domain::api::account::{SignIn, SignInForm};
use domain::secret::Secret;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::ask::Deed;
use crate::components::{Button, Field, Look, PageHeader, ProblemBox, SecretField};
use crate::words::next_page;
use crate::{Ports, dom};

/// Signing in.
pub(crate) fn sign_in() -> AnyView {
    let query = use_query_map();
    let api = expect_context::<Ports>().api;
    let (username, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let deed = Deed::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form = SignInForm {
            username: username.get_untracked().trim().to_lowercase(),
            password: Secret::new(password.get_untracked()),
        };
        let next = query.with_untracked(|query| next_page(query.get("next").as_deref()).to_owned());
        let api = api.clone();
        deed.run(async move {
            domain::api::call(api.as_ref(), SignIn, form).await?;
            password.try_set(String::new());
            dom::full_load(&next);
            Ok(())
        });
    };
    view! {
        <PageHeader title="Sign in" />
        // `post`, so that a form sent before the page listens can't put a password into the address.
        <form method="post" class="form" on:submit=submit>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field id="username" label="User name" value=username autocomplete="username" first=true notes=deed.notes("username") />
            <SecretField id="password" label="Password" value=password autocomplete="current-password" notes=deed.notes("password") />
            <div class="actions">
                <Button label="Sign in" look=Look::Primary submit=true busy=deed.busy busy_words="Signing in…" />
            </div>
        </form>
    }
    .into_any()
}
