use async_trait::async_trait;
use domain::api::conversations::ConversationSummary;
use domain::api::widget::{Author, Message};
use domain::id::{ConversationId, OrgId};
use domain::time::Timestamp;

use super::StoreError;
use crate::digest::Digest;

/// A conversation about to begin.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Its identifier.
    pub id: ConversationId,
    /// Whose page it is on.
    pub org: OrgId,
    /// The digest of the key it is begun with: a repeat finds it again.
    pub begin_key: Digest,
    /// What the visitor key is derived with, beside that key.
    pub salt: String,
    /// The digest of the visitor key.
    pub visitor_key: Digest,
    /// When it begins.
    pub at: Timestamp,
}

/// A conversation, as far as routes need to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRecord {
    /// Its identifier.
    pub id: ConversationId,
    /// Whose page it is on.
    pub org: OrgId,
    /// What the visitor key is derived with.
    pub salt: String,
    /// The digest of the visitor key, in hexadecimal digits.
    pub visitor_key: String,
    /// When it began.
    pub created_at: Timestamp,
    /// How many messages it has: the last one's place.
    pub messages: u64,
    /// Whether it is closed.
    pub closed: bool,
}

/// A message about to be written.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Into which conversation.
    pub conversation: ConversationId,
    /// By whom.
    pub from: Author,
    /// Its sender's id for it; the same one by the same side is the same message.
    pub client_id: String,
    /// The text.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Why a message could not be written.
#[derive(Debug, thiserror::Error)]
pub enum AddMessageError {
    /// Nothing has this identifier.
    #[error("there is no such conversation")]
    Unknown,
    /// It is closed.
    #[error("the conversation is closed")]
    Closed,
    /// It has as many messages as a conversation may have.
    #[error("the conversation is full")]
    Full,
    /// The id was used for another text.
    #[error("the id was used for another message")]
    OtherText,
    /// The store failed.
    #[error("the message could not be written")]
    Store(#[from] StoreError),
}

/// Conversations and their messages.
#[async_trait]
pub trait Conversations {
    /// Begins one, or gives the one the organization's same key has begun, with whether it is new.
    async fn begin_conversation(&self, begin: &Begin) -> Result<(ConversationRecord, bool), StoreError>;

    /// One of them.
    async fn conversation(&self, id: &ConversationId) -> Result<Option<ConversationRecord>, StoreError>;

    /// Writes a message at the conversation's end; a repeat gives the one written first, also when it was closed since.
    async fn add_message(&self, writing: &Writing) -> Result<Message, AddMessageError>;

    /// The messages after a place, in order.
    async fn messages(&self, id: &ConversationId, after: u64, most: u64) -> Result<Vec<Message>, StoreError>;

    /// The latest conversations that have a message, newest message first.
    async fn conversations(&self, most: u64) -> Result<Vec<ConversationSummary>, StoreError>;

    /// One of them, as admins see it.
    async fn conversation_summary(&self, id: &ConversationId) -> Result<Option<ConversationSummary>, StoreError>;

    /// Marks messages up to a place as read; whether there is such a conversation.
    async fn mark_read(&self, id: &ConversationId, seq: u64) -> Result<bool, StoreError>;

    /// Closes one; whether there is such a conversation.
    async fn close_conversation(&self, id: &ConversationId, now: Timestamp) -> Result<bool, StoreError>;
}
