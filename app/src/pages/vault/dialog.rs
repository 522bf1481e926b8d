use domain::connection::validation::Severity;
use domain::secret::Secret;
use domain::transfer::remarks;
use domain::vault::{Opener, Protected, Protection, VaultDeed, Wish};
use leptos::prelude::*;

use super::deeds::Doing;
use super::levels::short;
use super::work::work;
use super::{level, shown};
use crate::components::{Button, Dialog, Look, Note, SecretField};
use crate::dom;
use crate::toasts::Toasts;
use crate::words::{count, duration};

/// Asks for what a change to this level takes, and makes it.
pub(super) fn dialog(id: &'static str, wanted: Protection, open: RwSignal<bool>) -> AnyView {
    let current = level();
    let is_same = move || current.get() == Some(wanted);
    let title = Signal::derive(move || match is_same() {
        true => "Change the passphrase".to_owned(),
        false => format!("Keep the vault by {}", short(wanted)),
    });
    view! { <Dialog id title open>{content(id, wanted, open)}</Dialog> }.into_any()
}

/// What stands in the fields.
#[derive(Clone, Copy)]
struct Form {
    wanted: Protection,
    present: RwSignal<String>,
    new: RwSignal<String>,
    again: RwSignal<String>,
    tried: RwSignal<bool>,
}

fn content(id: &'static str, wanted: Protection, open: RwSignal<bool>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let form = Form { wanted, present: text(), new: text(), again: text(), tried: RwSignal::new(false) };
    let needs_present = level().get_untracked() == Some(Protection::Passphrase);
    let (doing, toasts) = (Doing::new(), expect_context::<Toasts>());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.tried.set(true);
        if wanted == Protection::Passphrase && form.errors() {
            return dom::focus_after_drawing("dialog[open] [aria-invalid=true]");
        }
        let (wish, proof) = (form.wish(), form.proof(needs_present));
        doing.run(
            |done| VaultDeed::Protect { wish, proof, done },
            move |protected| {
                toasts.done(said(protected));
                open.try_set(false);
            },
        );
    };
    let id_of = |name: &str| -> &'static str { field_id(id, name) };
    let label = if needs_present && wanted == Protection::Passphrase { "Change passphrase" } else { "Use this level" };
    view! {
        <form class="form" on:submit=submit>
            <p>{words(wanted)}</p>
            {needs_present.then(|| view! {
                <SecretField id=id_of("present") label="Present passphrase" value=form.present autocomplete="current-password" />
            })}
            {(wanted == Protection::Passphrase).then(|| form.new_passphrase(id))}
            {needs_present.then(no_passkeys)}
            {doing.said()}
            {work()}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label look=Look::Primary submit=true busy=doing.busy busy_words="Sealing anew…" />
            </div>
        </form>
    }
    .into_any()
}

impl Form {
    fn new_passphrase(self, id: &'static str) -> AnyView {
        let notes = Signal::derive(move || {
            let (one, again) = (self.new.get(), self.again.get());
            let quiet = !self.tried.get() && (one.is_empty() || again.is_empty());
            let note = |(severity, text): (Severity, &str)| Note { severity, text: text.to_owned() };
            if quiet { Vec::new() } else { remarks(&one, &again).into_iter().map(note).collect::<Vec<_>>() }
        });
        view! {
            <SecretField
                id=field_id(id, "new")
                label="New passphrase"
                value=self.new
                autocomplete="new-password"
                hint="At least 12 characters. Four or five words chosen by chance are best"
                notes=notes
            />
            <SecretField id=field_id(id, "again") label="New passphrase again" value=self.again autocomplete="new-password" />
        }
        .into_any()
    }

    fn errors(self) -> bool {
        let (one, again) = (self.new.get_untracked(), self.again.get_untracked());
        remarks(&one, &again).iter().any(|(severity, _)| *severity == Severity::Error)
    }

    fn wish(self) -> Wish {
        match self.wanted {
            Protection::Browser => Wish::Browser,
            Protection::Session => Wish::Session,
            Protection::Passphrase => Wish::Passphrase(Secret::new(self.new.get_untracked())),
        }
    }

    fn proof(self, needed: bool) -> Option<Opener> {
        needed.then(|| Opener::Passphrase(Secret::new(self.present.get_untracked())))
    }
}

/// Each dialog's fields have names of their own, as several dialogs are on the page.
fn field_id(dialog: &str, name: &str) -> &'static str {
    match (dialog, name) {
        ("use-browser", _) => "use-browser-present",
        ("use-session", _) => "use-session-present",
        ("use-passphrase", "new") => "use-passphrase-new",
        ("use-passphrase", "again") => "use-passphrase-again",
        (_, "new") => "change-passphrase-new",
        (_, "again") => "change-passphrase-again",
        _ => "change-passphrase-present",
    }
}

fn no_passkeys() -> AnyView {
    let view = shown();
    let has_some = view.with_untracked(|view| !view.passkeys.is_empty());
    has_some
        .then(|| view! { <p class="soft">"The passkeys that open the vault now open the new key no more: add them again."</p> })
        .into_any()
}

const fn words(wanted: Protection) -> &'static str {
    match wanted {
        Protection::Browser => {
            "This browser alone will hold the key. Nothing is to be entered any more, and the vault can't be locked."
        }
        Protection::Session => {
            "The key will open only with a half that the server gives to your signed-in sessions. If the server loses it, what this browser keeps is lost."
        }
        Protection::Passphrase => {
            "The key will open only with this passphrase. Nobody can bring it back: if you forget it, what this browser keeps is lost, and each connection and token is to be entered again."
        }
    }
}

fn said(done: Protected) -> String {
    let mut words = format!("{} sealed anew in {}.", count(done.records, "record"), duration(done.took));
    if done.lost > 0 {
        words.push_str(&format!(
            " {} could not be opened before and went with the old key.",
            count(done.lost, "record")
        ));
    }
    words
}
