//! Conversations as admins see them. The visitor's side is in `widget`.

use domain::api::conversations::{
    CloseConversation, Conversation, ConversationList, ConversationSummary, Conversations, MOST_CONVERSATIONS,
    MarkRead, OpenConversation, ReplyToVisitor,
};
use domain::api::widget::{Author, MOST_MESSAGES, Message};
use domain::api::{Code, Problem};

use super::asked::{Asked, Reply};
use super::waiting::{Looking, Seen, wait_for};
use super::widget::{refused, writing};
use crate::digest::Digest;
use crate::state::AppState;

/// The latest conversations; waits for a change of those that were seen.
pub async fn conversations(asked: Asked<Conversations>) -> Result<Reply<ConversationList>, Problem> {
    let (seen, seconds) = (asked.text("seen").unwrap_or_default(), asked.number("wait")?);
    let (state, seen) = (&asked.state, seen.as_str());
    let look = || -> Looking<'_, ConversationList> { Box::pin(look_at_all(state, seen)) };
    Ok(wait_for(state, None, seconds, look).await?.into())
}

async fn look_at_all(state: &AppState, seen: &str) -> Result<Seen<ConversationList>, Problem> {
    let conversations = state.store.conversations(MOST_CONVERSATIONS).await?;
    let revision = revision(&conversations)?;
    let is_news = revision != seen;
    let list = ConversationList { revision, conversations };
    Ok(if is_news { Seen::News(list) } else { Seen::Nothing(list) })
}

/// Stands for what a list says: a digest, so that no node needs to count.
fn revision(conversations: &[ConversationSummary]) -> Result<String, Problem> {
    let text = serde_json::to_string(conversations).map_err(|_| Problem::new(Code::Internal))?;
    Ok(Digest::of_text(&text).hex()[..16].to_owned())
}

/// One conversation; waits for messages after the place that was seen.
pub async fn open_conversation(asked: Asked<OpenConversation>) -> Result<Reply<Conversation>, Problem> {
    let (after, seconds) = (asked.number("after")?, asked.number("wait")?);
    let (state, id) = (&asked.state, &asked.endpoint.id);
    let was_closed = summary(&asked).await?.closed;
    let look = || -> Looking<'_, Conversation> {
        Box::pin(async {
            let messages = state.store.messages(id, after, MOST_MESSAGES).await?;
            let summary = summary(&asked).await?;
            let is_news = !messages.is_empty() || summary.closed != was_closed;
            let found = Conversation { summary, messages };
            Ok(if is_news { Seen::News(found) } else { Seen::Nothing(found) })
        })
    };
    Ok(wait_for(state, Some(id), seconds, look).await?.into())
}

async fn summary(asked: &Asked<OpenConversation>) -> Result<ConversationSummary, Problem> {
    let found = asked.state.store.conversation_summary(&asked.endpoint.id).await?;
    found.ok_or_else(|| Problem::new(Code::ConversationUnknown))
}

/// Sends a reply.
pub async fn reply(asked: Asked<ReplyToVisitor>) -> Result<Reply<Message>, Problem> {
    let (state, id) = (&asked.state, &asked.endpoint.id);
    let writing = writing(&asked.headers, id, Author::Staff, &asked.body, state.clock.now())?;
    let message = state.store.add_message(&writing).await.map_err(refused)?;
    state.changes.tell(id);
    tracing::info!(user = %asked.who()?.person.id, conversation = %id, "replied to a visitor");
    Ok(message.into())
}

/// Marks messages as read.
pub async fn mark_read(asked: Asked<MarkRead>) -> Result<Reply<()>, Problem> {
    let (state, id) = (&asked.state, &asked.endpoint.id);
    if !state.store.mark_read(id, asked.body.seq).await? {
        return Err(Problem::new(Code::ConversationUnknown));
    }
    state.changes.tell(id);
    Ok(().into())
}

/// Closes a conversation.
pub async fn close_conversation(asked: Asked<CloseConversation>) -> Result<Reply<()>, Problem> {
    let (state, id) = (&asked.state, &asked.endpoint.id);
    if !state.store.close_conversation(id, state.clock.now()).await? {
        return Err(Problem::new(Code::ConversationUnknown));
    }
    state.changes.tell(id);
    tracing::info!(user = %asked.who()?.person.id, conversation = %id, "closed a conversation");
    Ok(().into())
}
