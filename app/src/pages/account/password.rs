use domain::api::account::{ChangePassword, PasswordChange};
use domain::api::{Code, Problem};
use domain::secret::Secret;
use leptos::prelude::*;

use crate::Ports;
use crate::ask::{Deed, Load, ask};
use crate::components::{Button, ProblemBox, SecretField};
use crate::pages::new_account::password_fault;
use crate::toasts::Toasts;

/// Changing one's own password.
pub(super) fn password(sessions: Load) -> AnyView {
    let api = expect_context::<Ports>().api;
    let toasts = expect_context::<Toasts>();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let deed = Deed::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let change =
            PasswordChange { current: Secret::new(current.get_untracked()), new: Secret::new(new.get_untracked()) };
        let api = api.clone();
        deed.run(async move {
            check(&change)?;
            ask(api, ChangePassword, change).await?;
            current.try_set(String::new());
            new.try_set(String::new());
            sessions.refetch();
            toasts.done("Your password is changed. All other sessions have ended.");
            Ok(())
        });
    };
    view! {
        <section class="card">
            <h2>"Password"</h2>
            <form method="post" class="form" on:submit=submit>
                {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
                <SecretField id="current" label="Current password" value=current autocomplete="current-password" notes=deed.notes("current") />
                <SecretField
                    id="new"
                    label="New password"
                    value=new
                    autocomplete="new-password"
                    hint="12 to 256 characters. All your other sessions end."
                    notes=deed.notes("new")
                />
                <div class="actions">
                    <Button label="Change password" submit=true busy=deed.busy busy_words="Changing…" />
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn check(change: &PasswordChange) -> Result<(), Problem> {
    let problem = Problem::new(Code::InvalidFields);
    if change.current.is_empty() {
        return Err(problem.with_error("current", "Enter the password you have now."));
    }
    match password_fault(change.new.expose()) {
        Some(words) => Err(problem.with_error("new", words)),
        None => Ok(()),
    }
}
