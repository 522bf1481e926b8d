use async_trait::async_trait;
use domain::audit::Entry;
use domain::time::Timestamp;

use super::StoreError;

/// A key that signs org tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// Its name in tokens.
    pub kid: String,
    /// Its public part, as a JSON Web Key's text (RFC 7517).
    pub public_jwk: String,
    /// Its private part, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stopped signing; `None` for the one that signs now.
    pub retired_at: Option<Timestamp>,
    /// Until when its public part stays published.
    pub published_until: Option<Timestamp>,
}

/// The keys that sign org tokens: one that signs now, and older ones whose tokens may still live.
#[async_trait]
pub trait SigningKeys {
    /// Those that are published at `now`, newest first.
    async fn signing_keys(&self, now: Timestamp) -> Result<Vec<SigningKeyRecord>, StoreError>;

    /// Lets a new key sign instead of the one named, which stays published until then. Whether it does: somebody else may
    /// have been first, and then theirs signs. `instead_of` is `None` for the first key of all.
    async fn replace_signing_key(
        &self,
        new: &SigningKeyRecord,
        instead_of: Option<&str>,
        published_until: Timestamp,
        note: &Entry,
    ) -> Result<bool, StoreError>;
}
