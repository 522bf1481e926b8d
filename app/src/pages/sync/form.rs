use domain::connection::validation::Severity;
use domain::secret::Secret;
use domain::sync::{SyncTrouble, passphrase_remarks};
use leptos::prelude::*;

use super::in_the_way;
use crate::components::{Note, Notes, SecretField};

/// A new passphrase, entered twice.
#[derive(Clone, Copy)]
pub(super) struct Twice {
    once: RwSignal<String>,
    again: RwSignal<String>,
    /// Whether a person tried to send it; before that an empty one is not called wrong.
    tried: RwSignal<bool>,
}

impl Twice {
    pub(super) fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self { once: text(), again: text(), tried: RwSignal::new(false) }
    }

    /// The passphrase, if it may be used; else what is wrong is shown from now on.
    pub(super) fn read(self) -> Option<Secret> {
        self.tried.set(true);
        let remarks = untrack(|| self.remarks());
        let is_fit = remarks.iter().all(|(severity, _)| *severity != Severity::Error);
        is_fit.then(|| Secret::new(self.once.get_untracked()))
    }

    /// Nothing of it stays on the page.
    pub(super) fn empty(self) {
        for text in [self.once, self.again] {
            text.try_set(String::new());
        }
        self.tried.try_set(false);
    }

    fn remarks(self) -> Vec<(Severity, &'static str)> {
        self.once.with(|once| self.again.with(|again| passphrase_remarks(once, again)))
    }

    /// The two fields.
    pub(super) fn fields(self, id: &'static str, id_again: &'static str) -> AnyView {
        let is_typed = move || self.once.with(|once| !once.is_empty());
        let notes: Notes = Signal::derive(move || {
            if !self.tried.get() && !is_typed() {
                return Vec::new();
            }
            let both = !self.again.with(String::is_empty) || self.tried.get();
            let is_shown = |text: &str| both || text != "The two passphrases are not the same.";
            let remarks = self.remarks().into_iter().filter(|(_, text)| is_shown(text));
            let notes: Vec<Note> = remarks.map(|(severity, text)| Note { severity, text: text.to_owned() }).collect();
            notes
        });
        let strength = move || (is_typed() && notes.with(Vec::is_empty)).then_some("Strong.");
        view! {
            <SecretField
                id
                label="Passphrase"
                value=self.once
                autocomplete="new-password"
                hint="Four or five words chosen by chance are best. It never leaves this browser."
                notes
            />
            <p class="soft" role="status">{strength}</p>
            <SecretField id=id_again label="Passphrase again" value=self.again autocomplete="new-password" />
        }
        .into_any()
    }
}

/// What became of a deed.
#[derive(Clone, Copy)]
pub(super) struct Outcome {
    pub(super) busy: RwSignal<bool>,
    trouble: RwSignal<Option<SyncTrouble>>,
}

impl Outcome {
    pub(super) fn new() -> Self {
        Self { busy: RwSignal::new(false), trouble: RwSignal::new(None) }
    }

    /// What hears how a deed ended; `then` is called when it ended well.
    pub(super) fn hearing(self, then: impl FnOnce() + 'static) -> Box<dyn FnOnce(Result<(), SyncTrouble>)> {
        self.busy.set(true);
        self.trouble.set(None);
        Box::new(move |outcome| {
            self.busy.try_set(false);
            match outcome {
                Ok(()) => then(),
                Err(trouble) => drop(self.trouble.try_set(Some(trouble))),
            }
        })
    }

    pub(super) fn shown(self) -> AnyView {
        view! { {move || self.trouble.get().map(|trouble| in_the_way(&trouble))} }.into_any()
    }
}
