use std::sync::Arc;
use std::time::Duration;

use domain::api::conversations::{
    Conversation, ConversationList, ConversationSummary, Conversations, MarkRead, OpenConversation, ReadMark,
};
use domain::api::widget::{MOST_MESSAGES, Message};
use domain::api::{Api, Code, Problem};
use domain::id::ConversationId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::Ports;
use crate::ask::ask_at;
use crate::dom;
use crate::session::SignedIn;

/// How long one request waits for news, in seconds. Short, because a page that is left can't take its request back.
const WAIT: u64 = 10;

/// The pauses after failures, in seconds.
const PAUSES: [u64; 5] = [1, 2, 5, 10, 30];

/// What the page knows, kept up with the server while the page is seen.
#[derive(Clone, Copy)]
pub(super) struct Live {
    /// The latest conversations; `None` until they are known.
    pub(super) list: RwSignal<Option<Vec<ConversationSummary>>>,
    /// Why the list is not kept up just now.
    pub(super) trouble: RwSignal<Option<Problem>>,
    /// The conversation that is open.
    pub(super) open: Memo<Option<ConversationId>>,
    /// What is known of it; of another one while it is being fetched.
    pub(super) thread: RwSignal<Option<Conversation>>,
    /// Why the open one could not be read.
    pub(super) unread: RwSignal<Option<Problem>>,
    /// Whether the person may mark as read.
    marks: Signal<bool>,
    api: StoredValue<Arc<dyn Api>>,
}

impl Live {
    /// Begins to keep up. Nothing is asked on the server: what visitors write is in no page's source.
    pub(super) fn begin(open: Memo<Option<ConversationId>>) -> Self {
        let signed_in = expect_context::<SignedIn>();
        let not_admin = signed_in.not_admin();
        let live = Self {
            list: RwSignal::new(None),
            trouble: RwSignal::new(None),
            open,
            thread: RwSignal::new(None),
            unread: RwSignal::new(None),
            marks: Signal::derive(move || signed_in.session.with(Option::is_some) && not_admin.with(Option::is_none)),
            api: StoredValue::new(expect_context::<Ports>().api),
        };
        Effect::new(move |_| spawn_local(live.keep_up()));
        // What is listed of the open one moves with each message, and when it is closed.
        let moved = Memo::new(move |_| {
            let id = open.get()?;
            let listed = live.list.with(|list| list.iter().flatten().find(|one| one.id == id).cloned());
            Some((id, listed.map(|one| (one.messages, one.closed))))
        });
        Effect::new(move |_| {
            if let Some((id, _)) = moved.get() {
                live.refresh(id);
            }
        });
        live
    }

    async fn keep_up(self) {
        let (mut seen, mut failures) = (String::new(), 0);
        loop {
            dom::until_visible().await;
            let Some(api) = self.api.try_get_value() else { return };
            match ask_at(api, Conversations, &format!("?seen={seen}&wait={WAIT}")).await {
                Ok(ConversationList { revision, conversations }) => {
                    failures = 0;
                    self.trouble.try_set(None);
                    if revision != seen {
                        self.list.try_set(Some(conversations));
                    }
                    seen = revision;
                }
                Err(problem) if problem.code == Code::NotAllowed => {
                    self.trouble.try_set(Some(problem));
                    return;
                }
                Err(problem) => {
                    let pause = PAUSES[failures.min(PAUSES.len() - 1)].max(problem.retry_after.unwrap_or(0));
                    failures += 1;
                    self.trouble.try_set(Some(problem));
                    dom::pause(Duration::from_secs(pause)).await;
                }
            }
        }
    }

    /// Reads what is new in the open conversation.
    pub(super) fn refresh(self, id: ConversationId) {
        spawn_local(async move {
            loop {
                let after = self.known_of(&id);
                let Some(api) = self.api.try_get_value() else { return };
                let answer = ask_at(api, OpenConversation { id: id.clone() }, &format!("?after={after}")).await;
                if self.open.try_get_untracked().flatten().as_ref() != Some(&id) {
                    return;
                }
                match answer {
                    Ok(found) => {
                        let is_all = (found.messages.len() as u64) < MOST_MESSAGES;
                        self.unread.try_set(None);
                        self.take(found);
                        if is_all {
                            return self.mark(&id);
                        }
                    }
                    Err(problem) => {
                        self.unread.try_set(Some(problem));
                        return;
                    }
                }
            }
        });
    }

    fn known_of(self, id: &ConversationId) -> u64 {
        let known = |thread: &Option<Conversation>| {
            let own = thread.as_ref().filter(|thread| thread.summary.id == *id)?;
            own.messages.last().map(|message| message.seq)
        };
        self.thread.try_with_untracked(known).flatten().unwrap_or(0)
    }

    fn take(self, found: Conversation) {
        self.thread.try_update(|thread| match thread {
            Some(thread) if thread.summary.id == found.summary.id => {
                thread.summary = found.summary;
                add(&mut thread.messages, found.messages);
            }
            _ => *thread = Some(found),
        });
    }

    /// Who sees the conversation has read it.
    fn mark(self, id: &ConversationId) {
        let unread = self.thread.try_with_untracked(|thread| thread.as_ref().is_some_and(|one| one.summary.unread > 0));
        let (Some(true), Some(true), Some(api)) = (unread, self.marks.try_get_untracked(), self.api.try_get_value())
        else {
            return;
        };
        let (id, mark) = (id.clone(), ReadMark { seq: self.known_of(id) });
        spawn_local(async move {
            // The list says so when it worked, and the next look tries again when it did not.
            let _ = crate::ask::ask(api, MarkRead { id }, mark).await;
        });
    }
}

/// Adds what is not there yet: two requests may have brought the same.
fn add(known: &mut Vec<Message>, new: Vec<Message>) {
    let last = known.last().map_or(0, |message| message.seq);
    known.extend(new.into_iter().filter(|message| message.seq > last));
}

#[cfg(test)]
mod tests {
    use domain::api::widget::Author;
    use domain::time::Timestamp;

    use super::*;

    fn message(seq: u64) -> Message {
        let (text, client_id) = (format!("text {seq}"), format!("id {seq}"));
        Message { seq, from: Author::Visitor, text, sent_at: Timestamp::default(), client_id }
    }

    #[test]
    fn a_message_that_came_twice_stands_there_once() {
        let mut known = vec![message(1), message(2)];
        add(&mut known, vec![message(2), message(3)]);
        assert_eq!(known, [message(1), message(2), message(3)]);
    }
}
