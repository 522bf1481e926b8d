//! Conversations with visitors of other sites' pages, live: for admins to answer, and for auditors to read.

mod list;
mod live;
mod reply;
mod thread;

use domain::id::ConversationId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::components::PageHeader;
use crate::words::escape;
use live::Live;

/// The page of `/admin/conversations`.
pub(crate) fn conversations() -> AnyView {
    let query = use_query_map();
    let open =
        Memo::new(move |_| query.with(|query| query.get("open").filter(|id| !id.is_empty()).map(ConversationId::new)));
    let live = Live::begin(open);
    let go = go_to();
    view! {
        <PageHeader title="Conversations" text="What visitors of the pages that embed the chat write, as it comes." />
        <div class="talks" class:chosen=move || open.with(Option::is_some)>
            {list::list(live, go)}
            {move || open.get().map(|_| thread::thread(live, go))}
        </div>
    }
    .into_any()
}

/// Changes the address, so that the conversation is open again after a reload, and with the browser's way back.
fn go_to() -> Callback<Option<ConversationId>> {
    let navigate = use_navigate();
    Callback::new(move |id: Option<ConversationId>| {
        let query = id.map(|id| format!("?open={}", escape(id.as_str()))).unwrap_or_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&format!("/admin/conversations{query}"), options);
    })
}
