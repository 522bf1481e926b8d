use domain::api::tenants::{AddTenant, ChangeTenant, RemoveTenant, TellTokenCounts, Tenants};
use domain::api::{Code, Problem};
use domain::audit::Action;
use domain::id::TenantId;
use domain::tenant::{Tenant, TenantForm};

use super::asked::{Asked, Reply};
use crate::problem::wait;
use crate::state::AppState;
use crate::store::{ChangeTenantError, ToldCounts};

/// The tenants of the person signed in.
pub async fn tenants(asked: Asked<Tenants>) -> Result<Reply<Vec<Tenant>>, Problem> {
    Ok(asked.state.store.tenants(&asked.who()?.person).await?.into())
}

/// Makes a tenant.
pub async fn add_tenant(asked: Asked<AddTenant>) -> Result<Reply<Tenant>, Problem> {
    let (state, person) = (&asked.state, &asked.who()?.person);
    check_api(state, &asked.body).await?;
    let id = TenantId::from_random(state.entropy.bits());
    let note = asked.entry(Action::TenantAdded);
    let made = state.store.add_tenant(person, &id, &asked.body, state.clock.now(), &note).await.map_err(refused)?;
    tracing::info!(user = %person.id, tenant = %id, "made a tenant");
    Ok(made.into())
}

/// Changes a tenant.
pub async fn change_tenant(asked: Asked<ChangeTenant>) -> Result<Reply<Tenant>, Problem> {
    let (id, person) = (&asked.endpoint.id, &asked.who()?.person);
    check_api(&asked.state, &asked.body).await?;
    let changed = asked
        .state
        .store
        .change_tenant(person, id, &asked.body, &asked.entry(Action::TenantChanged))
        .await
        .map_err(refused)?;
    tracing::info!(user = %person.id, tenant = %id, "changed a tenant");
    Ok(changed.into())
}

/// Removes a tenant.
pub async fn remove_tenant(asked: Asked<RemoveTenant>) -> Result<Reply<()>, Problem> {
    let (id, person) = (&asked.endpoint.id, &asked.who()?.person);
    asked.state.store.remove_tenant(person, id, &asked.entry(Action::TenantRemoved)).await.map_err(refused)?;
    tracing::info!(user = %person.id, tenant = %id, "removed a tenant");
    Ok(().into())
}

/// Takes how many site tokens a browser of the person keeps in a tenant of theirs.
pub async fn tell_token_counts(asked: Asked<TellTokenCounts>) -> Result<Reply<()>, Problem> {
    let (state, who) = (&asked.state, asked.who()?);
    let person = &who.person;
    state.limiter.count_told(&person.id).map_err(wait)?;
    if let Some(field) = asked.body.fault() {
        let problem = Problem::new(Code::InvalidFields);
        return Err(problem.with_error(field, "No browser keeps so many tokens, or so old ones.".to_owned()));
    }
    let tenant = state.tenant(person, Some(&asked.endpoint.id)).await?.id.clone();
    let (user, session, at) = (person.id.clone(), who.session.id.clone(), state.clock.now());
    state.store.tell_token_counts(&ToldCounts { user, tenant, session, at, counts: asked.body }).await?;
    Ok(().into())
}

/// Whether the server knows the API that the tenant is to work with.
async fn check_api(state: &AppState, form: &TenantForm) -> Result<(), Problem> {
    let Some(api) = &form.api else { return Ok(()) };
    match state.provider(api).await? {
        Some(provider) if provider.kind.takes_site_tokens() => Ok(()),
        _ => {
            let message = "There is no such API of site tokens here. It may have been removed; choose another one.";
            Err(Problem::new(Code::InvalidFields).with_error("api", message.to_owned()))
        }
    }
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
