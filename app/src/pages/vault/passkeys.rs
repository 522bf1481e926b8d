use domain::secret::Secret;
use domain::vault::{PasskeyFacts, PasskeySupport, VaultDeed};
use leptos::prelude::*;

use super::deeds::Doing;
use super::shown;
use super::work::work;
use crate::components::{Button, Dialog, Field, Icon, Look, Moment, SecretField};
use crate::toasts::Toasts;

/// The passkeys that open the vault beside the passphrase.
pub(super) fn section() -> AnyView {
    let view = shown();
    let open = RwSignal::new(false);
    let doing = Doing::new();
    let passkeys = Memo::new({
        let view = view.clone();
        move |_| view.with(|view| view.passkeys.clone())
    });
    let reason = Signal::derive(move || match view.with(|view| view.passkey_support) {
        PasskeySupport::Possible => None,
        PasskeySupport::Unknown => Some("It is being looked at".to_owned()),
        PasskeySupport::NoBrowser => Some("This browser has no passkeys".to_owned()),
        PasskeySupport::NoName => {
            Some("Passkeys belong to names: open Tokenkeep by its name, not by an IP address".to_owned())
        }
    });
    let list = move || {
        let all = passkeys.get();
        if all.is_empty() {
            view! { <p class="soft">"None. A passkey opens the vault with a fingerprint, a face or a key; the passphrase stays."</p> }.into_any()
        } else {
            let rows = all.into_iter().map(|passkey| row(passkey, doing)).collect_view();
            view! { <ul class="vault-passkeys">{rows}</ul> }.into_any()
        }
    };
    let why = move || reason.get().map(|words| view! { <p class="soft">{words}"."</p> });
    view! {
        <section class="card">
            <h2>"Passkeys"</h2>
            {list}
            {why}
            {doing.said()}
            <div class="actions">
                <Button label="Add passkey" picture=Icon::Add reason on_press=move |()| open.set(true) />
            </div>
        </section>
        <Dialog id="add-passkey" title="Add a passkey" open>{adding(open)}</Dialog>
    }
    .into_any()
}

fn row(passkey: PasskeyFacts, doing: Doing) -> AnyView {
    let PasskeyFacts { id, name, created_at } = passkey;
    let label = format!("Remove {name}");
    let remove = move |()| {
        let id = id.clone();
        doing.run(|done| VaultDeed::RemovePasskey { id, done }, |()| ());
    };
    view! {
        <li>
            <span><span class="strong">{name}</span>" "<span class="soft">"added " <Moment at=created_at /></span></span>
            <Button label look=Look::Danger on_press=remove />
        </li>
    }
    .into_any()
}

fn adding(open: RwSignal<bool>) -> AnyView {
    let (name, passphrase) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (doing, toasts) = (Doing::new(), expect_context::<Toasts>());
    let reason =
        Signal::derive(move || name.with(|name| name.trim().is_empty()).then(|| "Give it a name first".to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if reason.with_untracked(Option::is_some) {
            return;
        }
        let called = name.get_untracked().trim().to_owned();
        let passphrase = Secret::new(passphrase.get_untracked());
        let words = format!("{called} opens the vault now.");
        doing.run(
            |done| VaultDeed::AddPasskey { name: called, passphrase, done },
            move |()| {
                toasts.done(words);
                open.try_set(false);
            },
        );
    };
    view! {
        <form class="form" on:submit=submit>
            <p>"Your browser asks you for it twice with some authenticators: once to make it, once to get its key."</p>
            <Field id="passkey-name" label="Name" value=name first=true hint="So that you know it again: this laptop, the blue key" />
            <SecretField id="passkey-passphrase" label="Passphrase" value=passphrase autocomplete="current-password" />
            {doing.said()}
            {work()}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Add passkey" look=Look::Primary submit=true reason busy=doing.busy busy_words="Adding…" />
            </div>
        </form>
    }
    .into_any()
}
