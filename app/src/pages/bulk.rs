//! Looking up many users at once.

mod going;
mod list;
mod lookup;
mod preview;
mod progress;
mod results;
mod window;

use leptos::prelude::*;

use crate::components::{PageHeader, skeleton};
use crate::gateway::{Gateway, behind_worker_token};
use lookup::Lookup;

/// The page of `/people/bulk`.
pub(crate) fn bulk() -> AnyView {
    view! {
        <PageHeader title="Bulk user lookup" text="Up to 10,000 users at once, from a list of ids, user names or email addresses." />
        {behind_worker_token(page)}
    }
    .into_any()
}

fn page(gateway: Gateway) -> AnyView {
    let lookup = Lookup::begin(gateway);
    let stage = Memo::new(move |_| lookup.stage());
    let shown = move || match stage.get() {
        lookup::Stage::Recalling => skeleton(4),
        lookup::Stage::Nothing => list::list(lookup),
        lookup::Stage::There => view! {
            {progress::progress(lookup)}
            {results::results(lookup)}
        }
        .into_any(),
    };
    let trouble = move || {
        lookup.trouble.get().map(|words| {
            view! {
                <div class="notice soon" role="status">
                    <p>{words}</p>
                </div>
            }
        })
    };
    view! {
        {trouble}
        {shown}
    }
    .into_any()
}
