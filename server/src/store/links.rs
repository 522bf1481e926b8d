use async_trait::async_trait;
use domain::api::account::Role;
use domain::audit::Entry;
use domain::id::{TenantId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;

use super::{Person, StoreError};
use crate::digest::Digest;

/// A person about to be made through a link.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their identifier.
    pub id: UserId,
    /// Their own tenant.
    pub tenant: TenantId,
    /// The name to sign in with, case folded.
    pub username: String,
    /// The password's hash as a PHC string.
    pub password_hash: Secret,
    /// Now.
    pub at: Timestamp,
}

/// Why a link made nobody.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The link is unknown, used or expired.
    #[error("the link is not valid")]
    Invalid,
    /// The first admin exists already.
    #[error("setup is already done")]
    SetupDone,
    /// Somebody has this name; the link stays valid.
    #[error("the user name is taken")]
    NameTaken,
    /// The store failed.
    #[error("the link could not be accepted")]
    Store(#[from] StoreError),
}

/// One-time links: for setup, and invitations.
#[async_trait]
pub trait Links {
    /// Replaces the setup link, unless an admin exists; whether it did.
    async fn renew_setup_link(&self, key: &Digest, now: Timestamp) -> Result<bool, StoreError>;

    /// Keeps an invitation.
    async fn add_invitation(
        &self,
        key: &Digest,
        role: Role,
        now: Timestamp,
        expires_at: Timestamp,
        note: &Entry,
    ) -> Result<(), StoreError>;

    /// Whether a setup link (`setup`) or an invitation with that key could be accepted now.
    async fn link_is_valid(&self, key: &Digest, setup: bool, now: Timestamp) -> Result<bool, StoreError>;

    /// Makes the first admin and uses up the setup link; all of it or nothing.
    async fn complete_setup(&self, key: &Digest, person: &NewPerson, note: &Entry) -> Result<Person, AcceptError>;

    /// Makes a person and uses up the invitation; all of it or nothing.
    async fn accept_invitation(&self, key: &Digest, person: &NewPerson, note: &Entry) -> Result<Person, AcceptError>;
}
