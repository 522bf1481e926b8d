use async_trait::async_trait;
use domain::api::org::{OrgKey, RetiringKey};
use domain::audit::Entry;
use domain::id::OrgId;
use domain::org::Origin;
use domain::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Set};

use super::entity::{org, org_key, org_origin};
use super::write::Write;
use super::{Database, StoreError};
use crate::store::{ChangeOrgError, OrgChange, Orgs};

const UNREADABLE: StoreError = StoreError::Unreadable("orgs");

#[async_trait]
impl Orgs for Database {
    async fn orgs(&self, now: Timestamp) -> Result<Vec<OrgKey>, StoreError> {
        let rows = org::Entity::find().order_by_asc(org::Column::Name).all(&self.connection).await?;
        let mut orgs = Vec::with_capacity(rows.len());
        for row in rows {
            orgs.push(whole(&self.connection, row, now).await?);
        }
        orgs.sort_by_key(|org| (org.revoked_at.is_some(), org.name.to_lowercase()));
        Ok(orgs)
    }

    async fn org(&self, id: &OrgId, now: Timestamp) -> Result<Option<OrgKey>, StoreError> {
        match org::Entity::find_by_id(id.as_str()).one(&self.connection).await? {
            Some(row) => whole(&self.connection, row, now).await.map(Some),
            None => Ok(None),
        }
    }

    async fn org_of_key(&self, key: &str, now: Timestamp) -> Result<Option<OrgKey>, StoreError> {
        let found = org_key::Entity::find_by_id(key).filter(works(now)).one(&self.connection).await?;
        match found {
            Some(row) => self.org(&OrgId::new(row.org_id), now).await,
            None => Ok(None),
        }
    }

    async fn is_origin_named(&self, origin: &str) -> Result<bool, StoreError> {
        let named = org_origin::Entity::find().filter(org_origin::Column::Origin.eq(origin));
        Ok(named.one(&self.connection).await?.is_some())
    }

    async fn add_org(&self, new: &OrgKey, note: &Entry) -> Result<(), StoreError> {
        let transaction = self.write().await?;
        org::Entity::insert(row(new)?).exec_without_returning(&transaction).await?;
        add_key(&transaction, &new.id, &new.key, new.created_at).await?;
        add_origins(&transaction, &new.id, &new.origins).await?;
        self.append(&transaction, &[about(note, new)]).await?;
        Ok(transaction.commit().await?)
    }

    async fn change_org(
        &self,
        id: &OrgId,
        change: &OrgChange,
        now: Timestamp,
        note: &Entry,
    ) -> Result<OrgKey, ChangeOrgError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        living(&transaction, id).await?;
        replace(&transaction, id, change).await?;
        self.finish(transaction, id, now, note).await
    }

    async fn rotate_org_key(
        &self,
        id: &OrgId,
        key: &str,
        works_until: Timestamp,
        now: Timestamp,
        note: &Entry,
    ) -> Result<OrgKey, ChangeOrgError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        living(&transaction, id).await?;
        org_key::Entity::update_many()
            .col_expr(org_key::Column::EndsAt, Expr::value(works_until.millis()))
            .filter(org_key::Column::OrgId.eq(id.as_str()).and(org_key::Column::EndsAt.is_null()))
            .exec(&transaction)
            .await
            .map_err(StoreError::from)?;
        add_key(&transaction, id, key, now).await?;
        move_on(&transaction, id).await?;
        self.finish(transaction, id, now, note).await
    }

    async fn revoke_org(&self, id: &OrgId, now: Timestamp, note: &Entry) -> Result<(), ChangeOrgError> {
        let transaction = self.write().await.map_err(StoreError::from)?;
        match living(&transaction, id).await {
            Err(ChangeOrgError::Revoked) => return Ok(()),
            living => living?,
        }
        org::Entity::update_many()
            .col_expr(org::Column::RevokedAt, Expr::value(now.millis()))
            .filter(org::Column::Id.eq(id.as_str()))
            .exec(&transaction)
            .await
            .map_err(StoreError::from)?;
        self.finish(transaction, id, now, note).await.map(|_| ())
    }
}

impl Database {
    async fn finish(
        &self,
        transaction: Write,
        id: &OrgId,
        now: Timestamp,
        note: &Entry,
    ) -> Result<OrgKey, ChangeOrgError> {
        let row = org::Entity::find_by_id(id.as_str()).one(&transaction).await.map_err(StoreError::from)?;
        let changed = whole(&transaction, row.ok_or(ChangeOrgError::Unknown)?, now).await?;
        self.append(&transaction, &[about(note, &changed)]).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(changed)
    }
}

fn about(note: &Entry, org: &OrgKey) -> Entry {
    note.clone().about(org.id.as_str()).named(&org.name)
}

