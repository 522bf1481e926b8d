use leptos::prelude::*;
use leptos_meta::Title;

/// A page's heading, the title of its tab, and at the right its one primary action.
#[component]
pub(crate) fn PageHeader(
    /// What the page shows.
    #[prop(into)]
    title: Signal<String>,
    /// One sentence on it.
    #[prop(optional)]
    text: &'static str,
    /// The primary action.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <Title text=move || format!("{} · Tokenkeep", title.get()) />
        <header class="page-header">
            <div>
                <h1 tabindex="-1">{title}</h1>
                {(!text.is_empty()).then(|| view! { <p class="soft">{text}</p> })}
            </div>
            <div class="actions">{children.map(|children| children())}</div>
        </header>
    }
    .into_any()
}
