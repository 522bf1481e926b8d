use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::{HalfId, TenantId, UserId};
use domain::time::{Span, Timestamp};

use super::StoreError;

/// How many halves one person may have here: one for each browser with that level.
pub const MOST_HALVES: u64 = 100;

/// A half nobody asked for in so long makes room for a new one, where there is none.
pub const FORGOTTEN_AFTER: Span = Span::from_seconds(365 * 24 * 60 * 60);

/// A half of a vault's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfRecord {
    /// Its identifier.
    pub id: HalfId,
    /// Whose it is.
    pub user: UserId,
    /// The vault's tenant.
    pub tenant: TenantId,
    /// The half, sealed under the server's secret.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last released.
    pub released_at: Timestamp,
}

/// Why no half was kept.
#[derive(Debug, thiserror::Error)]
pub enum AddHalfError {
    /// The person has too many.
    #[error("the person has too many halves")]
    Full,
    /// The store failed.
    #[error("the half could not be kept")]
    Store(#[from] StoreError),
}

/// Halves of vaults' keys, each of one person. Nothing here reads or drops one of somebody else.
#[async_trait]
pub trait VaultHalves {
    /// Keeps a new one.
    async fn add_vault_half(&self, half: &HalfRecord, note: &Entry) -> Result<(), AddHalfError>;

    /// One of a person's, and notes that it was released.
    async fn release_vault_half(
        &self,
        user: &UserId,
        id: &HalfId,
        now: Timestamp,
        note: &Entry,
    ) -> Result<Option<HalfRecord>, StoreError>;

    /// Drops one of a person's; gives whether it was there.
    async fn drop_vault_half(&self, user: &UserId, id: &HalfId, note: &Entry) -> Result<bool, StoreError>;
}
