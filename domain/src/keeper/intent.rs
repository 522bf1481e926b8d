use serde::{Deserialize, Serialize};

use crate::id::{IntentId, TabId};
use crate::time::Timestamp;

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
    /// When it began.
    pub started_at: Timestamp,
    /// How often the request was repeated under this id.
    pub attempt: u32,
}
