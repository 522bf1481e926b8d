use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::SessionId;
use domain::time::Timestamp;

use super::StoreError;
use crate::digest::Digest;

/// Which repeated request: a key in a session.
#[derive(Clone, Debug)]
pub struct RunKey {
    /// The session that asks.
    pub session: SessionId,
    /// The digest of the `Idempotency-Key`.
    pub key: Digest,
}

/// What a request with an `Idempotency-Key` meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is the first, and now holds the key.
    First,
    /// The first still runs.
    Running,
    /// The first had another body.
    OtherBody,
    /// The first is done; its sealed result.
    Done(Vec<u8>),
}

/// Results of requests that may be repeated.
#[async_trait]
pub trait Results {
    /// Takes the key until `lease_ends`, unless somebody has it.
    async fn begin_run(
        &self,
        run: &RunKey,
        fingerprint: &Digest,
        now: Timestamp,
        lease_ends: Timestamp,
    ) -> Result<Begun, StoreError>;

    /// Keeps the sealed result until `expires_at`.
    async fn finish_run(
        &self,
        run: &RunKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
        note: &Entry,
    ) -> Result<(), StoreError>;

    /// Frees the key.
    async fn release_run(&self, run: &RunKey, note: &Entry) -> Result<(), StoreError>;
}
