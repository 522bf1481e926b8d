use leptos::prelude::*;

/// A table that scrolls inside itself where the page is narrow.
#[component]
pub(crate) fn Table(
    /// What it lists, for screen readers.
    label: &'static str,
    /// The names of the columns; an empty one for the buttons.
    head: &'static [&'static str],
    /// The rows.
    children: Children,
) -> AnyView {
    let cell = |name: &&'static str| {
        if name.is_empty() { view! { <td></td> }.into_any() } else { view! { <th scope="col">{*name}</th> }.into_any() }
    };
    view! {
        <div class="table" role="region" aria-label=label tabindex="0">
            <table>
                <thead>
                    <tr>{head.iter().map(cell).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
