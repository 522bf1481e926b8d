use leptos::prelude::*;

/// A box to tick, with its label and what ticking it means.
#[component]
pub(crate) fn Checkbox(
    /// Its id on the page.
    #[prop(into)]
    id: String,
    /// What is on or off.
    #[prop(into)]
    label: String,
    /// What that means.
    #[prop(optional)]
    hint: &'static str,
    /// Whether it is ticked.
    checked: RwSignal<bool>,
) -> AnyView {
    let hint_id = format!("{id}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                aria-describedby=described
                prop:checked=checked
                on:change=move |event| checked.set(event_target_checked(&event))
            />
            <label for=id>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
    .into_any()
}
