use async_trait::async_trait;
use domain::id::{SessionId, TenantId, UserId};
use domain::site;
use domain::time::Timestamp;

use super::StoreError;

/// What a browser told of the site tokens it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldCounts {
    /// Whose they are.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// The session of the browser that tells.
    pub session: SessionId,
    /// When it was told.
    pub at: Timestamp,
    /// How many.
    pub counts: site::TokenCounts,
}

/// What all browsers together told, over all people and tenants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllCounts {
    /// Of how many vaults there are counts: each browser's is one, and those that sync with each other are one together.
    pub vaults: u64,
    /// How many tokens can be used.
    pub active: u64,
    /// How many of these end within seven days.
    pub expiring: u64,
    /// How many are over.
    pub expired: u64,
    /// How many an API refused.
    pub invalid: u64,
    /// How many an API said to be revoked.
    pub revoked: u64,
    /// How old all of them are together, in hours.
    pub age_hours: u64,
}

/// How many site tokens people's browsers keep: one row for each tenant of each browser that is signed in, and one for all that take
/// part in a synced copy; the newest word replaces the one before.
#[async_trait]
pub trait TokenCounts {
    /// Keeps what a browser told, in place of what it told before.
    async fn tell_token_counts(&self, told: &ToldCounts) -> Result<(), StoreError>;

    /// What was told since a moment, added up. What was told in a session that has ended counts no more.
    async fn token_counts(&self, since: Timestamp) -> Result<AllCounts, StoreError>;
}

impl AllCounts {
    /// How many tokens there are.
    pub const fn total(&self) -> u64 {
        self.active + self.expired + self.invalid + self.revoked
    }
}
