use leptos::html;
use leptos::prelude::*;

use super::field::{described_by, framed, invalid};
use super::{Icon, Notes, icon, no_notes};
use crate::Awake;

/// A field of several lines for a long secret, such as a pasted token; hidden until a person wants to see it.
#[component]
pub(crate) fn SecretArea(
    /// Its id on the page.
    id: &'static str,
    /// What to enter.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// How it helps to enter it.
    #[prop(optional)]
    hint: &'static str,
    /// What is to be said about the text.
    #[prop(optional, into)]
    notes: Option<Notes>,
    /// How many lines are seen.
    #[prop(default = 4)]
    rows: u8,
    /// What stands in it while it is empty.
    #[prop(optional)]
    placeholder: &'static str,
) -> AnyView {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        let wanted = value.get();
        if let Some(area) = node.get().filter(|area| area.value() != wanted) {
            area.set_value(&wanted);
        }
    });
    let notes = notes.unwrap_or_else(no_notes);
    let shown = RwSignal::new(false);
    let awake = expect_context::<Awake>().0;
    let words = move || if shown.get() { "Hide what is entered" } else { "Show what is entered" };
    let input = view! {
        <div class="secret area">
            <textarea
                node_ref=node
                id=id
                name=id
                class="code"
                class:concealed=move || !shown.get()
                rows=rows.to_string()
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described_by(id, hint)
                aria-invalid=move || invalid(notes)
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <button type="button" class="button quiet" disabled=move || !awake.get() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || icon(if shown.get() { Icon::Hide } else { Icon::Show })}
                <span class="hidden">{words}</span>
            </button>
        </div>
    };
    framed(id, label, hint, notes, input.into_any())
}
