use std::sync::Arc;

use domain::api::conversations::CloseConversation;
use domain::api::widget::{Author, Message};
use domain::id::ConversationId;
use leptos::prelude::*;

use super::live::Live;
use super::reply;
use crate::Ports;
use crate::ask::{Deed, ask};
use crate::components::{Button, Confirm, Look, Moment, ProblemBox, skeleton};
use crate::session::SignedIn;

/// The conversation that is open.
pub(super) fn thread(live: Live, go: Callback<Option<ConversationId>>) -> AnyView {
    // Of another one nothing is shown while this one is on its way.
    let is_here = Memo::new(move |_| {
        live.thread.with(|thread| thread.as_ref().map(|one| one.summary.id.clone())) == live.open.get()
    });
    let body = move || match is_here.get() {
        true => here(live),
        false if live.unread.with(Option::is_some) => ().into_any(),
        false => skeleton(3),
    };
    view! {
        <section class="card talk" aria-label="Conversation">
            <div class="actions apart">
                <Button label="All conversations" look=Look::Quiet on_press=move |()| go.run(None) />
                {close(live)}
            </div>
            {move || live.unread.get().map(|problem| view! { <ProblemBox problem retry=again(live) /> })}
            {body}
        </section>
    }
    .into_any()
}

fn again(live: Live) -> Callback<()> {
    Callback::new(move |()| {
        if let Some(id) = live.open.get_untracked() {
            live.refresh(id);
        }
    })
}

fn here(live: Live) -> AnyView {
    let name = move || {
        let name = live.thread.with(|thread| thread.as_ref().map(|one| one.summary.org.name.clone()));
        format!("A visitor of {}", name.unwrap_or_default())
    };
    let messages =
        move || live.thread.with(|thread| thread.as_ref().map(|one| one.messages.clone())).unwrap_or_default();
    let closed = Memo::new(move |_| live.thread.with(|thread| thread.as_ref().is_some_and(|one| one.summary.closed)));
    let below = move || {
        if closed.get() {
            view! { <p class="soft" role="status">"This conversation is closed. The visitor can begin a new one."</p> }
                .into_any()
        } else {
            reply::reply(live)
        }
    };
    view! {
        <h2>{name}</h2>
        <div class="talk-log" tabindex="0" role="log" aria-label="Messages">
            <ol>
                <For each=messages key=|message| message.seq children=message />
            </ol>
        </div>
        {below}
    }
    .into_any()
}

fn message(message: Message) -> AnyView {
    let (class, who) = match message.from {
        Author::Visitor => ("visitor", "Visitor"),
        Author::Staff => ("staff", "You or another admin"),
    };
    view! {
        <li class=class>
            <p class="soft">{who} ", " <Moment at=message.sent_at /></p>
            <p class="talk-text">{message.text}</p>
        </li>
    }
    .into_any()
}

fn close(live: Live) -> AnyView {
    let api = expect_context::<Ports>().api;
    let reason = expect_context::<SignedIn>().not_admin();
    let (asking, deed) = (RwSignal::new(false), Deed::new());
    let is_open = move || live.thread.with(|thread| thread.as_ref().is_some_and(|one| !one.summary.closed));
    let yes = move |()| {
        let (Some(id), api) = (live.open.get_untracked(), Arc::clone(&api)) else { return };
        deed.run(async move {
            ask(api, CloseConversation { id: id.clone() }, ()).await?;
            live.refresh(id);
            Ok(())
        });
    };
    view! {
        {move || is_open().then(|| view! { <Button label="Close conversation" reason busy=deed.busy on_press=move |()| asking.set(true) /> })}
        {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
        <Confirm
            id="close-conversation"
            title="Close this conversation?"
            open=asking
            text="Neither side can add to it any more. The visitor sees that it is closed, and can begin a new one."
            verb="Close conversation"
            on_yes=yes
        />
    }
    .into_any()
}
