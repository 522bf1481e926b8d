//! Halves of vaults' keys: made for one browser of a person, and released only to a session of theirs.

use domain::api::vault::{DropVaultHalf, GetVaultHalf, MakeVaultHalf, VaultHalf};
use domain::api::{Code, Endpoint, Problem};
use domain::audit::Action;
use domain::id::HalfId;

use super::asked::{Asked, Reply};
use crate::audit::{Refused, record_refusal};
use crate::seal::Sealer;
use crate::sign_in::new_secret;
use crate::state::AppState;
use crate::store::{AddHalfError, HalfRecord};

/// Makes a half for a vault of the person.
pub async fn make_half(asked: Asked<MakeVaultHalf>) -> Result<Reply<VaultHalf>, Problem> {
    let (state, person) = (&asked.state, &asked.who()?.person);
    let tenant = state.tenant(person, Some(&asked.body.tenant)).await?;
    let (id, half, now) = (HalfId::from_random(state.entropy.bits()), new_secret(&*state.entropy), state.clock.now());
    let record = HalfRecord {
        sealed: sealer(state)?.seal(&half, id.as_str(), &*state.entropy),
        id: id.clone(),
        user: person.id.clone(),
        tenant: tenant.id.clone(),
        created_at: now,
        released_at: now,
    };
    state.store.add_vault_half(&record, &asked.entry(Action::VaultHalfSet)).await.map_err(|error| match error {
        AddHalfError::Full => Problem::new(Code::VaultHalvesFull),
        AddHalfError::Store(error) => error.into(),
    })?;
    tracing::info!(user = %person.id, half = %id, "made a half of a vault's key");
    Ok(VaultHalf { id, half }.into())
}

/// Releases a half: the same refusal for one of somebody else, one that was let go, and one that never was.
pub async fn half(asked: Asked<GetVaultHalf>) -> Result<Reply<VaultHalf>, Problem> {
    let (state, person) = (&asked.state, &asked.who()?.person);
    let id = asked.endpoint.id.clone();
    let unknown = || Problem::new(Code::VaultHalfUnknown);
    let (now, note) = (state.clock.now(), asked.entry(Action::VaultHalfReleased));
    let record = state.store.release_vault_half(&person.id, &id, now, &note).await?.ok_or_else(unknown)?;
    let half = sealer(state)?.open(&record.sealed, id.as_str()).ok_or_else(|| {
        tracing::error!(half = %id, "a half of a vault's key can't be opened with this server's secret");
        unknown()
    })?;
    tracing::info!(user = %person.id, half = %id, "released a half of a vault's key");
    Ok(VaultHalf { id, half }.into())
}

/// Lets a half go. One that is not there is gone already.
pub async fn drop_half(asked: Asked<DropVaultHalf>) -> Result<Reply<()>, Problem> {
    let (state, person) = (&asked.state, &asked.who()?.person);
    let id = &asked.endpoint.id;
    if state.store.drop_vault_half(&person.id, id, &asked.entry(Action::VaultHalfRemoved)).await? {
        tracing::info!(user = %person.id, half = %id, "let a half of a vault's key go");
    } else {
        // The answer is the same, so that it tells nothing; that somebody named one that is not theirs is recorded.
        let (method, template, access) = (DropVaultHalf::METHOD.name(), DropVaultHalf::TEMPLATE, DropVaultHalf::ACCESS);
        let refused = Refused { method, template, access, parameter: id.as_str(), provider: None, tenant: None };
        let unknown = Problem::new(Code::VaultHalfUnknown);
        record_refusal(state, &asked.browser, asked.who.as_ref(), refused, &unknown).await;
    }
    Ok(().into())
}

fn sealer(state: &AppState) -> Result<Sealer, Problem> {
    let secret = state.secret.secret(&*state.entropy).map_err(|error| {
        tracing::error!(error = &error as &(dyn std::error::Error + 'static), "the server has no secret");
        Problem::new(Code::Internal)
    })?;
    Ok(Sealer::for_vault_halves(&secret))
}
