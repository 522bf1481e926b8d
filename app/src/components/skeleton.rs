use leptos::prelude::*;

/// Grey rows in the shape of what is awaited; none for a place too small to show anything.
pub(crate) fn skeleton(rows: usize) -> AnyView {
    if rows == 0 {
        return ().into_any();
    }
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
