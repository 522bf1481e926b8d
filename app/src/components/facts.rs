use leptos::prelude::*;

/// Facts in two aligned columns.
pub(crate) fn facts(rows: Vec<AnyView>) -> AnyView {
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// One fact: its name and its value.
pub(crate) fn fact(name: impl Into<String>, value: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{name.into()}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}
