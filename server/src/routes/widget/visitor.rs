//! The visitor's side of a conversation: its key, and what they write.

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use domain::api::org::OrgKey;
use domain::api::widget::{Author, NewMessage, VISITOR_KEY_HEADER};
use domain::api::{Code, Endpoint, Problem};
use domain::id::{ConversationId, OrgId};
use domain::org::{check_message, is_client_id};
use domain::secret::Secret;
use domain::time::{Span, Timestamp};

use super::super::asked::Asked;
use super::super::idempotency;
use crate::digest::Digest;
use crate::state::AppState;
use crate::store::{AddMessageError, Begin, ConversationRecord, Writing};

/// How long a conversation's beginning may be repeated.
const REPEATED_FOR: Span = Span::from_seconds(86_400);

/// The least characters of a key that a conversation is begun with: nobody may guess it.
const LEAST: usize = 16;

/// The `Idempotency-Key` a conversation is begun with.
///
/// # Errors
///
/// [`Code::InvalidIdempotencyKey`] when there is none or it is too short.
pub(super) fn begin_key(headers: &HeaderMap) -> Result<Secret, Problem> {
    let key = idempotency::key(headers)?.filter(|key| key.len() >= LEAST);
    let detail = "A conversation is begun with an Idempotency-Key of 16 characters or more; a random UUID is best.";
    key.map(Secret::new).ok_or_else(|| Problem::new(Code::InvalidIdempotencyKey).with_detail(detail))
}

/// A conversation about to begin.
pub(super) fn begin(state: &AppState, org: &OrgKey, begin_key: &Secret) -> Begin {
    let salt = format!("{:032x}", state.entropy.bits());
    Begin {
        id: ConversationId::from_random(state.entropy.bits()),
        org: org.id.clone(),
        begin_key: Digest::of(begin_key),
        visitor_key: Digest::of(&key(begin_key, &org.id, &salt)),
        salt,
        at: state.clock.now(),
    }
}

/// The visitor key: a code of the conversation's own random number under the key it was begun with (HMAC-SHA-256, RFC
/// 2104). So a repeat gets it again, and the database, which has only digests of both keys, can't make it.
pub(super) fn key(begin_key: &Secret, org: &OrgId, salt: &str) -> Secret {
    let key = hmac::Key::new(hmac::HMAC_SHA256, begin_key.expose().as_bytes());
    let tag = hmac::sign(&key, format!("visitor key/{org}/{salt}").as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    Secret::new(Digest::from_bytes(bytes).hex())
}

/// A repeat is answered for a day; later the key may have been found where it was kept.
///
/// # Errors
///
/// [`Code::KeyReused`].
pub(super) fn check_repeat(begun: &ConversationRecord, now: Timestamp) -> Result<(), Problem> {
    if now.since(begun.created_at) < REPEATED_FOR { Ok(()) } else { Err(Problem::new(Code::KeyReused)) }
}

/// The conversation, if it is this organization's and the visitor has its key; whatever is wrong looks the same.
///
/// # Errors
///
/// [`Code::ConversationUnknown`].
pub(super) async fn conversation<E: Endpoint>(
    asked: &Asked<E>,
    org: &OrgKey,
    id: &ConversationId,
) -> Result<ConversationRecord, Problem> {
    let given = asked.headers.get(VISITOR_KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let digest = Digest::of_text(given).hex();
    let found = asked.state.store.conversation(id).await?;
    // Digests may be compared as they are: how far two agree tells nothing of the keys.
    let own = found.filter(|found| found.org == org.id && found.visitor_key == digest);
    own.ok_or_else(|| Problem::new(Code::ConversationUnknown))
}

/// A message about to be written, by either side.
///
/// # Errors
///
/// [`Code::InvalidFields`] names what is wrong with it; [`Code::InvalidIdempotencyKey`] when it says another id.
pub fn writing(
    headers: &HeaderMap,
    conversation: &ConversationId,
    from: Author,
    new: &NewMessage,
    at: Timestamp,
) -> Result<Writing, Problem> {
    let mut problem = Problem::new(Code::InvalidFields);
    if let Err(message) = check_message(&new.text) {
        problem = problem.with_error("text", message);
    }
    if !is_client_id(&new.client_id) {
        problem = problem.with_error("client_id", "It must be 8 to 64 of A-Z a-z 0-9 _ -; a UUID is best.");
    }
    if !problem.errors.is_empty() {
        return Err(problem);
    }
    if idempotency::key(headers)?.is_some_and(|key| key != new.client_id) {
        let detail = "The Idempotency-Key of a message must be its client_id.";
        return Err(Problem::new(Code::InvalidIdempotencyKey).with_detail(detail));
    }
    let (client_id, text) = (new.client_id.clone(), new.text.clone());
    Ok(Writing { conversation: conversation.clone(), from, client_id, text, at })
}

/// Why a message was not written.
pub fn refused(error: AddMessageError) -> Problem {
    match error {
        AddMessageError::Unknown => Problem::new(Code::ConversationUnknown),
        AddMessageError::Closed => Problem::new(Code::ConversationClosed),
        AddMessageError::Full => Problem::new(Code::ConversationClosed)
            .with_detail("The conversation has as many messages as one may have. Begin a new one to write again."),
        AddMessageError::OtherText => Problem::new(Code::KeyReused),
        AddMessageError::Store(error) => error.into(),
    }
}
