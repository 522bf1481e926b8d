use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::{HalfId, TenantId, UserId};
use domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, Set,
};

use super::entity::vault_half::{ActiveModel, Column, Entity, Model};
use super::{Database, StoreError};
use crate::store::{AddHalfError, FORGOTTEN_AFTER, HalfRecord, MOST_HALVES, VaultHalves};

#[async_trait]
impl VaultHalves for Database {
    async fn add_vault_half(&self, half: &HalfRecord, note: &Entry) -> Result<(), AddHalfError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        make_room(&transaction, half).await?;
        Entity::insert(row(half)).exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, &[about(note, &half.id, &half.tenant)]).await?;
        Ok(transaction.commit().await.map_err(StoreError::from)?)
    }

    async fn release_vault_half(
        &self,
        user: &UserId,
        id: &HalfId,
        now: Timestamp,
        note: &Entry,
    ) -> Result<Option<HalfRecord>, StoreError> {
        let transaction = self.write().await?;
        let found = Entity::find_by_id(id.as_str()).filter(Column::UserId.eq(user.as_str()));
        let Some(found) = found.one(&transaction).await? else { return Ok(None) };
        let mut released = found.clone().into_active_model();
        released.released_at = Set(now.millis());
        Entity::update(released).exec(&transaction).await?;
        let found = record(found);
        self.append(&transaction, &[about(note, id, &found.tenant)]).await?;
        transaction.commit().await?;
        Ok(Some(found))
    }

    async fn drop_vault_half(&self, user: &UserId, id: &HalfId, note: &Entry) -> Result<bool, StoreError> {
        let transaction = self.write().await?;
        let theirs = Entity::find_by_id(id.as_str()).filter(Column::UserId.eq(user.as_str()));
        let Some(found) = theirs.one(&transaction).await? else { return Ok(false) };
        Entity::delete_by_id(id.as_str()).exec(&transaction).await?;
        self.append(&transaction, &[about(note, id, &record(found).tenant)]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Drops all of a person's for one tenant, with the tenant.
pub(super) async fn delete_of(
    connection: &impl ConnectionTrait,
    user: &UserId,
    tenant: &TenantId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user.as_str()))
        .filter(Column::TenantId.eq(tenant.as_str()))
        .exec(connection)
        .await?;
    Ok(())
}

fn about(note: &Entry, id: &HalfId, tenant: &TenantId) -> Entry {
    note.clone().in_tenant(tenant).about(id.as_str())
}

/// Where the person has as many as they may, the one longest unused goes, if that was long ago.
async fn make_room(connection: &impl ConnectionTrait, half: &HalfRecord) -> Result<(), AddHalfError> {
    let theirs = || Entity::find().filter(Column::UserId.eq(half.user.as_str()));
    if theirs().count(connection).await.map_err(StoreError::from)? < MOST_HALVES {
        return Ok(());
    }
    let oldest = theirs().order_by_asc(Column::ReleasedAt).one(connection).await.map_err(StoreError::from)?;
    let is_forgotten = |it: &Model| half.created_at.since(Timestamp::from_millis(it.released_at)) >= FORGOTTEN_AFTER;
    let Some(forgotten) = oldest.filter(is_forgotten) else { return Err(AddHalfError::Full) };
    Entity::delete_by_id(forgotten.id).exec(connection).await.map_err(StoreError::from)?;
    Ok(())
}

fn row(half: &HalfRecord) -> ActiveModel {
    ActiveModel {
        id: Set(half.id.to_string()),
        user_id: Set(half.user.to_string()),
        tenant_id: Set(half.tenant.to_string()),
        sealed: Set(half.sealed.clone()),
        created_at: Set(half.created_at.millis()),
        released_at: Set(half.released_at.millis()),
    }
}

fn record(row: Model) -> HalfRecord {
    HalfRecord {
        id: HalfId::new(row.id),
        user: UserId::new(row.user_id),
        tenant: TenantId::new(row.tenant_id),
        sealed: row.sealed,
        created_at: Timestamp::from_millis(row.created_at),
        released_at: Timestamp::from_millis(row.released_at),
    }
}
