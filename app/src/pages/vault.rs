//! The vault itself: how its key is kept, what that protects, when it locks; and the screen while it is locked.

mod auto_lock;
mod clearing;
mod deeds;
mod dialog;
mod levels;
mod passkeys;
mod unlock;
mod work;

use domain::vault::{Protection, VaultDeed, VaultView};
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Button, Icon, Look, PageHeader, fact, facts, icon, skeleton};
use crate::words::duration;

pub(crate) use unlock::unlock;

/// The view of the vault.
fn shown() -> ArcRwSignal<VaultView> {
    expect_context::<Ports>().desk.vault
}

/// The level, once it is known.
fn level() -> Memo<Option<Protection>> {
    let view = shown();
    Memo::new(move |_| view.with(|view| view.protection))
}

/// The page of `/settings/vault`.
pub(crate) fn vault() -> AnyView {
    let (view, guard) = (shown(), expect_context::<Ports>().desk.guard);
    let level = level();
    let fixed = Memo::new({
        let view = view.clone();
        move |_| view.with(|view| view.fixed.clone())
    });
    let reason = Signal::derive(move || match level.get() {
        Some(level) if level.can_lock() => None,
        Some(_) => Some("This browser holds the key by itself, so a lock would only be a curtain".to_owned()),
        None => Some("No key is kept here".to_owned()),
    });
    let body = move || match (level.get(), fixed.get()) {
        (_, Some(words)) => fixed_here(words),
        (None, None) => skeleton(6),
        (Some(level), None) => sections(level),
    };
    view! {
        <p class="crumb"><a href="/settings">"Settings"</a></p>
        <PageHeader title="Vault" text="What this browser keeps of your tokens, and what opens it.">
            <Button label="Lock now" picture=Icon::Hide look=Look::Primary reason on_press=move |()| guard(VaultDeed::Lock) />
        </PageHeader>
        {body}
    }
    .into_any()
}

fn fixed_here(words: String) -> AnyView {
    view! {
        <div class="notice soon">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"The level can't be changed here"</p>
                <p>{words}</p>
            </div>
        </div>
        {clearing::section()}
    }
    .into_any()
}

fn sections(level: Protection) -> AnyView {
    view! {
        {levels::section(level)}
        {(level == Protection::Passphrase).then(passphrase)}
        {(level == Protection::Passphrase).then(passkeys::section)}
        {level.can_lock().then(auto_lock::section)}
        {clearing::section()}
    }
    .into_any()
}

/// The parameters as they stand, and the way to another passphrase.
fn passphrase() -> AnyView {
    let view = shown();
    let open = RwSignal::new(false);
    let parameters = move || {
        let (cost, usual) = view.with(|view| (view.cost, view.usual));
        let rows = [
            cost.map(|cost| fact("One guess costs", cost.to_string().into_any())),
            usual.map(|usual| fact("Deriving the key took", format!("{} in this browser", duration(usual)).into_any())),
        ];
        facts(rows.into_iter().flatten().collect())
    };
    view! {
        <section class="card">
            <h2>"Passphrase"</h2>
            {parameters}
            <p class="soft">
                "Tokenkeep never sees it and can't bring it back. A forgotten passphrase means that what this browser keeps is lost."
            </p>
            <div class="actions">
                <Button label="Change passphrase" picture=Icon::Edit on_press=move |()| open.set(true) />
            </div>
        </section>
        {dialog::dialog("change-passphrase", Protection::Passphrase, open)}
    }
    .into_any()
}
