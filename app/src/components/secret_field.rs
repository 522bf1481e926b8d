use leptos::html;
use leptos::prelude::*;

use super::field::{bind, described_by, framed, invalid};
use super::{Icon, Notes, icon, no_notes};
use crate::Awake;

/// A field for a secret, hidden until a person wants to see it.
#[component]
pub(crate) fn SecretField(
    /// Its id on the page.
    id: &'static str,
    /// What to enter.
    label: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// How it helps to enter it.
    #[prop(optional)]
    hint: &'static str,
    /// What is to be said about the text.
    #[prop(optional, into)]
    notes: Option<Notes>,
    /// What a browser may fill in by itself.
    #[prop(default = "off")]
    autocomplete: &'static str,
) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    bind(node, value);
    let notes = notes.unwrap_or_else(no_notes);
    let shown = RwSignal::new(false);
    let thing = label.to_lowercase();
    let awake = expect_context::<Awake>().0;
    let words = move || if shown.get() { format!("Hide {thing}") } else { format!("Show {thing}") };
    let input = view! {
        <div class="secret">
            <input
                node_ref=node
                id=id
                name=id
                type=move || if shown.get() { "text" } else { "password" }
                class="code"
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described_by(id, hint)
                aria-invalid=move || invalid(notes)
                on:input=move |event| value.set(event_target_value(&event))
            />
            <button type="button" class="button quiet" disabled=move || !awake.get() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || icon(if shown.get() { Icon::Hide } else { Icon::Show })}
                <span class="hidden">{words}</span>
            </button>
        </div>
    };
    framed(id, Signal::stored(label.to_owned()), hint, notes, input.into_any())
}
