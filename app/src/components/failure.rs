use domain::keeper::ConnectionView;
use leptos::prelude::*;

use super::ProblemBox;
use crate::Ports;
use crate::words::remedy;

/// Why the last try brought no token, in the provider's own words, and what is next.
pub(crate) fn failure(connection: Signal<Option<ConnectionView>>) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let failure = Memo::new(move |_| connection.with(|one| one.as_ref().and_then(|one| one.failure.clone())));
    let shown = move || {
        let failure = failure.get()?;
        let now = now.clone();
        let next = move || now.get().map(|now| remedy(&failure.remedy, now));
        Some(view! {
            <ProblemBox problem=failure.problem />
            <p class="soft next-try">{next}</p>
        })
    };
    view! { {shown} }.into_any()
}
