use std::time::Duration;

use domain::id::SiteTokenId;
use domain::site::{Chosen, Draft, Setup, SiteCommand, SiteRefusal};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::Wizard;
use crate::components::{Button, Look};
use crate::dom;
use crate::sites::{DraftForm, Waiting};

/// How long nothing is typed before it is kept.
const PAUSE: Duration = Duration::from_millis(400);

/// Site and token are entered, tested, and kept when the token works.
pub(super) fn entry(wizard: Wizard, draft: Draft) -> AnyView {
    let sites = wizard.sites;
    let form = DraftForm::new(sites, None, draft);
    let testing = Waiting::new();
    keep_while_typing(wizard, form);
    let save = move |test: bool| {
        if !form.is_fine() {
            return dom::focus_after_drawing(".wizard [aria-invalid=true]");
        }
        if testing.begin() {
            let done = Box::new(move |kept: Result<SiteTokenId, SiteRefusal>| match kept {
                Ok(id) => {
                    testing.done();
                    let chosen = Chosen::Token(id);
                    sites.send(SiteCommand::Choose(chosen.clone()));
                    wizard.tested(chosen, None);
                }
                Err(why) => testing.ended(Err(why)),
            });
            sites.send(SiteCommand::Add { draft: untrack(|| form.draft()), test, done });
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        save(true);
    };
    let anyway = move || {
        testing.failed_test().then(|| {
            view! { <Button label="Keep it all the same" look=Look::Quiet on_press=move |()| save(false) /> }
        })
    };
    view! {
        <form class="form" on:submit=submit on:input=move |_| testing.forget()>
            <h2>"Enter your token"</h2>
            {form.on_page()}
            {testing.said()}
            <div class="actions apart">
                <Button label="Back" on_press=move |()| wizard.begins_anew() />
                <span class="actions">
                    {anyway}
                    <Button label="Skip" on_press=move |()| wizard.ends() />
                    <Button label="Test and continue" look=Look::Primary submit=true busy=testing.busy busy_words="Testing…" />
                </span>
            </div>
        </form>
    }
    .into_any()
}

/// What is typed is kept after each pause, so that a reload takes nothing away.
fn keep_while_typing(wizard: Wizard, form: DraftForm) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let draft = form.draft();
        if let Some(running) = timer.get_value() {
            running.clear();
        }
        if before.is_some() {
            let keep = move || wizard.sites.send(SiteCommand::KeepSetup(Setup::Entering { draft: draft.clone() }));
            timer.set_value(set_timeout_with_handle(keep, PAUSE).ok());
        }
    });
    on_cleanup(move || {
        if let Some(running) = timer.try_get_value().flatten() {
            running.clear();
        }
    });
}