/// Keys that have not ended.
fn works(now: Timestamp) -> sea_orm::sea_query::SimpleExpr {
    org_key::Column::EndsAt.is_null().or(org_key::Column::EndsAt.gt(now.millis()))
}

async fn living(transaction: &Write, id: &OrgId) -> Result<(), ChangeOrgError> {
    let found = org::Entity::find_by_id(id.as_str()).one(transaction).await.map_err(StoreError::from)?;
    let row = found.ok_or(ChangeOrgError::Unknown)?;
    if row.revoked_at.is_some() { Err(ChangeOrgError::Revoked) } else { Ok(()) }
}

async fn replace(transaction: &Write, id: &OrgId, change: &OrgChange) -> Result<(), StoreError> {
    let widget = serde_json::to_string(&change.widget).map_err(|_| UNREADABLE)?;
    org::Entity::update_many()
        .col_expr(org::Column::Name, Expr::value(change.name.as_str()))
        .col_expr(org::Column::LifetimeSeconds, Expr::value(i64::from(change.lifetime_seconds)))
        .col_expr(org::Column::Widget, Expr::value(widget))
        .filter(org::Column::Id.eq(id.as_str()))
        .exec(transaction)
        .await?;
    move_on(transaction, id).await?;
    org_origin::Entity::delete_many().filter(org_origin::Column::OrgId.eq(id.as_str())).exec(transaction).await?;
    add_origins(transaction, id, &change.origins).await
}

async fn move_on(transaction: &Write, id: &OrgId) -> Result<(), StoreError> {
    org::Entity::update_many()
        .col_expr(org::Column::ConfigVersion, Expr::col(org::Column::ConfigVersion).add(1))
        .filter(org::Column::Id.eq(id.as_str()))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn add_key(transaction: &Write, id: &OrgId, key: &str, created_at: Timestamp) -> Result<(), StoreError> {
    let row = org_key::ActiveModel {
        key: Set(key.to_owned()),
        org_id: Set(id.to_string()),
        created_at: Set(created_at.millis()),
        ends_at: Set(None),
    };
    org_key::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

async fn add_origins(transaction: &Write, id: &OrgId, origins: &[Origin]) -> Result<(), StoreError> {
    for origin in origins {
        let row = org_origin::ActiveModel { org_id: Set(id.to_string()), origin: Set(origin.to_string()) };
        org_origin::Entity::insert(row).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// An organization with its keys and origins.
async fn whole(connection: &impl ConnectionTrait, row: org::Model, now: Timestamp) -> Result<OrgKey, StoreError> {
    let keys = org_key::Entity::find()
        .filter(org_key::Column::OrgId.eq(row.id.as_str()))
        .filter(works(now))
        .order_by_desc(org_key::Column::CreatedAt)
        .all(connection)
        .await?;
    let origins = org_origin::Entity::find()
        .filter(org_origin::Column::OrgId.eq(row.id.as_str()))
        .order_by_asc(org_origin::Column::Origin)
        .all(connection)
        .await?;
    read(row, keys, origins)
}

fn read(row: org::Model, keys: Vec<org_key::Model>, origins: Vec<org_origin::Model>) -> Result<OrgKey, StoreError> {
    let mut current = None;
    let mut retiring = Vec::new();
    for key in keys {
        match key.ends_at {
            None => current = Some(key.key),
            Some(end) => retiring.push(RetiringKey { key: key.key, works_until: Timestamp::from_millis(end) }),
        }
    }
    let origins = origins.into_iter().map(|row| Origin::parse(&row.origin).map_err(|_| UNREADABLE));
    Ok(OrgKey {
        id: OrgId::new(row.id),
        name: row.name,
        key: current.ok_or(UNREADABLE)?,
        retiring,
        origins: origins.collect::<Result<_, _>>()?,
        lifetime_seconds: u32::try_from(row.lifetime_seconds).map_err(|_| UNREADABLE)?,
        widget: serde_json::from_str(&row.widget).map_err(|_| UNREADABLE)?,
        config_version: u64::try_from(row.config_version).map_err(|_| UNREADABLE)?,
        created_at: Timestamp::from_millis(row.created_at),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
    })
}

fn row(new: &OrgKey) -> Result<org::ActiveModel, StoreError> {
    Ok(org::ActiveModel {
        id: Set(new.id.to_string()),
        name: Set(new.name.clone()),
        lifetime_seconds: Set(i64::from(new.lifetime_seconds)),
        widget: Set(serde_json::to_string(&new.widget).map_err(|_| UNREADABLE)?),
        config_version: Set(i64::try_from(new.config_version).map_err(|_| UNREADABLE)?),
        created_at: Set(new.created_at.millis()),
        revoked_at: Set(new.revoked_at.map(Timestamp::millis)),
    })
}
