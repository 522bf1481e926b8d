use leptos::prelude::*;

/// Grey rows in the shape of what is awaited.
pub(crate) fn skeleton(rows: usize) -> AnyView {
    let row = |_| {
        view! {
            <div class="skeleton-row">
                <span></span>
                <span></span>
                <span></span>
            </div>
        }
    };
    view! {
        <div class="skeleton" aria-busy="true">
            <p class="hidden">"Loading…"</p>
            {(0..rows).map(row).collect_view()}
        </div>
    }
    .into_any()
}
