use domain::api::tenants::{AddTenant, ChangeTenant, RemoveTenant, Tenants};
use domain::api::{Code, Problem};
use domain::id::TenantId;
use domain::tenant::Tenant;

use super::asked::{Asked, Reply};
use crate::store::ChangeTenantError;

/// The tenants of the person signed in.
pub async fn tenants(asked: Asked<Tenants>) -> Result<Reply<Vec<Tenant>>, Problem> {
    Ok(asked.state.store.tenants(&asked.who()?.person).await?.into())
}

/// Makes a tenant.
pub async fn add_tenant(asked: Asked<AddTenant>) -> Result<Reply<Tenant>, Problem> {
    let (state, person) = (&asked.state, &asked.who()?.person);
    let id = TenantId::from_random(state.entropy.bits());
    let made = state.store.add_tenant(person, &id, &asked.body, state.clock.now()).await.map_err(refused)?;
    tracing::info!(user = %person.id, tenant = %id, "made a tenant");
    Ok(made.into())
}

/// Changes a tenant.
pub async fn change_tenant(asked: Asked<ChangeTenant>) -> Result<Reply<Tenant>, Problem> {
    let (id, person) = (&asked.endpoint.id, &asked.who()?.person);
    let changed = asked.state.store.change_tenant(person, id, &asked.body).await.map_err(refused)?;
    tracing::info!(user = %person.id, tenant = %id, "changed a tenant");
    Ok(changed.into())
}

/// Removes a tenant.
pub async fn remove_tenant(asked: Asked<RemoveTenant>) -> Result<Reply<()>, Problem> {
    let (id, person) = (&asked.endpoint.id, &asked.who()?.person);
    asked.state.store.remove_tenant(person, id).await.map_err(refused)?;
    // One that stays behind opens nothing: what it was part of goes with the tenant's database.
    asked.state.store.remove_vault_halves(&person.id, id).await?;
    tracing::info!(user = %person.id, tenant = %id, "removed a tenant");
    Ok(().into())
}

fn refused(error: ChangeTenantError) -> Problem {
    match error {
        ChangeTenantError::Unknown => Problem::new(Code::TenantUnknown),
        ChangeTenantError::Own => Problem::new(Code::OwnTenant),
        ChangeTenantError::TooMany => Problem::new(Code::TooManyTenants),
        ChangeTenantError::Form(errors) => Problem { errors, ..Problem::new(Code::InvalidFields) },
        ChangeTenantError::Store(error) => error.into(),
    }
}
