//! Conversations with visitors: for admins (and, reading, auditors). The visitor's side stands in [`super::widget`].

use serde::{Deserialize, Serialize};

use super::route;
use super::widget::{Author, Message, NewMessage, Org};
use crate::id::ConversationId;
use crate::time::Timestamp;

/// How many conversations the list has at most: the latest.
pub const MOST_CONVERSATIONS: u64 = 200;

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationSummary {
    /// Its identifier.
    pub id: ConversationId,
    /// The organization whose page it began on.
    pub org: Org,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last message came, or it began.
    pub last_at: Timestamp,
    /// Who wrote the last message; `None` before the first.
    pub last_from: Option<Author>,
    /// The last message's first 120 characters.
    pub snippet: String,
    /// How many messages it has.
    pub messages: u64,
    /// How many of the visitor's messages no admin has seen.
    pub unread: u64,
    /// Whether it is closed.
    pub closed: bool,
}

/// The latest conversations, newest message first. Ask again with `?seen=<revision>&wait=<0..25>` to wait for a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationList {
    /// Stands for what is listed here: another one means that something changed.
    pub revision: String,
    /// The conversations.
    pub conversations: Vec<ConversationSummary>,
}

/// One conversation with its messages after a place: `?after=<seq>&wait=<0..25>`, as for the visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// The conversation.
    pub summary: ConversationSummary,
    /// Its messages, in order; 200 at most.
    pub messages: Vec<Message>,
}

/// How far an admin has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadMark {
    /// The last message seen; an earlier one than already marked changes nothing.
    pub seq: u64,
}

route!("The latest conversations, waiting for a change if asked to.", Conversations, Get "/api/v1/conversations", Auditing, () => ConversationList);
route!("One conversation's messages after a place, waiting for one if asked to.", OpenConversation { id: ConversationId }, Get "/api/v1/conversations/{id}", Auditing, () => Conversation);
route!("Sends a reply, once over repeats.", ReplyToVisitor { id: ConversationId }, Post "/api/v1/conversations/{id}/messages", Admin, NewMessage => Message);
route!("Marks a conversation's messages as read, for all admins.", MarkRead { id: ConversationId }, Post "/api/v1/conversations/{id}/read", Admin, ReadMark => ());
route!("Closes a conversation: nothing can be added.", CloseConversation { id: ConversationId }, Post "/api/v1/conversations/{id}/closure", Admin, () => ());
