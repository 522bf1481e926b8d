use domain::connection::Connection;
use domain::connection::validation::Severity;
use domain::id::ConnectionId;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::transfer::{Errand, Exported, Source, remarks, write};
use leptos::prelude::*;

use super::{TransferDialogs, trouble};
use crate::components::{Button, Checkbox, Look, Note, SecretField};
use crate::connection_dialog::ConnectionDialog;
use crate::toasts::Toasts;
use crate::words::{count, utc};
use crate::{Desk, Ports, dom};

/// What a person chose for the file.
#[derive(Clone, Copy)]
struct Wish {
    chosen: StoredValue<Vec<(Connection, RwSignal<bool>)>>,
    with_secrets: RwSignal<bool>,
    passphrase: RwSignal<String>,
    again: RwSignal<String>,
    /// Whether a person tried to send it; before that an empty passphrase is not called wrong.
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    exported: RwSignal<Option<Exported>>,
}

/// The form, and after it what came of it.
pub(super) fn export() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let chosen = desk.view.with_untracked(|view| {
        view.connections.iter().map(|one| (one.connection.clone(), RwSignal::new(true))).collect()
    });
    let wish = Wish {
        chosen: StoredValue::new(chosen),
        with_secrets: RwSignal::new(false),
        passphrase: RwSignal::new(String::new()),
        again: RwSignal::new(String::new()),
        tried: RwSignal::new(false),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        exported: RwSignal::new(None),
    };
    let is_done = Memo::new(move |_| wish.exported.with(Option::is_some));
    let shown = move || if is_done.get() { wish.result() } else { wish.form() };
    view! { {shown} }.into_any()
}

