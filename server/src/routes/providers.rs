use domain::api::providers::{AddProvider, ChangeProvider, IssuerMetadata, LookUpIssuer, Providers, RemoveProvider};
use domain::api::{Code, Problem};
use domain::audit::Action;
use domain::id::ProviderId;
use domain::provider::Provider;

use super::asked::{Asked, Reply};
use super::provider_form::checked;
use crate::state::{AppState, Sandbox, is_sandbox};
use crate::store::ChangeProviderError;

/// All providers, by name; the sandbox last, while it runs.
pub async fn providers(asked: Asked<Providers>) -> Result<Reply<Vec<Provider>>, Problem> {
    let mut providers = asked.state.store.providers().await?;
    providers.extend(asked.state.sandbox.iter().flat_map(Sandbox::providers));
    Ok(providers.into())
}

/// Allows a provider.
pub async fn add_provider(asked: Asked<AddProvider>) -> Result<Reply<Provider>, Problem> {
    let provider = checked(&asked.state, new_id(&asked.state), asked.body.clone())?;
    asked.state.store.add_provider(&provider, &asked.entry(Action::ProviderAdded)).await.map_err(refused)?;
    tracing::info!(user = %asked.who()?.person.id, provider = %provider.id, "allowed a provider");
    Ok(provider.into())
}

/// Changes a provider.
pub async fn change_provider(asked: Asked<ChangeProvider>) -> Result<Reply<Provider>, Problem> {
    not_the_sandbox(&asked.endpoint.id)?;
    let provider = checked(&asked.state, asked.endpoint.id.clone(), asked.body.clone())?;
    asked.state.store.change_provider(&provider, &asked.entry(Action::ProviderChanged)).await.map_err(refused)?;
    tracing::info!(user = %asked.who()?.person.id, provider = %provider.id, "changed a provider");
    Ok(provider.into())
}

/// Removes a provider.
pub async fn remove_provider(asked: Asked<RemoveProvider>) -> Result<Reply<()>, Problem> {
    let id = &asked.endpoint.id;
    not_the_sandbox(id)?;
    if !asked.state.store.remove_provider(id, &asked.entry(Action::ProviderRemoved)).await? {
        return Err(Problem::new(Code::NotFound));
    }
    tracing::info!(user = %asked.who()?.person.id, provider = %id, "removed a provider");
    Ok(().into())
}

/// Reads an issuer's metadata.
pub async fn look_up_issuer(asked: Asked<LookUpIssuer>) -> Result<Reply<IssuerMetadata>, Problem> {
    Ok(asked.state.upstream.look_up(&asked.body).await?.into())
}

fn new_id(state: &AppState) -> ProviderId {
    ProviderId::from_random(state.entropy.bits())
}

fn not_the_sandbox(id: &ProviderId) -> Result<(), Problem> {
    if !is_sandbox(id) {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict)
        .with_detail("The sandbox comes and goes with the --sandbox flag and can't be changed."))
}

fn refused(error: ChangeProviderError) -> Problem {
    match error {
        ChangeProviderError::Unknown => Problem::new(Code::NotFound),
        ChangeProviderError::NameTaken => {
            Problem::new(Code::InvalidFields).with_error("name", "Another provider has this name. Choose another one.")
        }
        ChangeProviderError::Store(error) => error.into(),
    }
}
