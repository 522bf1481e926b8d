//! What an embedding page asks: the bootloader, and the conversation on top of its org token.
//!
//! # Origins
//!
//! A browser says with `Origin` where a page is from. The bootloader gives a token only to the exact origins of the org
//! key; the token names the origin it was issued to, and works from there only, and only while the key still allows it. A
//! request without `Origin` comes from no other site's page (browsers always name it there): it is from this server's own
//! origin, or from a program that could say anything. It is answered, and its token works without `Origin` only. This
//! server's own origin counts as none. `null` is never allowed.
//!
//! # CORS
//!
//! `Access-Control-Allow-Origin` is the page's own origin, never `*`, and there is no credentials mode: send no cookies.
//! A preflight is answered for origins that some org key names, with the headers of [`ALLOWED_HEADERS`]; those of
//! [`EXPOSED_HEADERS`] can be read. Problems can be read by those origins too (a 429 by any), so that a page learns that its
//! key was revoked. An origin no key names reads nothing: its `fetch` fails as if the network did.
//!
//! # Problems
//!
//! `application/problem+json` with a `code`, always. What a page does next is in the status: **401** (`org_token_missing`,
//! `org_token_invalid`, `org_token_expired`): get a new token once, and repeat. **403** (`origin_not_allowed`,
//! `org_key_revoked`) and **404**: never renew; it is final. **409**: `still_running` and `conversation_closed`. **413, 422**:
//! the body is wrong. **429**: wait for `Retry-After` seconds (also `retry_after` in the body). **5xx** and no answer: try
//! again with growing pauses.

use serde::{Deserialize, Serialize};

use super::route;
use crate::id::{ConversationId, OrgId};
use crate::secret::Secret;
use crate::time::Timestamp;

/// The header with the org key: `window.TOKENKEEP_ORG_KEY`.
pub const ORG_KEY_HEADER: &str = "x-org-key";

/// The header with the site id (the organization's identifier), which outlives rotations of the key:
/// `window.TOKENKEEP_SITE_ID`. If both headers come they must name the same organization.
pub const SITE_ID_HEADER: &str = "x-site-id";

/// The header with a conversation's visitor key.
pub const VISITOR_KEY_HEADER: &str = "x-visitor-key";

/// The headers a page of another origin may send.
pub const ALLOWED_HEADERS: &str = "x-org-key, x-site-id, x-visitor-key, authorization, content-type, idempotency-key";

/// The headers a page of another origin may read, beside those it always may.
pub const EXPOSED_HEADERS: &str = "retry-after, date, x-request-id";

/// Where the public keys of org tokens are published (RFC 7517 §5); any origin may read them.
pub const JWKS_PATH: &str = "/.well-known/jwks.json";

/// How long a request for messages may wait for one, in seconds.
pub const MOST_WAIT_SECONDS: u64 = 25;

/// How many messages an answer has at most; ask again with the last one's `seq` for the rest.
pub const MOST_MESSAGES: u64 = 200;

/// What the bootloader gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Boot {
    /// The organization.
    pub org: Org,
    /// Moves with every change of the organization's settings.
    pub config_version: u64,
    /// The org token: a JWT (RFC 7519) signed with ES256, with `kid`, and the claims `iss`, `sub` (the organization's
    /// id), `aud`, `iat`, `exp`, `jti` and, if one was named, `origin`. Send it as `Authorization: Bearer`.
    pub org_token: Secret,
    /// How many seconds it lives from now: `exp - iat`. Count from the receipt, not by the page's clock.
    pub expires_in: u32,
    /// How the widget looks and behaves.
    pub config: WidgetConfig,
}

/// An organization, as its pages know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Org {
    /// Its identifier: the site id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
}

/// How the widget looks and behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WidgetConfig {
    /// The title of the conversation's window, 1 to 60 characters.
    pub title: String,
    /// What stands there before the first message, up to 300 characters; may be empty.
    pub greeting: String,
    /// The token is renewed when it has this long to live, in seconds: 5 to 30, and 15 unless there is a reason. Never
    /// more than half its life.
    pub buffer_seconds: u32,
    /// The same as a share of its life, in percent: 0 to 25, and 5 unless there is a reason, so that with a life of 300 s both
    /// come to 15 s. The larger of the two holds.
    pub buffer_percent: u32,
    /// How long the notice of a trouble stands, in seconds: 2 to 5.
    pub error_clear_seconds: u32,
}

impl Default for WidgetConfig {
    fn default() -> Self {
        Self {
            title: "Chat with us".to_owned(),
            greeting: "Write to us; we answer here.".to_owned(),
            buffer_seconds: 15,
            buffer_percent: 5,
            error_clear_seconds: 3,
        }
    }
}

/// A new conversation. Begin it with an `Idempotency-Key` (required here): of 16 to 255 visible ASCII characters, random, and
/// kept like the visitor key, because a repeat with it within a day gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewConversation {
    /// Its identifier.
    pub id: ConversationId,
    /// What lets the visitor in again, as `x-visitor-key`: 64 hexadecimal digits. The server keeps only its digest.
    pub visitor_key: Secret,
    /// Its messages: none yet, or, in a repeat, those it has.
    pub messages: Vec<Message>,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Author {
    /// The visitor of the embedding page.
    Visitor,
    /// An admin.
    Staff,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its place in the conversation: 1, 2, 3, without gaps.
    pub seq: u64,
    /// Who wrote it.
    pub from: Author,
    /// The text.
    pub text: String,
    /// When the server took it, in milliseconds since 1970.
    pub sent_at: Timestamp,
    /// The id its sender gave it.
    pub client_id: String,
}

/// A message to be sent. A repeat with the same `client_id` is the same message, for as long as the conversation lasts: it is
/// answered with what was stored the first time. With another text it is refused (`key_reused`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMessage {
    /// The text: 1 to 4,000 characters, not only blanks.
    pub text: String,
    /// 8 to 64 of `A-Z a-z 0-9 _ -`; a UUID is best. If an `Idempotency-Key` is sent, it must be the same text.
    pub client_id: String,
}

/// Messages after a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Messages {
    /// In order; 200 at most.
    pub messages: Vec<Message>,
    /// Whether the conversation is closed: nothing can be added.
    pub closed: bool,
}

route!("Exchanges an org key, from an origin it allows, for an org token.", Bootloader, Get "/api/bootloader", Public, () => Boot);
route!("Begins a conversation.", BeginConversation, Post "/api/v1/widget/conversations", OrgToken, () => NewConversation);
route!("Sends a visitor's message, once over repeats.", SendMessage { id: ConversationId }, Post "/api/v1/widget/conversations/{id}/messages", OrgToken, NewMessage => Message);
// With `?after=<seq>&wait=<0..25>`: waits that many seconds for a message after `seq`, or until the conversation is closed.
// An empty answer may come earlier than asked when the server is busy: leave a second between two such requests.
route!("The messages after a place, waiting for one if asked to.", ReadMessages { id: ConversationId }, Get "/api/v1/widget/conversations/{id}", OrgToken, () => Messages);
