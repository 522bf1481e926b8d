//! What the server keeps: people, sessions, one-time links, providers, failed sign-ins, results of repeated requests,
//! organizations with their keys, conversations, tenants, the audit log.
//!
//! Each repository is a small port; [`Store`] is all of them. [`Database`] implements it over sea-orm. Times and
//! identifiers come in as arguments. Of session cookies and link keys only the SHA-256 hash is ever passed in.

mod alerts;
mod attempts;
mod audit;
#[cfg(test)]
mod conformance;
mod conversations;
mod database;
mod links;
mod orgs;
mod providers;
mod results;
mod sessions;
mod signing_keys;
mod sync;
mod tenants;
mod token_counts;
mod users;
mod vault_halves;

pub use alerts::{Alerts, TokenUse};
pub use attempts::{Attempt, Attempts, Pace};
pub use audit::{AuditLog, Keeping, MOST_COUNTED, Written};
pub use conversations::{AddMessageError, Begin, ConversationRecord, Conversations, Writing};
pub use database::{Database, OpenError, StoredChain, StoredEvent};
pub use links::{AcceptError, Links, NewPerson};
pub use orgs::{ChangeOrgError, OrgChange, Orgs};
pub use providers::{ChangeProviderError, Providers};
pub use results::{Begun, Results, RunKey};
pub use sessions::{NewSession, SessionRecord, Sessions, Trace};
pub use signing_keys::{SigningKeyRecord, SigningKeys};
pub use sync::{SyncError, SyncedCopies};
pub use tenants::{ChangeTenantError, Tenants};
pub use token_counts::{AllCounts, TokenCounts, ToldCounts};
pub use users::{ByPerson, ChangeUserError, Person, Users};
pub use vault_halves::{AddHalfError, FORGOTTEN_AFTER, HalfRecord, MOST_HALVES, VaultHalves};

use async_trait::async_trait;
use domain::api::{Code, Problem};
use domain::time::Timestamp;

use crate::digest::Digest;
use crate::known::Epoch;

/// The database failed; the log has the cause.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("the database could not carry out the request")]
    Database(#[from] sea_orm::DbErr),
    /// A row holds what this version can't read.
    #[error("a row of {0} can't be read")]
    Unreadable(&'static str),
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &(dyn std::error::Error + 'static), "the store failed");
        Self::new(Code::Internal)
    }
}

/// When things are old enough to be removed.
#[derive(Clone, Copy, Debug)]
pub struct Cutoffs {
    /// Now: what ended before is removed.
    pub now: Timestamp,
    /// Sessions last used before this are removed.
    pub last_used: Timestamp,
    /// Sessions begun before this are removed.
    pub begun: Timestamp,
    /// Failed sign-ins before this are forgotten.
    pub attempts: Timestamp,
    /// Conversations without a message since this are removed.
    pub conversations: Timestamp,
}

/// All repositories.
#[async_trait]
pub trait Store:
    Users
    + Sessions
    + Links
    + Providers
    + Attempts
    + Results
    + Orgs
    + SigningKeys
    + Conversations
    + Tenants
    + SyncedCopies
    + AuditLog
    + Alerts
    + VaultHalves
    + TokenCounts
    + Send
    + Sync
{
    /// Moves on with each write that changes a session, a person, a provider or a tenant, before that is answered.
    fn epoch(&self) -> &Epoch;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Removes what has ended; may be called at any time.
    async fn sweep(&self, cutoffs: Cutoffs) -> Result<(), StoreError>;
}

/// A hash as it stands in the database: lower-case hexadecimal.
fn column(digest: &Digest) -> String {
    digest.hex()
}
