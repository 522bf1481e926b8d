use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::{SessionId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;

use super::{Person, StoreError};
use crate::digest::Digest;

/// Where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// When.
    pub at: Timestamp,
    /// The client's address.
    pub address: String,
    /// The browser, as its `User-Agent` says, already cut.
    pub user_agent: String,
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The digest of the cookie's value.
    pub digest: Digest,
    /// Where the sign-in came from.
    pub trace: Trace,
    /// The digest of the cookie the browser had before: that session ends, so that none can be fixed in advance.
    pub replaces: Option<Digest>,
}

/// A session as the store keeps it.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// Its identifier.
    pub id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When and from where it was last used.
    pub last: Trace,
}

/// Signed-in browsers.
#[async_trait]
pub trait Sessions {
    /// Opens a session and notes the sign-in with the person.
    async fn open_session(&self, session: &NewSession, note: &Entry) -> Result<(), StoreError>;

    /// The session with that cookie, and whose it is.
    async fn session(&self, digest: &Digest) -> Result<Option<(SessionRecord, Person)>, StoreError>;

    /// Notes that a session was used.
    async fn touch_session(&self, id: &SessionId, trace: &Trace) -> Result<(), StoreError>;

    /// A person's sessions, the newest first.
    async fn sessions(&self, user: &UserId) -> Result<Vec<SessionRecord>, StoreError>;

    /// How many sessions were used and begun after these moments.
    async fn count_sessions(&self, used: Timestamp, begun: Timestamp) -> Result<u64, StoreError>;

    /// Ends one session of a person; whether there was one.
    async fn end_session(&self, user: &UserId, id: &SessionId, note: &Entry) -> Result<bool, StoreError>;

    /// Ends all sessions of a person.
    async fn end_sessions(&self, user: &UserId, note: &Entry) -> Result<(), StoreError>;

    /// Sets a password, ends all other sessions of the person and gives the one kept a new cookie; all of it or nothing.
    async fn change_password(
        &self,
        user: &UserId,
        password_hash: &Secret,
        kept: &SessionId,
        digest: &Digest,
        note: &Entry,
    ) -> Result<(), StoreError>;
}
