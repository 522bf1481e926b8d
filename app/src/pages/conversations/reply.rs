use std::sync::Arc;

use domain::api::conversations::ReplyToVisitor;
use domain::api::widget::NewMessage;
use domain::api::{Code, Problem};
use domain::org::check_message;
use leptos::prelude::*;

use super::live::Live;
use crate::Ports;
use crate::ask::{Deed, ask};
use crate::components::{Button, Look, ProblemBox, said};
use crate::session::SignedIn;

/// The form to reply with. A reply that may have arrived is sent again under the same id, so that it is stored once.
pub(super) fn reply(live: Live) -> AnyView {
    let Ports { api, desk, .. } = expect_context::<Ports>();
    let reason = expect_context::<SignedIn>().not_admin();
    let (text, deed) = (RwSignal::new(String::new()), Deed::new());
    let sent = StoredValue::new(None::<NewMessage>);
    let send = move || {
        let Some(id) = live.open.get_untracked() else { return };
        let (api, random) = (Arc::clone(&api), Arc::clone(&desk.random));
        deed.run(async move {
            let words = text.get_untracked();
            check_message(&words).map_err(|message| Problem::new(Code::InvalidFields).with_error("text", message))?;
            let same = sent.get_value().filter(|message| message.text == words);
            let message = same.unwrap_or_else(|| NewMessage { text: words, client_id: format!("{:032x}", random()) });
            sent.set_value(Some(message.clone()));
            let said = message.text.clone();
            ask(api, ReplyToVisitor { id: id.clone() }, message).await?;
            sent.try_set_value(None);
            // Whoever goes on writing meanwhile keeps it.
            if text.try_get_untracked().is_some_and(|now| now == said) {
                text.try_set(String::new());
            }
            live.refresh(id);
            Ok(())
        });
    };
    let by_key = send.clone();
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            by_key();
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let other = move || deed.problem.get().filter(|problem| problem.errors.is_empty());
    view! {
        <form class="form" on:submit=submit>
            {move || other().map(|problem| view! { <ProblemBox problem /> })}
            <div class="field">
                <label for="reply">"Reply"</label>
                <textarea
                    id="reply"
                    rows="3"
                    aria-describedby="reply-hint reply-notes"
                    disabled=move || reason.with(Option::is_some)
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=keydown
                ></textarea>
                <p class="hint" id="reply-hint">"Ctrl and Enter sends it too"</p>
                <div class="notes" id="reply-notes" aria-live="polite">{said(deed.notes("text"))}</div>
            </div>
            <div class="actions">
                <Button label="Send reply" look=Look::Primary submit=true reason busy=deed.busy busy_words="Sending…" />
            </div>
        </form>
    }
    .into_any()
}
