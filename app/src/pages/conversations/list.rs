use domain::api::conversations::ConversationSummary;
use domain::api::widget::Author;
use domain::id::ConversationId;
use domain::number::grouped;
use leptos::prelude::*;

use super::live::Live;
use crate::components::{Badge, Empty, Icon, Moment, ProblemBox, skeleton};
use crate::words::{Mood, escape};

/// The latest conversations.
pub(super) fn list(live: Live, go: Callback<Option<ConversationId>>) -> AnyView {
    let shown = move || match live.list.get() {
        None if live.trouble.with(Option::is_some) => ().into_any(),
        None => skeleton(4),
        Some(all) if all.is_empty() => nothing_yet(),
        Some(all) => {
            let rows = all.into_iter().map(|one| row(one, live, go)).collect_view();
            view! { <ul class="talk-list" aria-label="Conversations">{rows}</ul> }.into_any()
        }
    };
    view! {
        <section class="talk-side">
            {move || live.trouble.get().map(trouble)}
            {shown}
        </section>
    }
    .into_any()
}

fn trouble(problem: domain::api::Problem) -> AnyView {
    view! {
        <ProblemBox problem />
        <p class="soft">"What is shown may be old. It is tried again by itself."</p>
    }
    .into_any()
}

fn nothing_yet() -> AnyView {
    view! {
        <Empty
            picture=Icon::Talk
            title="No conversations yet"
            text="When a visitor of a page that embeds the chat writes, it stands here at once. An org key is what such a page needs."
        >
            <a class="button" href="/admin/org-keys">"Go to Org keys"</a>
        </Empty>
    }
    .into_any()
}

fn row(one: ConversationSummary, live: Live, go: Callback<Option<ConversationId>>) -> AnyView {
    let (id, own) = (one.id.clone(), one.id.clone());
    let href = format!("/admin/conversations?open={}", escape(one.id.as_str()));
    let press = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        go.run(Some(id.clone()));
    };
    let current = move || live.open.with(|open| open.as_ref() == Some(&own)).then_some("true");
    let who = if one.last_from == Some(Author::Staff) { "Reply: " } else { "" };
    view! {
        <li>
            <a href=href aria-current=current on:click=press class:fresh=one.unread != 0>
                <span class="talk-head">
                    <span class="strong">{one.org.name}</span>
                    {mark(one.unread, one.closed)}
                </span>
                <span class="talk-words">{who}{one.snippet}</span>
                <span class="soft"><Moment at=one.last_at /></span>
            </a>
        </li>
    }
    .into_any()
}

fn mark(unread: u64, closed: bool) -> AnyView {
    let (mood, word) = match (unread, closed) {
        (0, false) => return ().into_any(),
        (0, true) => (Mood::None, "Closed".to_owned()),
        (unread, _) => (Mood::Soon, format!("{} new", grouped(unread))),
    };
    view! { <Badge mood=Signal::stored(mood) word=Signal::stored(word) /> }.into_any()
}
