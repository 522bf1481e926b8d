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
    title_document(title);
    view! {
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

/// Names the document after the page: on the server in its head, in the browser whenever the name changes.
///
/// In the browser not by leptos_meta's view: drawn over another of its kind it leaves its text behind, which is asked for again
/// when its page is gone.
fn title_document(title: Signal<String>) {
    let text = move || format!("{} · Tokenkeep", title.get());
    Effect::new(move |_| document().set_title(&text()));
    // The server is told when the view is made; it need not be drawn.
    drop(view! { <Title text=text /> });
}
