//! What embedding pages ask: the bootloader, and conversations with an org token. See `domain::api::widget`.

mod embedding;
mod visitor;

use domain::api::org::OrgKey;
use domain::api::widget::{
    BeginConversation, Boot, Bootloader, MOST_MESSAGES, Message, Messages, NewConversation, ORG_KEY_HEADER, Org,
    ReadMessages, SITE_ID_HEADER, SendMessage,
};
use domain::api::{Code, Problem};
use domain::id::OrgId;

use super::asked::{Asked, Reply};
use super::waiting::{Looking, Seen, wait_for};
use crate::problem::wait;
use crate::sign_in::Page;
use crate::state::AppState;
use crate::store::ConversationRecord;

pub(super) use visitor::{refused, writing};

/// Exchanges an org key for an org token.
pub async fn bootloader(asked: Asked<Bootloader>) -> Result<Reply<Boot>, Problem> {
    let (state, address) = (&asked.state, asked.browser.address);
    let found = named_org(&asked).await?;
    // Guesses at keys are counted together.
    let counted = found.as_ref().map_or_else(|| OrgId::new(""), |org| org.id.clone());
    state.limiter.count_boot(&counted, address).map_err(wait)?;
    let living = found.filter(|org| org.revoked_at.is_none());
    let org = living.ok_or_else(|| Problem::new(Code::OrgKeyUnknown))?;
    embedding::check_origin(&org, &asked.browser.page)?;
    let token = state.org_tokens.issue(&org, asked.browser.page.origin()).await?;
    Ok(Boot {
        org: Org { id: org.id, name: org.name },
        config_version: org.config_version,
        org_token: token,
        expires_in: org.lifetime_seconds,
        config: org.widget,
    }
    .into())
}

/// The organization the headers name, revoked or not; `None` when there is none, or when they name two.
async fn named_org(asked: &Asked<Bootloader>) -> Result<Option<OrgKey>, Problem> {
    let header = |name: &str| asked.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let (store, now) = (&asked.state.store, asked.state.clock.now());
    match (header(ORG_KEY_HEADER), header(SITE_ID_HEADER)) {
        (None, None) => Err(Problem::new(Code::OrgKeyMissing)),
        (Some(key), None) => Ok(store.org_of_key(key, now).await?),
        (None, Some(id)) => Ok(store.org(&OrgId::new(id), now).await?),
        (Some(key), Some(id)) => Ok(store.org_of_key(key, now).await?.filter(|org| org.id.as_str() == id)),
    }
}

/// Begins a conversation.
pub async fn begin_conversation(asked: Asked<BeginConversation>) -> Result<Reply<NewConversation>, Problem> {
    let org = embedding::org(&asked).await?;
    let state = &asked.state;
    let begin_key = visitor::begin_key(&asked.headers)?;
    state.limiter.count_conversation(&org.id, asked.browser.address).map_err(wait)?;
    let begin = visitor::begin(state, &org, &begin_key);
    let (begun, is_new) = state.store.begin_conversation(&begin).await?;
    if !is_new {
        visitor::check_repeat(&begun, state.clock.now())?;
    }
    let messages = if is_new { Vec::new() } else { state.store.messages(&begun.id, 0, MOST_MESSAGES).await? };
    let visitor_key = visitor::key(&begin_key, &org.id, &begun.salt);
    Ok(NewConversation { id: begun.id, visitor_key, messages }.into())
}

/// Sends a visitor's message.
pub async fn send_message(asked: Asked<SendMessage>) -> Result<Reply<Message>, Problem> {
    let org = embedding::org(&asked).await?;
    let conversation = visitor::conversation(&asked, &org, &asked.endpoint.id).await?;
    let state = &asked.state;
    state.limiter.count_visitor_message(&conversation.id).map_err(wait)?;
    let from = domain::api::widget::Author::Visitor;
    let writing = visitor::writing(&asked.headers, &conversation.id, from, &asked.body, state.clock.now())?;
    let message = state.store.add_message(&writing).await.map_err(refused)?;
    state.changes.tell(&conversation.id);
    Ok(message.into())
}

/// The messages after a place.
pub async fn read_messages(asked: Asked<ReadMessages>) -> Result<Reply<Messages>, Problem> {
    let org = embedding::org(&asked).await?;
    let conversation = visitor::conversation(&asked, &org, &asked.endpoint.id).await?;
    let (after, seconds) = (asked.number("after")?, asked.number("wait")?);
    let (state, id) = (&asked.state, &conversation.id);
    let look = || -> Looking<'_, Messages> { Box::pin(look(state, &conversation, after)) };
    Ok(wait_for(state, Some(id), seconds, look).await?.into())
}

async fn look(state: &AppState, conversation: &ConversationRecord, after: u64) -> Result<Seen<Messages>, Problem> {
    let unknown = || Problem::new(Code::ConversationUnknown);
    let messages = state.store.messages(&conversation.id, after, MOST_MESSAGES).await?;
    let closed = state.store.conversation(&conversation.id).await?.ok_or_else(unknown)?.closed;
    let is_news = closed || !messages.is_empty();
    let found = Messages { messages, closed };
    Ok(if is_news { Seen::News(found) } else { Seen::Nothing(found) })
}

/// Whether a page may ask as this organization's.
fn allows(org: &OrgKey, page: &Page) -> bool {
    match page {
        Page::Ours => true,
        Page::Foreign(origin) => org.origins.contains(origin),
        Page::Opaque => false,
    }
}
