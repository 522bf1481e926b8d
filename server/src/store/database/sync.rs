use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::api::sync::{
    MOST_BYTES, MOST_ITEMS, NewSyncCopy, PushedItem, SealedItem, SyncAnswer, SyncCopy, SyncKeyringChange, SyncPage,
    SyncPush,
};
use domain::audit::Entry;
use domain::id::{SyncCopyId, SyncItemId, SyncKeyId, TenantId, UserId};
use domain::sync::{Judgement, judge};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set};

use super::entity::{sync_copy, sync_item};
use super::write::Write;
use super::{Database, StoreError};
use crate::store::{SyncError, SyncedCopies};

const UNREADABLE: StoreError = StoreError::Unreadable("sync_items");

/// How many items are written with one statement, and looked up with one: a statement has a bounded number of parameters.
const AT_ONCE: usize = 500;

#[async_trait]
impl SyncedCopies for Database {
    async fn synced(
        &self,
        user: &UserId,
        tenant: &TenantId,
        since: u64,
        most: u64,
        bytes: usize,
    ) -> Result<SyncPage, StoreError> {
        // One moment for copy and items, so that none of another copy is taken for one of this.
        let transaction = self.write().await?;
        let Some(copy) = find(&transaction, user, tenant).await? else {
            return Ok(SyncPage { copy: None, items: Vec::new(), through: 0, more: false });
        };
        let rows = sync_item::Entity::find()
            .filter(sync_item::Column::TenantId.eq(tenant.as_str()))
            .filter(sync_item::Column::Sequence.gt(signed(since)))
            .order_by_asc(sync_item::Column::Sequence)
            .limit(most + 1)
            .all(&transaction)
            .await?;
        transaction.commit().await?;
        page(copy, rows, since, most, bytes)
    }

    async fn begin_copy(
        &self,
        user: &UserId,
        tenant: &TenantId,
        id: &SyncCopyId,
        new: &NewSyncCopy,
        note: &Entry,
    ) -> Result<SyncCopy, SyncError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        let there = sync_copy::Entity::find_by_id(tenant.as_str()).one(&transaction).await;
        if there.map_err(StoreError::from)?.is_some() {
            return Err(SyncError::There);
        }
        let row = sync_copy::Model {
            tenant_id: tenant.to_string(),
            user_id: user.to_string(),
            copy_id: id.to_string(),
            key_id: new.key.to_string(),
            keyring: new.keyring.clone(),
            sequence: 0,
            items: 0,
            bytes: 0,
            created_at: note.at.millis(),
        };
        let insert = sync_copy::Entity::insert(row.clone().into_active_model());
        insert.exec_without_returning(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, std::slice::from_ref(note)).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(shown(&row)?)
    }

    async fn push(
        &self,
        user: &UserId,
        tenant: &TenantId,
        push: &SyncPush,
        note: &Entry,
    ) -> Result<Vec<SyncAnswer>, SyncError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        let copy = meant(&transaction, user, tenant, &push.copy, &push.key).await?;
        let standing = standing(&transaction, tenant, &push.items).await?;
        let mut plan = Plan::new(copy);
        let answers: Vec<_> = push.items.iter().map(|item| plan.take(item, standing.get(item.id.as_str()))).collect();
        if !plan.rows.is_empty() {
            let others = bytes_of_others(&transaction, user, tenant).await?;
            if plan.copy.items > signed(MOST_ITEMS) || plan.copy.bytes.saturating_add(others) > signed(MOST_BYTES) {
                return Err(SyncError::Full);
            }
            plan.write(&transaction).await?;
            self.append(&transaction, std::slice::from_ref(note)).await?;
        }
        transaction.commit().await.map_err(StoreError::from)?;
        answers.into_iter().collect::<Result<_, _>>().map_err(SyncError::from)
    }

    async fn change_keyring(
        &self,
        user: &UserId,
        tenant: &TenantId,
        change: &SyncKeyringChange,
        note: &Entry,
    ) -> Result<SyncCopy, SyncError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        let copy = meant(&transaction, user, tenant, &change.copy, &change.key).await?;
        if copy.keyring != change.replaces {
            return Err(SyncError::OtherKeyring);
        }
        let changed = sync_copy::ActiveModel {
            tenant_id: Set(copy.tenant_id.clone()),
            keyring: Set(change.keyring.clone()),
            ..Default::default()
        };
        sync_copy::Entity::update(changed).exec(&transaction).await.map_err(StoreError::from)?;
        self.append(&transaction, std::slice::from_ref(note)).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(shown(&sync_copy::Model { keyring: change.keyring.clone(), ..copy })?)
    }

    async fn delete_copy(&self, user: &UserId, tenant: &TenantId, note: &Entry) -> Result<bool, StoreError> {
        let transaction = self.write().await?;
        let deleted = delete_of(&transaction, user, tenant).await?;
        if deleted {
            super::token_counts::delete_synced(&transaction, user, tenant).await?;
            self.append(&transaction, std::slice::from_ref(note)).await?;
        }
        transaction.commit().await?;
        Ok(deleted)
    }
}

