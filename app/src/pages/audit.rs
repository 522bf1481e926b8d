//! The audit log of this server: for admins and auditors to search, read and take along.

mod detail;
mod filters;
mod list;
mod reading;

use domain::api::{Code, Problem};
use leptos::prelude::*;

use crate::components::{Button, CopyButton, Icon, PageHeader, ProblemBox, icon, skeleton};
use crate::session::SignedIn;
use reading::Reading;

/// The page of `/admin/audit`.
pub(crate) fn audit() -> AnyView {
    let audits = expect_context::<SignedIn>().audits();
    let reading = Reading::begin(audits);
    let refresh = move || {
        (audits.get() == Some(true)).then(|| {
            view! {
                <Button
                    label="Refresh"
                    picture=Icon::Renew
                    busy=reading.busy
                    busy_words="Reading…"
                    on_press=move |()| reading.read(None)
                />
            }
        })
    };
    let body = move || match audits.get() {
        None => skeleton(5),
        Some(false) => view! { <ProblemBox problem=Problem::new(Code::NotAllowed) /> }.into_any(),
        Some(true) => audited(reading),
    };
    view! {
        <PageHeader title="Audit log" text="Who did what, when, and how it ended. No event holds a token.">
            {refresh}
        </PageHeader>
        {body}
    }
    .into_any()
}

fn audited(reading: Reading) -> AnyView {
    view! {
        {filters::filters(reading)}
        {list::list(reading)}
        {chain(reading)}
    }
    .into_any()
}

/// How far the log reaches, and what to keep elsewhere to know later that it still does.
fn chain(reading: Reading) -> AnyView {
    let shown = move || {
        let chain = reading.facts.with(|facts| facts.as_ref().map(|facts| facts.chain.clone()))?;
        let head = format!("{}:{}", chain.last, chain.head);
        let kept = format!(
            "It holds events {} to {}. Each is chained to the one before, so none can be changed, removed or moved unseen.",
            chain.first, chain.last
        );
        Some(view! {
            <section class="card audit-chain">
                <h2>{icon(Icon::Chain)} "The chain"</h2>
                <p>{kept}</p>
                <p>
                    "The operator checks it with " <span class="code">"server audit verify"</span>
                    ". Note the newest event's code elsewhere: with " <span class="code">"--head"</span>
                    " the check then also shows whether somebody rewrote the whole log."
                </p>
                <p class="code audit-head">{head.clone()}</p>
                <div class="actions">
                    <CopyButton label="Copy code" text=Signal::stored(head) />
                </div>
            </section>
        })
    };
    view! { {shown} }.into_any()
}
