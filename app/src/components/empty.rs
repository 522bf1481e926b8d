use leptos::prelude::*;

use super::{Icon, icon};

/// A list with nothing in it: what it is for, why it is empty, and what to press.
#[component]
pub(crate) fn Empty(
    /// The picture.
    picture: Icon,
    /// Why it is empty, in a few words.
    title: &'static str,
    /// What would stand here.
    text: &'static str,
    /// The buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    view! {
        <section class="empty">
            {icon(picture)}
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </section>
    }
    .into_any()
}
