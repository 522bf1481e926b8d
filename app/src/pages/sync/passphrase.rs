use domain::secret::Secret;
use domain::sync::SyncDeed;
use leptos::prelude::*;

use super::form::{NEW, Outcome, Twice};
use super::{part, words};
use crate::Ports;
use crate::components::{Button, Dialog, Icon, Look, SecretField};
use crate::toasts::Toasts;

/// The way to another passphrase.
pub(super) fn passphrase() -> AnyView {
    let open = RwSignal::new(false);
    view! {
        <section class="card">
            <h2>"Passphrase"</h2>
            <p class="soft">"It opens the copy for a further device. Devices that take part already need it no more."</p>
            <div class="actions">
                <Button label="Change passphrase" picture=Icon::Edit on_press=move |()| open.set(true) />
            </div>
        </section>
        <Dialog id="sync-passphrase-change" title="Change the sync passphrase" open>
            {form(open)}
        </Dialog>
    }
    .into_any()
}

fn form(open: RwSignal<bool>) -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (current, twice, outcome) = (RwSignal::new(String::new()), Twice::new(NEW), Outcome::new());
    let missing =
        Signal::derive(move || current.with(String::is_empty).then(|| "Enter the present passphrase first".to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if outcome.busy.get_untracked() || missing.with_untracked(Option::is_some) {
            return;
        }
        let Some(new) = twice.read() else { return };
        let done = outcome.hearing(move || {
            toasts.done("The passphrase is changed. Devices that take part already go on as before.");
            open.try_set(false);
        });
        deed(SyncDeed::ChangePassphrase { current: Secret::new(current.get_untracked()), new, done });
    };
    let work = part(|view| view.work);
    view! {
        <form class="form" on:submit=submit>
            <p class="soft">
                "The items stay under the key they have: whoever knew the old passphrase and had copied the server's data can still read that. If that may have happened, delete the copy instead and begin a new one."
            </p>
            <SecretField id="sync-current" label="Present passphrase" value=current autocomplete="current-password" />
            {twice.fields()}
            {outcome.shown()}
            <p class="soft said" role="status">{move || work.get().filter(|_| outcome.busy.get()).map(words)}</p>
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button
                    label="Change passphrase"
                    look=Look::Primary
                    submit=true
                    reason=missing
                    busy=outcome.busy
                    busy_words="Changing…"
                />
            </div>
        </form>
    }
    .into_any()
}
