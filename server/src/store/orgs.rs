use async_trait::async_trait;
use domain::api::org::OrgKey;
use domain::api::widget::WidgetConfig;
use domain::audit::Entry;
use domain::id::OrgId;
use domain::org::Origin;
use domain::time::Timestamp;

use super::StoreError;

/// Why an organization could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeOrgError {
    /// Nothing has this identifier.
    #[error("there is no such organization")]
    Unknown,
    /// Its key was revoked: nothing about it changes any more.
    #[error("the org key was revoked")]
    Revoked,
    /// The store failed.
    #[error("the organization could not be changed")]
    Store(#[from] StoreError),
}

/// What an admin may change about an organization; all of it is replaced.
#[derive(Clone, Debug)]
pub struct OrgChange {
    /// Its name.
    pub name: String,
    /// The origins its pages may have.
    pub origins: Vec<Origin>,
    /// How long its tokens live.
    pub lifetime_seconds: u32,
    /// How its widget looks and behaves.
    pub widget: WidgetConfig,
}

/// Organizations whose pages embed the widget. Keys that have ended by `now` are as if they were not there.
#[async_trait]
pub trait Orgs {
    /// All of them: those that work by name, then those that were revoked.
    async fn orgs(&self, now: Timestamp) -> Result<Vec<OrgKey>, StoreError>;

    /// One of them, revoked or not.
    async fn org(&self, id: &OrgId, now: Timestamp) -> Result<Option<OrgKey>, StoreError>;

    /// The organization a key belongs to, revoked or not.
    async fn org_of_key(&self, key: &str, now: Timestamp) -> Result<Option<OrgKey>, StoreError>;

    /// Whether an organization names this origin; one that was revoked counts, so that its pages can read that it was.
    async fn is_origin_named(&self, origin: &str) -> Result<bool, StoreError>;

    /// Keeps a new one.
    async fn add_org(&self, org: &OrgKey, note: &Entry) -> Result<(), StoreError>;

    /// Replaces what an admin may change, and moves its version on.
    async fn change_org(
        &self,
        id: &OrgId,
        change: &OrgChange,
        now: Timestamp,
        note: &Entry,
    ) -> Result<OrgKey, ChangeOrgError>;

    /// Gives it a new key; the one it had works until then.
    async fn rotate_org_key(
        &self,
        id: &OrgId,
        key: &str,
        works_until: Timestamp,
        now: Timestamp,
        note: &Entry,
    ) -> Result<OrgKey, ChangeOrgError>;

    /// Revokes it with all its keys; one that was revoked before stays so.
    async fn revoke_org(&self, id: &OrgId, now: Timestamp, note: &Entry) -> Result<(), ChangeOrgError>;
}
