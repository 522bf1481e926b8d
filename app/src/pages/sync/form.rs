use domain::connection::validation::Severity;
use domain::secret::Secret;
use domain::sync::{SyncTrouble, passphrase_remarks};
use leptos::prelude::*;

use super::in_the_way;
use crate::components::{Note, Notes, SecretField};

/// Ids and labels of the two fields, where a copy is begun.
pub(super) const FIRST: [[&str; 2]; 2] =
    [["sync-passphrase", "Passphrase"], ["sync-passphrase-again", "Passphrase again"]];
/// Ids and labels of the two fields, where the passphrase is changed.
pub(super) const NEW: [[&str; 2]; 2] = [["sync-new", "New passphrase"], ["sync-new-again", "New passphrase again"]];

/// A new passphrase, entered twice.
#[derive(Clone, Copy)]
pub(super) struct Twice {
    names: [[&'static str; 2]; 2],
    once: RwSignal<String>,
    again: RwSignal<String>,
    /// Whether a person tried to send it; before that an empty one is not called wrong.
    tried: RwSignal<bool>,
}

impl Twice {
    pub(super) fn new(names: [[&'static str; 2]; 2]) -> Self {
        let text = || RwSignal::new(String::new());
        Self { names, once: text(), again: text(), tried: RwSignal::new(false) }
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

    /// What is to be said of the passphrase by itself.
    fn of_itself(self) -> Vec<(Severity, &'static str)> {
        self.once.with(|once| passphrase_remarks(once, once))
    }

    /// What is to be said besides, because the repetition is another one.
    fn of_the_repetition(self) -> Vec<(Severity, &'static str)> {
        let said = self.of_itself();
        self.remarks().into_iter().filter(|remark| !said.contains(remark)).collect()
    }

    /// Remarks for a field, once something is in it or a person tried to send it.
    fn notes(self, field: RwSignal<String>, remarks: fn(Self) -> Vec<(Severity, &'static str)>) -> Notes {
        Signal::derive(move || {
            if !self.tried.get() && field.with(String::is_empty) {
                return Vec::new();
            }
            let note = |(severity, text): (Severity, &str)| Note { severity, text: text.to_owned() };
            remarks(self).into_iter().map(note).collect::<Vec<_>>()
        })
    }

    /// The two fields.
    pub(super) fn fields(self) -> AnyView {
        let [[id, label], [id_again, label_again]] = self.names;
        let is_typed = move || self.once.with(|once| !once.is_empty());
        let notes = self.notes(self.once, Self::of_itself);
        let strength = move || (is_typed() && self.of_itself().is_empty()).then_some("Strong.");
        view! {
            <SecretField
                id
                label
                value=self.once
                autocomplete="new-password"
                hint="Four or five words chosen by chance are best. It never leaves this browser."
                notes
            />
            <p class="soft said" role="status">{strength}</p>
            <SecretField
                id=id_again
                label=label_again
                value=self.again
                autocomplete="new-password"
                notes=self.notes(self.again, Self::of_the_repetition)
            />
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
