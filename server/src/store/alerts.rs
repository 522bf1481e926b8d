use async_trait::async_trait;
use domain::audit::Entry;
use domain::audit::suspicion::{Alert, Watched};
use domain::id::AlertId;
use domain::time::Timestamp;

use super::StoreError;
use crate::digest::Digest;

/// One use of a token, as far as suspicion needs to know it.
#[derive(Clone, Debug)]
pub struct TokenUse {
    /// The digest of the token.
    pub token: Digest,
    /// Whose it is, and for what.
    pub watched: Watched,
    /// The person's name.
    pub username: String,
    /// From which address it was used.
    pub address: String,
    /// When.
    pub at: Timestamp,
}

/// Alerts, and what they are worked out of. Failures need no word of their own: the audit log counts them as it writes them.
#[async_trait]
pub trait Alerts {
    /// The alerts: those nobody has acknowledged first, the newest before older ones; so many at most.
    async fn alerts(&self, most: u64) -> Result<Vec<Alert>, StoreError>;

    /// How many nobody has acknowledged.
    async fn open_alerts(&self) -> Result<u64, StoreError>;

    /// Notes that an admin has seen one; `None` when there is none. One that was acknowledged before stays as it is.
    async fn acknowledge_alert(&self, id: &AlertId, note: &Entry) -> Result<Option<Alert>, StoreError>;

    /// Notes a use of a token; raises an alert when it is used from too many addresses at once.
    async fn note_token_use(&self, used: &TokenUse) -> Result<(), StoreError>;
}
