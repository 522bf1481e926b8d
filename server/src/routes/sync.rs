use std::sync::Arc;

use domain::api::sync::{
    BeginSync, ChangeSyncKeyring, DeleteSync, MOST_PUSHED, PushSync, ReadSync, SyncAnswers, SyncCopy, SyncPage,
};
use domain::api::{Code, Endpoint, FieldError, Problem};
use domain::audit::Action;
use domain::id::{SyncCopyId, TenantId};
use domain::sync::{unfit, unfit_copy, unfit_keyring};
use domain::tenant::Tenant;

use super::asked::{Asked, Reply};
use crate::store::SyncError;

/// How many bytes of sealed items a page has, not many more.
const PAGE_BYTES: usize = 1_024 * 1_024;

/// A page of a synced copy.
pub async fn read(asked: Asked<ReadSync>) -> Result<Reply<SyncPage>, Problem> {
    let tenant = tenant(&asked, &asked.endpoint.id).await?;
    let (since, user) = (asked.number("since")?, &asked.who()?.person.id);
    Ok(asked.state.store.synced(user, &tenant.id, since, MOST_PUSHED as u64, PAGE_BYTES).await?.into())
}

/// Begins a synced copy.
pub async fn begin(asked: Asked<BeginSync>) -> Result<Reply<SyncCopy>, Problem> {
    let tenant = tenant(&asked, &asked.endpoint.id).await?;
    check(unfit_copy(&asked.body))?;
    let (state, user) = (&asked.state, &asked.who()?.person.id);
    let id = SyncCopyId::from_random(state.entropy.bits());
    let note = asked.entry(Action::SyncStarted).in_tenant(&tenant.id);
    let copy = state.store.begin_copy(user, &tenant.id, &id, &asked.body, &note).await.map_err(refused)?;
    tracing::info!(%user, tenant = %tenant.id, "began a synced copy");
    Ok(copy.into())
}

/// Writes sealed items.
pub async fn push(asked: Asked<PushSync>) -> Result<Reply<SyncAnswers>, Problem> {
    let tenant = tenant(&asked, &asked.endpoint.id).await?;
    check(unfit(&asked.body))?;
    let user = &asked.who()?.person.id;
    let count = u32::try_from(asked.body.items.len()).unwrap_or(u32::MAX);
    let note = asked.entry(Action::SyncPushed).in_tenant(&tenant.id).counting(count);
    let answers = asked.state.store.push(user, &tenant.id, &asked.body, &note).await.map_err(refused)?;
    Ok(SyncAnswers { answers }.into())
}

/// Replaces the keyring of a synced copy.
pub async fn change_keyring(asked: Asked<ChangeSyncKeyring>) -> Result<Reply<SyncCopy>, Problem> {
    let tenant = tenant(&asked, &asked.endpoint.id).await?;
    check(unfit_keyring(&asked.body.keyring))?;
    let user = &asked.who()?.person.id;
    let note = asked.entry(Action::SyncPassphraseChanged).in_tenant(&tenant.id);
    let copy = asked.state.store.change_keyring(user, &tenant.id, &asked.body, &note).await.map_err(refused)?;
    Ok(copy.into())
}

/// Deletes a synced copy; one that is not there is deleted as well.
pub async fn delete(asked: Asked<DeleteSync>) -> Result<Reply<()>, Problem> {
    let tenant = tenant(&asked, &asked.endpoint.id).await?;
    let user = &asked.who()?.person.id;
    let note = asked.entry(Action::SyncDeleted).in_tenant(&tenant.id);
    asked.state.store.delete_copy(user, &tenant.id, &note).await?;
    tracing::info!(%user, tenant = %tenant.id, "deleted a synced copy");
    Ok(().into())
}

/// The tenant, which must be one of the person's.
async fn tenant<E: Endpoint>(asked: &Asked<E>, id: &TenantId) -> Result<Arc<Tenant>, Problem> {
    asked.state.tenant(&asked.who()?.person, Some(id)).await
}

fn check(wrong: Option<FieldError>) -> Result<(), Problem> {
    wrong.map_or(Ok(()), |error| Err(Problem { errors: vec![error], ..Problem::new(Code::InvalidFields) }))
}

fn refused(error: SyncError) -> Problem {
    match error {
        SyncError::Gone => Problem::new(Code::SyncCopyGone),
        SyncError::There => Problem::new(Code::SyncCopyThere),
        SyncError::OtherKey => Problem::new(Code::SyncKeyOther),
        SyncError::OtherKeyring => Problem::new(Code::SyncKeyringOther),
        SyncError::Full => Problem::new(Code::SyncFull),
        SyncError::Store(error) => error.into(),
    }
}
