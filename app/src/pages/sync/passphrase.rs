use domain::secret::Secret;
use domain::sync::SyncDeed;
use leptos::prelude::*;

use super::form::{Outcome, Twice};
use crate::Ports;
use crate::components::{Button, SecretField};
use crate::toasts::Toasts;

/// Changing the passphrase.
pub(super) fn passphrase() -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (current, twice, outcome) = (RwSignal::new(String::new()), Twice::new(), Outcome::new());
    let missing =
        Signal::derive(move || current.with(String::is_empty).then(|| "Enter the present passphrase first".to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if outcome.busy.get_untracked() || missing.with_untracked(Option::is_some) {
            return;
        }
        let Some(new) = twice.read() else { return };
        let done = outcome.hearing(move || {
            current.try_set(String::new());
            twice.empty();
            toasts.done("The passphrase is changed. Devices that take part already go on as before.");
        });
        deed(SyncDeed::ChangePassphrase { current: Secret::new(current.get_untracked()), new, done });
    };
    view! {
        <section class="card">
            <h2>"Change the passphrase"</h2>
            <p class="soft">
                "Devices that take part need nothing; a new one needs the new passphrase. The items stay under the key they have, so whoever knew the old passphrase and had copied the server's data can still read that. In that case delete the copy and begin a new one."
            </p>
            <form method="post" class="form" on:submit=submit>
                {outcome.shown()}
                <SecretField id="sync-current" label="Present passphrase" value=current autocomplete="current-password" />
                {twice.fields("sync-new", "sync-new-again")}
                <div class="actions">
                    <Button label="Change passphrase" submit=true reason=missing busy=outcome.busy busy_words="Changing…" />
                </div>
            </form>
        </section>
    }
    .into_any()
}
