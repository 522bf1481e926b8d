use leptos::prelude::*;

use super::field::{described_by, framed, invalid};
use super::{Notes, no_notes};

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What stands in the signal when it is chosen.
    pub(crate) value: String,
    /// What a person reads.
    pub(crate) label: String,
}

impl Choice {
    /// A choice.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// One of a few things.
#[component]
pub(crate) fn Select(
    /// Its id on the page.
    id: &'static str,
    /// What to choose.
    #[prop(into)]
    label: Signal<String>,
    /// The value chosen.
    value: RwSignal<String>,
    /// What there is to choose from.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// How it helps to choose.
    #[prop(optional)]
    hint: &'static str,
    /// What is to be said about the choice.
    #[prop(optional, into)]
    notes: Option<Notes>,
) -> AnyView {
    let notes = notes.unwrap_or_else(no_notes);
    let option = move |choice: Choice| {
        let (own, label) = (choice.value.clone(), choice.label);
        view! { <option value=choice.value prop:selected=move || value.with(|value| *value == own)>{label}</option> }
    };
    let input = view! {
        <select
            id=id
            aria-describedby=described_by(id, hint)
            aria-invalid=move || invalid(notes)
            on:change=move |event| value.set(event_target_value(&event))
        >
            {move || choices.get().into_iter().map(option).collect_view()}
        </select>
    };
    framed(id, label, hint, notes, input.into_any())
}
