use async_trait::async_trait;
use domain::api::sync::{NewSyncCopy, SyncAnswer, SyncCopy, SyncKeyringChange, SyncPage, SyncPush};
use domain::audit::Entry;
use domain::id::{SyncCopyId, TenantId, UserId};

use super::StoreError;

/// Why nothing was written to a synced copy.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// There is no copy, or it is another one.
    #[error("there is no such copy")]
    Gone,
    /// There is one already.
    #[error("the tenant has a copy already")]
    There,
    /// The items are sealed under another key.
    #[error("the copy is sealed under another key")]
    OtherKey,
    /// The keyring that was to be replaced does not stand any more.
    #[error("another keyring stands")]
    OtherKeyring,
    /// The copy, or the person's copies together, would be too large.
    #[error("the person's copies are full")]
    Full,
    /// The store failed.
    #[error("the copy could not be changed")]
    Store(#[from] StoreError),
}

/// Synced copies, one for each tenant of a person at most. Whether the tenant is theirs was looked at before; nothing here
/// reads or changes a copy of another person all the same.
#[async_trait]
pub trait SyncedCopies {
    /// The items after `since`, at most `most` of them and not many more bytes than `bytes`.
    async fn synced(
        &self,
        user: &UserId,
        tenant: &TenantId,
        since: u64,
        most: u64,
        bytes: usize,
    ) -> Result<SyncPage, StoreError>;

    /// Begins a copy, and notes it.
    async fn begin_copy(
        &self,
        user: &UserId,
        tenant: &TenantId,
        id: &SyncCopyId,
        new: &NewSyncCopy,
        note: &Entry,
    ) -> Result<SyncCopy, SyncError>;

    /// Writes those items that replace what stands, all in one transaction, and notes how it went.
    async fn push(
        &self,
        user: &UserId,
        tenant: &TenantId,
        push: &SyncPush,
        note: &Entry,
    ) -> Result<Vec<SyncAnswer>, SyncError>;

    /// Replaces a copy's keyring, if the one that is named stands, and notes it.
    async fn change_keyring(
        &self,
        user: &UserId,
        tenant: &TenantId,
        change: &SyncKeyringChange,
        note: &Entry,
    ) -> Result<SyncCopy, SyncError>;

    /// Deletes a copy with all its items, and notes it; gives whether there was one.
    async fn delete_copy(&self, user: &UserId, tenant: &TenantId, note: &Entry) -> Result<bool, StoreError>;
}
