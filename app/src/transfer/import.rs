use domain::secret::Secret;
use domain::transfer::{Content, Errand, Line, Packed, Unusable, preview, read};
use leptos::prelude::*;

use super::preview::lines;
use super::{TransferDialogs, choice, trouble};
use crate::Ports;
use crate::components::{Button, Look, SecretField};
use crate::connection_dialog::ConnectionDialog;

/// Where the import stands.
#[derive(Clone, PartialEq)]
pub(super) enum Stage {
    /// Nothing was chosen, or what was chosen can't be used.
    Choosing(Option<Unusable>),
    /// The file is encrypted.
    Locked { file: Vec<u8>, problem: Option<Unusable> },
    /// What would change.
    Preview(Vec<Line>),
}

/// The dialog's content: a file, its passphrase where it has one, and what it would change.
pub(super) fn import() -> AnyView {
    let stage = RwSignal::new(Stage::Choosing(None));
    let shown = move || match stage.get() {
        Stage::Choosing(problem) => view! {
            {problem.map(|problem| trouble("This can't be imported", problem.to_string()))}
            {choice::choice(Callback::new(move |file: Option<Vec<u8>>| take(stage, file)))}
        }
        .into_any(),
        Stage::Locked { file, problem } => locked(stage, file, problem),
        Stage::Preview(found) => lines(found),
    };
    view! { {shown} }.into_any()
}

/// Takes a file's bytes; `None` when the browser could not read them.
fn take(stage: RwSignal<Stage>, file: Option<Vec<u8>>) {
    let Some(file) = file else { return stage.set(Stage::Choosing(Some(Unusable::Half))) };
    match read(&file) {
        Ok(Content::Connections(packed)) => show(stage, &packed),
        Ok(Content::Encrypted) => stage.set(Stage::Locked { file, problem: None }),
        Err(problem) => stage.set(Stage::Choosing(Some(problem))),
    }
}

fn show(stage: RwSignal<Stage>, packed: &[Packed]) {
    let (desk, dialog) = (expect_context::<Ports>().desk, expect_context::<ConnectionDialog>());
    let now = desk.now.get_untracked().unwrap_or_default();
    let providers = untrack(|| dialog.providers());
    let found = desk.view.with_untracked(|view| preview(packed, &view.connections, &providers, now, (desk.random)()));
    stage.set(Stage::Preview(found));
}

fn locked(stage: RwSignal<Stage>, file: Vec<u8>, problem: Option<Unusable>) -> AnyView {
    let TransferDialogs { importing, .. } = expect_context();
    let desk = StoredValue::new(expect_context::<Ports>().desk);
    let owner = StoredValue::new(Owner::current());
    let (passphrase, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let file = StoredValue::new(file);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let done = Box::new(move |opened: Result<Vec<Packed>, Unusable>| {
            // The dialog may be closed by now.
            let Some(owner) = owner.try_get_value().flatten() else { return };
            owner.with(|| match opened {
                Ok(packed) => show(stage, &packed),
                Err(Unusable::WrongPassphrase) => {
                    let problem = Some(Unusable::WrongPassphrase);
                    stage.set(Stage::Locked { file: file.get_value(), problem });
                }
                Err(problem) => stage.set(Stage::Choosing(Some(problem))),
            });
        });
        let passphrase = Secret::new(passphrase.get_untracked());
        desk.with_value(|desk| (desk.run)(Errand::Open { file: file.get_value(), passphrase, done }));
    };
    view! {
        <form class="form" on:submit=submit>
            {problem.map(|problem| trouble("The file stays locked", problem.to_string()))}
            <p>"This file is encrypted. Enter the passphrase it was exported with."</p>
            <SecretField id="file-passphrase" label="Passphrase" value=passphrase />
            <div class="actions">
                <Button label="Cancel" on_press=move |()| importing.set(false) />
                <Button label="Open" look=Look::Primary submit=true busy=busy busy_words="Opening…" />
            </div>
        </form>
    }
    .into_any()
}