/// Deletes the copy of a tenant, whose items go with it; gives whether there was one.
pub(super) async fn delete_of(transaction: &Write, user: &UserId, tenant: &TenantId) -> Result<bool, StoreError> {
    let deleted = sync_copy::Entity::delete_by_id(tenant.as_str())
        .filter(sync_copy::Column::UserId.eq(user.as_str()))
        .exec(transaction)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// What a push changes.
struct Plan {
    copy: sync_copy::Model,
    rows: Vec<sync_item::Model>,
}

impl Plan {
    const fn new(copy: sync_copy::Model) -> Self {
        Self { copy, rows: Vec::new() }
    }

    fn take(&mut self, item: &PushedItem, standing: Option<&sync_item::Model>) -> Result<SyncAnswer, StoreError> {
        let stands = standing.map(|row| (unsigned(row.generation), row.sealed.as_str()));
        match (judge(stands, item), standing) {
            (Judgement::Repeat, _) => Ok(SyncAnswer::Taken),
            (Judgement::Stands, Some(row)) => Ok(SyncAnswer::Stands(sealed(row.clone())?)),
            (Judgement::Take | Judgement::Stands, _) => {
                self.copy.sequence += 1;
                self.copy.items += i64::from(standing.is_none());
                let before = standing.map_or(0, |row| row.sealed.len());
                self.copy.bytes += signed(item.sealed.len() as u64) - signed(before as u64);
                self.rows.push(sync_item::Model {
                    tenant_id: self.copy.tenant_id.clone(),
                    item_id: item.id.to_string(),
                    generation: signed(item.generation),
                    removed: item.removed,
                    sealed: item.sealed.clone(),
                    sequence: self.copy.sequence,
                });
                Ok(SyncAnswer::Taken)
            }
        }
    }

    async fn write(self, transaction: &Write) -> Result<(), StoreError> {
        use sync_item::Column;
        for rows in self.rows.chunks(AT_ONCE) {
            let over = OnConflict::columns([Column::TenantId, Column::ItemId])
                .update_columns([Column::Generation, Column::Removed, Column::Sealed, Column::Sequence])
                .to_owned();
            sync_item::Entity::insert_many(rows.iter().cloned().map(IntoActiveModel::into_active_model))
                .on_conflict(over)
                .exec_without_returning(transaction)
                .await?;
        }
        let changed = sync_copy::ActiveModel {
            tenant_id: Set(self.copy.tenant_id),
            sequence: Set(self.copy.sequence),
            items: Set(self.copy.items),
            bytes: Set(self.copy.bytes),
            ..Default::default()
        };
        sync_copy::Entity::update(changed).exec(transaction).await?;
        Ok(())
    }
}

async fn find(
    connection: &impl ConnectionTrait,
    user: &UserId,
    tenant: &TenantId,
) -> Result<Option<sync_copy::Model>, StoreError> {
    let theirs = sync_copy::Column::UserId.eq(user.as_str());
    Ok(sync_copy::Entity::find_by_id(tenant.as_str()).filter(theirs).one(connection).await?)
}

/// The tenant's copy, which must be the one meant, under the key meant.
async fn meant(
    connection: &impl ConnectionTrait,
    user: &UserId,
    tenant: &TenantId,
    copy: &SyncCopyId,
    key: &SyncKeyId,
) -> Result<sync_copy::Model, SyncError> {
    let found = find(connection, user, tenant).await?.filter(|found| found.copy_id == copy.as_str());
    let found = found.ok_or(SyncError::Gone)?;
    if found.key_id == key.as_str() { Ok(found) } else { Err(SyncError::OtherKey) }
}

async fn standing(
    transaction: &Write,
    tenant: &TenantId,
    items: &[PushedItem],
) -> Result<BTreeMap<String, sync_item::Model>, StoreError> {
    let mut found = BTreeMap::new();
    for some in items.chunks(AT_ONCE) {
        let rows = sync_item::Entity::find()
            .filter(sync_item::Column::TenantId.eq(tenant.as_str()))
            .filter(sync_item::Column::ItemId.is_in(some.iter().map(|item| item.id.as_str())))
            .all(transaction)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.item_id.clone(), row)));
    }
    Ok(found)
}

async fn bytes_of_others(transaction: &Write, user: &UserId, tenant: &TenantId) -> Result<i64, StoreError> {
    let others = sync_copy::Entity::find()
        .filter(sync_copy::Column::UserId.eq(user.as_str()))
        .filter(sync_copy::Column::TenantId.ne(tenant.as_str()))
        .all(transaction)
        .await?;
    Ok(others.iter().map(|copy| copy.bytes).sum())
}

fn page(
    copy: sync_copy::Model,
    rows: Vec<sync_item::Model>,
    since: u64,
    most: u64,
    bytes: usize,
) -> Result<SyncPage, StoreError> {
    let (all, mut size, mut items) = (rows.len(), 0, Vec::new());
    for row in rows {
        if items.len() as u64 == most || (size > 0 && size + row.sealed.len() > bytes) {
            break;
        }
        size += row.sealed.len();
        items.push(sealed(row)?);
    }
    let more = items.len() < all;
    let through = items.last().map_or(since, |item: &SealedItem| item.sequence);
    Ok(SyncPage { copy: Some(shown(&copy)?), items, through, more })
}

fn shown(copy: &sync_copy::Model) -> Result<SyncCopy, StoreError> {
    let count = |number: i64| u64::try_from(number).map_err(|_| UNREADABLE);
    Ok(SyncCopy {
        id: SyncCopyId::new(copy.copy_id.as_str()),
        key: SyncKeyId::new(copy.key_id.as_str()),
        keyring: copy.keyring.clone(),
        sequence: count(copy.sequence)?,
        items: count(copy.items)?,
        bytes: count(copy.bytes)?,
    })
}

fn sealed(row: sync_item::Model) -> Result<SealedItem, StoreError> {
    Ok(SealedItem {
        id: SyncItemId::new(row.item_id),
        generation: u64::try_from(row.generation).map_err(|_| UNREADABLE)?,
        removed: row.removed,
        sealed: row.sealed,
        sequence: u64::try_from(row.sequence).map_err(|_| UNREADABLE)?,
    })
}

/// What is larger than the column is larger than anything there.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
