//! Figures about tokens: of one's own in this browser, and for admins and auditors of what this server saw.

mod own;
mod server;

use leptos::prelude::*;

use crate::components::PageHeader;
use crate::session::SignedIn;

/// The page of `/token-metrics`.
pub(crate) fn token_metrics() -> AnyView {
    let signed_in = expect_context::<SignedIn>();
    let not_member = signed_in.not_member();
    let is_member = Memo::new(move |_| not_member.with(Option::is_none));
    let audits = signed_in.audits();
    view! {
        <PageHeader title="Token metrics" text="How many site tokens there are, how they stand, and what went wrong." />
        {move || is_member.get().then(own::own)}
        {move || (audits.get() == Some(true)).then(server::server)}
    }
    .into_any()
}

/// One figure with its words.
fn figure(words: &'static str, class: &'static str, number: Signal<String>) -> AnyView {
    let zero = move || number.with(|number| number == "0");
    view! {
        <div class=format!("count {class}") class:zero=zero>
            <dt>{words}</dt>
            <dd>{number}</dd>
        </div>
    }
    .into_any()
}
