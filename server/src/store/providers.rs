use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::ProviderId;
use domain::provider::Provider;

use super::StoreError;

/// Why a provider could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum ChangeProviderError {
    /// Nothing has this identifier.
    #[error("there is no such provider")]
    Unknown,
    /// Another provider has this name, in whatever case.
    #[error("the name is taken")]
    NameTaken,
    /// The store failed.
    #[error("the provider could not be kept")]
    Store(#[from] StoreError),
}

/// Providers an admin has allowed.
#[async_trait]
pub trait Providers {
    /// All of them, by name.
    async fn providers(&self) -> Result<Vec<Provider>, StoreError>;

    /// One of them.
    async fn provider(&self, id: &ProviderId) -> Result<Option<Provider>, StoreError>;

    /// Keeps a new one.
    async fn add_provider(&self, provider: &Provider, note: &Entry) -> Result<(), ChangeProviderError>;

    /// Replaces one.
    async fn change_provider(&self, provider: &Provider, note: &Entry) -> Result<(), ChangeProviderError>;

    /// Removes one; whether there was one.
    async fn remove_provider(&self, id: &ProviderId, note: &Entry) -> Result<bool, StoreError>;
}
