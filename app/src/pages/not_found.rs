use leptos::prelude::*;

use crate::components::PageHeader;

/// A path without a page.
pub(crate) fn not_found() -> AnyView {
    view! {
        <PageHeader title="There is no page here" text="The address may be mistyped, or what stood here was removed." />
        <p><a href="/">"Go to the overview"</a></p>
    }
    .into_any()
}
