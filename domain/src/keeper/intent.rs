use serde::{Deserialize, Serialize};

use super::Failure;
use crate::id::{IntentId, TabId};
use crate::time::Timestamp;
use crate::token::Shared;

/// A renewal begun: durable before the request leaves, so that a tab closed in between costs nothing. Whoever holds the
/// lock next repeats the request under the same id, and our server answers with the same result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Travels as `Idempotency-Key`.
    pub id: IntentId,
    /// The generation the new token will have.
    pub generation: u64,
    /// The sign-out epoch it began in.
    pub epoch: u64,
    /// The tab that began it.
    pub tab: TabId,
    /// When it began, by this browser's clock.
    pub started_at: Timestamp,
    /// How many attempts failed since the last token, under this id and those before it.
    pub attempt: u32,
    /// How the newest attempt failed, for all tabs to keep to: with `Retry` nobody asks before its time; with `Person`
    /// nobody asks until a person changed something or asked again. `None` while an attempt runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What the tabs share, this attempt included.
    #[serde(default, skip_serializing_if = "Shared::is_empty", deserialize_with = "Shared::readable")]
    pub shared: Shared,
}
