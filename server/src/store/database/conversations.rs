use async_trait::async_trait;
use domain::api::conversations::ConversationSummary;
use domain::api::widget::{Author, Message, Org};
use domain::id::{ConversationId, OrgId};
use domain::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};

use super::entity::{conversation, message, org};
use super::write::Write;
use super::{Database, StoreError};
use crate::store::{AddMessageError, Begin, ConversationRecord, Conversations, Writing, column};

/// How many messages a conversation may have before a visitor begins another one.
const MOST_MESSAGES: i64 = 5_000;

/// How much of a message the list shows, in characters.
const SNIPPET: usize = 120;

#[async_trait]
impl Conversations for Database {
    async fn begin_conversation(&self, begin: &Begin) -> Result<(ConversationRecord, bool), StoreError> {
        let transaction = self.write().await?;
        let same = conversation::Entity::find()
            .filter(conversation::Column::OrgId.eq(begin.org.as_str()))
            .filter(conversation::Column::BeginKeySha256.eq(column(&begin.begin_key)));
        if let Some(row) = same.one(&transaction).await? {
            return Ok((record(row)?, false));
        }
        conversation::Entity::insert(row(begin)).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        let begun = ConversationRecord {
            id: begin.id.clone(),
            org: begin.org.clone(),
            salt: begin.salt.clone(),
            visitor_key: column(&begin.visitor_key),
            created_at: begin.at,
            messages: 0,
            closed: false,
        };
        Ok((begun, true))
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Option<ConversationRecord>, StoreError> {
        conversation::Entity::find_by_id(id.as_str()).one(&self.connection).await?.map(record).transpose()
    }

    async fn add_message(&self, writing: &Writing) -> Result<Message, AddMessageError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        let found = conversation::Entity::find_by_id(writing.conversation.as_str()).one(&transaction).await;
        let row = found.map_err(StoreError::from)?.ok_or(AddMessageError::Unknown)?;
        if let Some(before) = sent_before(&transaction, writing).await? {
            return if before.text == writing.text { Ok(before) } else { Err(AddMessageError::OtherText) };
        }
        if row.closed_at.is_some() {
            return Err(AddMessageError::Closed);
        }
        if row.messages >= MOST_MESSAGES && writing.from == Author::Visitor {
            return Err(AddMessageError::Full);
        }
        let message = append(&transaction, &row, writing).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(message)
    }

    async fn messages(&self, id: &ConversationId, after: u64, most: u64) -> Result<Vec<Message>, StoreError> {
        let rows = message::Entity::find()
            .filter(message::Column::ConversationId.eq(id.as_str()))
            .filter(message::Column::Seq.gt(i64::try_from(after).unwrap_or(i64::MAX)))
            .order_by_asc(message::Column::Seq)
            .limit(most)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(read).collect()
    }

    async fn conversations(&self, most: u64) -> Result<Vec<ConversationSummary>, StoreError> {
        let rows = conversation::Entity::find()
            .filter(conversation::Column::Messages.gt(0))
            .order_by_desc(conversation::Column::LastAt)
            .order_by_asc(conversation::Column::Id)
            .limit(most);
        self.summaries(rows).await
    }

    async fn conversation_summary(&self, id: &ConversationId) -> Result<Option<ConversationSummary>, StoreError> {
        Ok(self.summaries(conversation::Entity::find_by_id(id.as_str())).await?.pop())
    }

    async fn mark_read(&self, id: &ConversationId, seq: u64) -> Result<bool, StoreError> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let transaction = self.write().await?;
        let Some(row) = conversation::Entity::find_by_id(id.as_str()).one(&transaction).await? else {
            return Ok(false);
        };
        let read_to = Ord::max(Ord::min(seq, row.messages), row.read_to);
        let unread = message::Entity::find()
            .filter(message::Column::ConversationId.eq(id.as_str()))
            .filter(message::Column::Author.eq(name(Author::Visitor)))
            .filter(message::Column::Seq.gt(read_to))
            .count(&transaction)
            .await?;
        conversation::Entity::update_many()
            .col_expr(conversation::Column::ReadTo, Expr::value(read_to))
            .col_expr(conversation::Column::Unread, Expr::value(i64::try_from(unread).unwrap_or(i64::MAX)))
            .filter(conversation::Column::Id.eq(id.as_str()))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn close_conversation(&self, id: &ConversationId, now: Timestamp) -> Result<bool, StoreError> {
        if self.conversation(id).await?.is_none() {
            return Ok(false);
        }
        conversation::Entity::update_many()
            .col_expr(conversation::Column::ClosedAt, Expr::value(now.millis()))
            .filter(conversation::Column::Id.eq(id.as_str()).and(conversation::Column::ClosedAt.is_null()))
            .exec(&self.connection)
            .await?;
        Ok(true)
    }
}