impl Wish {
    fn form(self) -> AnyView {
        let TransferDialogs { exporting, .. } = expect_context();
        let (desk, dialog) = (StoredValue::new(expect_context::<Ports>().desk), expect_context::<ConnectionDialog>());
        let toasts = expect_context::<Toasts>();
        let submit = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            self.tried.set(true);
            if self.busy.get_untracked() || self.ids().is_empty() {
                return;
            }
            if self.with_secrets.get_untracked() {
                desk.with_value(|desk| self.export_encrypted(desk));
            } else {
                let now = desk.with_value(|desk| desk.now.get_untracked()).unwrap_or_default();
                save(&self.redacted(dialog, now), now, "json", self.problem);
                if untrack(|| self.problem.with(Option::is_none)) {
                    toasts.done(format!("{} exported, without secrets.", count(self.ids().len(), "connection")));
                    exporting.set(false);
                }
            }
        };
        let nothing =
            Signal::derive(move || self.ids().is_empty().then(|| "Choose at least one connection.".to_owned()));
        view! {
            <form class="form" on:submit=submit>
                {move || self.problem.get().map(|text| trouble("Nothing was exported", text))}
                {self.connections()}
                <Checkbox
                    id="with-secrets"
                    label="With client secrets, encrypted with a passphrase"
                    checked=self.with_secrets
                    hint="Without them the file holds no secret; each one is entered again where it is imported."
                />
                {move || self.with_secrets.get().then(|| self.secrets())}
                <div class="actions">
                    <Button label="Cancel" on_press=move |()| exporting.set(false) />
                    <Button label="Export" look=Look::Primary submit=true busy=self.busy busy_words="Encrypting…" reason=nothing />
                </div>
            </form>
        }
        .into_any()
    }

    fn connections(self) -> AnyView {
        let one = |(connection, chosen): (Connection, RwSignal<bool>)| {
            view! { <Checkbox id=format!("export-{}", connection.id) label=connection.name checked=chosen /> }
        };
        let list = self.chosen.get_value().into_iter().map(one).collect_view();
        view! {
            <fieldset class="panel">
                <legend>"Connections"</legend>
                {list}
            </fieldset>
        }
        .into_any()
    }

    fn secrets(self) -> AnyView {
        let notes = Signal::derive(move || {
            let (one, again) = (self.passphrase.get(), self.again.get());
            let quiet = !self.tried.get() && (one.is_empty() || again.is_empty());
            let note = |(severity, text): (Severity, &str)| Note { severity, text: text.to_owned() };
            if quiet { Vec::new() } else { remarks(&one, &again).into_iter().map(note).collect::<Vec<_>>() }
        });
        view! {
            <div class="notice soon">
                <div>
                    <p class="strong">"Whoever has this file and its passphrase has these clients"</p>
                    <p>
                        "They can get tokens with everything the clients may do, from anywhere, until the secrets are changed at the provider. Keep the file where others can't read it, and tell the passphrase by another way. Nobody can open the file without it."
                    </p>
                </div>
            </div>
            <SecretField id="passphrase" label="Passphrase" value=self.passphrase autocomplete="new-password" notes=notes />
            <SecretField id="passphrase-again" label="Passphrase again" value=self.again autocomplete="new-password" />
        }
        .into_any()
    }

    fn ids(self) -> Vec<ConnectionId> {
        let chosen = self.chosen.get_value();
        chosen.into_iter().filter(|(_, chosen)| chosen.get()).map(|(connection, _)| connection.id).collect()
    }

    fn redacted(self, dialog: ConnectionDialog, now: Timestamp) -> String {
        let ids = untrack(|| self.ids());
        let chosen = self.chosen.get_value();
        let providers = untrack(|| dialog.providers());
        let sources =
            chosen.iter().filter(|(connection, _)| ids.contains(&connection.id)).map(|(connection, _)| Source {
                connection,
                provider: providers.iter().find(|provider| provider.id == connection.provider),
                credential: None,
            });
        write(sources.collect(), now)
    }

    fn export_encrypted(self, desk: &Desk) {
        let (passphrase, again) = (self.passphrase.get_untracked(), self.again.get_untracked());
        if remarks(&passphrase, &again).iter().any(|(severity, _)| *severity == Severity::Error) {
            return dom::focus_after_drawing("#export [aria-invalid=true]");
        }
        self.busy.set(true);
        self.problem.set(None);
        let now = desk.now.get_untracked().unwrap_or_default();
        let done = Box::new(move |exported: Result<Exported, String>| {
            self.busy.try_set(false);
            match exported {
                Ok(exported) => {
                    save(&exported.text, now, "age", self.problem);
                    self.passphrase.try_set(String::new());
                    self.again.try_set(String::new());
                    self.exported.try_set(Some(exported));
                }
                Err(text) => drop(self.problem.try_set(Some(text))),
            }
        });
        let connections = untrack(|| self.ids());
        (desk.run)(Errand::Export { connections, passphrase: Secret::new(passphrase), done });
    }

    /// What is in the file, and what could not be.
    fn result(self) -> AnyView {
        let TransferDialogs { exporting, .. } = expect_context();
        let Some(exported) = self.exported.get_untracked() else { return ().into_any() };
        let line = |names: Vec<String>, words: &'static str| {
            (!names.is_empty()).then(|| view! { <p>{names.join(", ")} {words}</p> })
        };
        view! {
            {move || self.problem.get().map(|text| trouble("The file could not be saved", text))}
            <section class="result" role="status">
                <h3>"The encrypted file was saved"</h3>
                <p>"It is an age file: Tokenkeep imports it, and any age program opens it with the passphrase."</p>
                {line(
                    exported.without_key,
                    ": without the private key. This browser signs with it and can't read it out; enter the key again where you import the file.",
                )}
                {line(exported.without_credential, ": without a secret, as none is kept.")}
            </section>
            <div class="actions">
                <Button label="Close" look=Look::Primary on_press=move |()| exporting.set(false) />
            </div>
        }
        .into_any()
    }
}

/// Lets the browser save the file under a name with the day in it.
fn save(text: &str, now: Timestamp, ending: &str, problem: RwSignal<Option<String>>) {
    let day: String = utc(now).chars().take(10).collect();
    let saved = dom::download(&format!("tokenkeep-connections-{day}.{ending}"), text);
    problem.try_set(
        saved.is_none().then(|| "The browser refused to save the file. Allow downloads for this site.".to_owned()),
    );
}
