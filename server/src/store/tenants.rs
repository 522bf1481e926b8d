use async_trait::async_trait;
use domain::api::FieldError;
use domain::audit::Entry;
use domain::id::TenantId;
use domain::tenant::{Tenant, TenantForm};
use domain::time::Timestamp;

use super::{Person, StoreError};

/// Why a tenant could not be made, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeTenantError {
    /// The person has no tenant with this identifier, whoever else may have it.
    #[error("the person has no such tenant")]
    Unknown,
    /// The person's own tenant stays.
    #[error("a person's own tenant can't be removed")]
    Own,
    /// The person has as many as they may.
    #[error("the person has as many tenants as they may")]
    TooMany,
    /// The form can't be kept; see [`domain::tenant::findings`].
    #[error("the tenant's form can't be kept")]
    Form(Vec<FieldError>),
    /// The store failed.
    #[error("the tenant could not be changed")]
    Store(#[from] StoreError),
}

/// Tenants, each of one person. Nothing here reads or changes one of somebody else, whatever identifier is named.
#[async_trait]
pub trait Tenants {
    /// A person's tenants: their own first, then by name.
    async fn tenants(&self, person: &Person) -> Result<Vec<Tenant>, StoreError>;

    /// One of a person's tenants.
    async fn tenant(&self, person: &Person, id: &TenantId) -> Result<Option<Tenant>, StoreError>;

    /// Makes one, after the form was checked against those that stand.
    async fn add_tenant(
        &self,
        person: &Person,
        id: &TenantId,
        form: &TenantForm,
        now: Timestamp,
        note: &Entry,
    ) -> Result<Tenant, ChangeTenantError>;

    /// Changes one, after the form was checked against the others.
    async fn change_tenant(
        &self,
        person: &Person,
        id: &TenantId,
        form: &TenantForm,
        note: &Entry,
    ) -> Result<Tenant, ChangeTenantError>;

    /// Removes one.
    async fn remove_tenant(&self, person: &Person, id: &TenantId, note: &Entry) -> Result<(), ChangeTenantError>;
}