impl Database {
    async fn summaries(&self, rows: Select<conversation::Entity>) -> Result<Vec<ConversationSummary>, StoreError> {
        let rows = rows.all(&self.connection).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.org_id.as_str()).collect();
        let orgs = org::Entity::find().filter(org::Column::Id.is_in(ids)).all(&self.connection).await?;
        rows.into_iter().map(|row| summary(row, &orgs)).collect()
    }
}

async fn sent_before(transaction: &Write, writing: &Writing) -> Result<Option<Message>, StoreError> {
    let same = message::Entity::find()
        .filter(message::Column::ConversationId.eq(writing.conversation.as_str()))
        .filter(message::Column::Author.eq(name(writing.from)))
        .filter(message::Column::ClientId.eq(writing.client_id.as_str()));
    same.one(transaction).await?.map(read).transpose()
}

async fn append(transaction: &Write, row: &conversation::Model, writing: &Writing) -> Result<Message, StoreError> {
    use conversation::Column;
    let seq = row.messages + 1;
    let new = message::ActiveModel {
        conversation_id: Set(row.id.clone()),
        seq: Set(seq),
        author: Set(name(writing.from).to_owned()),
        client_id: Set(writing.client_id.clone()),
        text: Set(writing.text.clone()),
        sent_at: Set(writing.at.millis()),
    };
    message::Entity::insert(new).exec_without_returning(transaction).await?;
    let unread = row.unread + i64::from(writing.from == Author::Visitor);
    conversation::Entity::update_many()
        .col_expr(Column::Messages, Expr::value(seq))
        .col_expr(Column::LastAt, Expr::value(writing.at.millis()))
        .col_expr(Column::LastFrom, Expr::value(name(writing.from)))
        .col_expr(Column::Snippet, Expr::value(snippet(&writing.text)))
        .col_expr(Column::Unread, Expr::value(unread))
        .filter(Column::Id.eq(row.id.as_str()))
        .exec(transaction)
        .await?;
    Ok(Message {
        seq: number(seq)?,
        from: writing.from,
        text: writing.text.clone(),
        sent_at: writing.at,
        client_id: writing.client_id.clone(),
    })
}

const UNREADABLE: StoreError = StoreError::Unreadable("conversations");

fn number(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| UNREADABLE)
}

const fn name(author: Author) -> &'static str {
    match author {
        Author::Visitor => "visitor",
        Author::Staff => "staff",
    }
}

fn author(name: &str) -> Result<Author, StoreError> {
    [Author::Visitor, Author::Staff].into_iter().find(|author| self::name(*author) == name).ok_or(UNREADABLE)
}

/// The first characters of a message, in one line.
fn snippet(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SNIPPET {
        return line;
    }
    line.chars().take(SNIPPET - 1).chain(['…']).collect()
}

fn row(begin: &Begin) -> conversation::ActiveModel {
    conversation::ActiveModel {
        id: Set(begin.id.to_string()),
        org_id: Set(begin.org.to_string()),
        begin_key_sha256: Set(column(&begin.begin_key)),
        salt: Set(begin.salt.clone()),
        visitor_key_sha256: Set(column(&begin.visitor_key)),
        created_at: Set(begin.at.millis()),
        last_at: Set(begin.at.millis()),
        last_from: Set(None),
        snippet: Set(String::new()),
        messages: Set(0),
        read_to: Set(0),
        unread: Set(0),
        closed_at: Set(None),
    }
}

fn record(row: conversation::Model) -> Result<ConversationRecord, StoreError> {
    Ok(ConversationRecord {
        id: ConversationId::new(row.id),
        org: OrgId::new(row.org_id),
        salt: row.salt,
        visitor_key: row.visitor_key_sha256,
        created_at: Timestamp::from_millis(row.created_at),
        messages: number(row.messages)?,
        closed: row.closed_at.is_some(),
    })
}

fn read(row: message::Model) -> Result<Message, StoreError> {
    Ok(Message {
        seq: number(row.seq)?,
        from: author(&row.author)?,
        text: row.text,
        sent_at: Timestamp::from_millis(row.sent_at),
        client_id: row.client_id,
    })
}

fn summary(row: conversation::Model, orgs: &[org::Model]) -> Result<ConversationSummary, StoreError> {
    let name = orgs.iter().find(|org| org.id == row.org_id).map(|org| org.name.clone());
    Ok(ConversationSummary {
        id: ConversationId::new(row.id),
        org: Org { id: OrgId::new(row.org_id), name: name.ok_or(UNREADABLE)? },
        created_at: Timestamp::from_millis(row.created_at),
        last_at: Timestamp::from_millis(row.last_at),
        last_from: row.last_from.as_deref().map(author).transpose()?,
        snippet: row.snippet,
        messages: number(row.messages)?,
        unread: number(row.unread)?,
        closed: row.closed_at.is_some(),
    })
}
