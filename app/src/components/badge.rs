use leptos::prelude::*;

use crate::words::Mood;

/// A word with a dot in the colour of its mood.
#[component]
pub(crate) fn Badge(
    /// The colour.
    #[prop(into)]
    mood: Signal<Mood>,
    /// The word; colour never speaks alone.
    #[prop(into)]
    word: Signal<String>,
) -> AnyView {
    view! { <span class=move || format!("badge {}", mood.get().class())>{word}</span> }.into_any()
}
