use domain::secret::Secret;
use domain::sync::SyncDeed;
use leptos::prelude::*;

use super::form::{FIRST, Outcome, Twice};
use super::{on, said};
use crate::Ports;
use crate::components::{Button, Icon, Look, SecretField, fact, facts, icon};
use crate::toasts::Toasts;

/// The page of a device that takes no part: it begins a copy, or joins the one there is.
pub(super) fn off(there: bool) -> AnyView {
    view! {
        {said()}
        {if there { join() } else { begin() }}
        {what_is_synced()}
    }
    .into_any()
}

fn begin() -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (twice, outcome) = (Twice::new(FIRST), Outcome::new());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(passphrase) = twice.read().filter(|_| !outcome.busy.get_untracked()) else { return };
        let done = outcome.hearing(move || {
            twice.empty();
            toasts.done("Sync is on. Enter the same passphrase on your other devices.");
        });
        deed(SyncDeed::Begin { passphrase, done });
    };
    view! {
        <section class="card">
            <h2>"Turn sync on"</h2>
            <p>"Sync is off. Choose a passphrase; you enter it once on each of your other devices."</p>
            <div class="notice soon">
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">"Nobody can bring this passphrase back"</p>
                    <p>
                        "The server never sees it, and no admin can reset it. If it is forgotten no further device can join, and the copy on the server is of no use to you. What your devices keep stays on them."
                    </p>
                </div>
            </div>
            <form method="post" class="form" on:submit=submit>
                {outcome.shown()}
                {twice.fields()}
                <div class="actions">
                    <Button label="Turn sync on" look=Look::Primary submit=true busy=outcome.busy busy_words="Turning on…" />
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn join() -> AnyView {
    let (deed, toasts) = (expect_context::<Ports>().desk.sync_deed, expect_context::<Toasts>());
    let (text, outcome) = (RwSignal::new(String::new()), Outcome::new());
    let missing = Signal::derive(move || text.with(String::is_empty).then(|| "Enter the passphrase first".to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if outcome.busy.get_untracked() || missing.with_untracked(Option::is_some) {
            return;
        }
        let done = outcome.hearing(move || {
            text.try_set(String::new());
            toasts.done("This device takes part now.");
        });
        deed(SyncDeed::Join { passphrase: Secret::new(text.get_untracked()), done });
    };
    view! {
        <section class="card">
            <h2>"Join with this device"</h2>
            <p>"Another of your devices has begun a copy. Enter the copy's passphrase."</p>
            <p class="soft">
                "What is here and what is there are put together. Where both have a version of the same thing, one stands, and the other is kept for you to look at."
            </p>
            <form method="post" class="form" on:submit=submit>
                {outcome.shown()}
                <SecretField id="sync-join" label="Passphrase" value=text autocomplete="current-password" />
                <div class="actions">
                    <Button
                        label="Join"
                        look=Look::Primary
                        submit=true
                        reason=missing
                        busy=outcome.busy
                        busy_words="Joining…"
                    />
                </div>
            </form>
        </section>
        {on::deletion("Passphrase forgotten?", "Then this copy is of no use. Delete it, and begin a new one from a device that has everything.")}
    }
    .into_any()
}

fn what_is_synced() -> AnyView {
    let rows = [
        (
            "Synced",
            "Connections, with client secrets where these are kept; site tokens; the default site; settings of worker tokens.",
        ),
        (
            "Not synced",
            "Private keys, which can't leave their browser; worker tokens, as each device gets its own; what a browser was allowed and how it looks.",
        ),
        ("The server sees", "That there are items, how large they are, and when they change. It can't read them."),
    ];
    view! {
        <section class="card">
            <h2>"What is synced, and what is not"</h2>
            {facts(rows.into_iter().map(|(name, text)| fact(name, text.into_any())).collect())}
        </section>
    }
    .into_any()
}
