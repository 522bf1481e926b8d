use async_trait::async_trait;
use domain::id::{TenantId, UserId};
use domain::time::Timestamp;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set};

use super::entity::session;
use super::entity::token_count::{ActiveModel, Column, Entity};
use super::{Database, StoreError};
use crate::store::{AllCounts, TokenCounts, ToldCounts};

/// Who tells for all browsers that take part in a synced copy.
const ALL_SYNCED: &str = "";

/// What a newer word replaces.
const TOLD: [Column; 7] = [
    Column::ToldAt,
    Column::Active,
    Column::Expiring,
    Column::Expired,
    Column::Invalid,
    Column::Revoked,
    Column::AgeHours,
];

#[async_trait]
impl TokenCounts for Database {
    async fn tell_token_counts(&self, told: &ToldCounts) -> Result<(), StoreError> {
        let counts = &told.counts;
        let session = told.session.as_str();
        let row = ActiveModel {
            user_id: Set(told.user.to_string()),
            tenant_id: Set(told.tenant.to_string()),
            teller: Set(if counts.synced { ALL_SYNCED } else { session }.to_owned()),
            told_at: Set(told.at.millis()),
            active: Set(counts.active.into()),
            expiring: Set(counts.expiring.into()),
            expired: Set(counts.expired.into()),
            invalid: Set(counts.invalid.into()),
            revoked: Set(counts.revoked.into()),
            age_hours: Set(counts.age_hours.into()),
        };
        let transaction = self.write().await?;
        if counts.synced {
            // What it told before it took part is in the copy now.
            let alone = (told.user.to_string(), told.tenant.to_string(), session.to_owned());
            Entity::delete_by_id(alone).exec(&transaction).await?;
        }
        let again =
            OnConflict::columns([Column::UserId, Column::TenantId, Column::Teller]).update_columns(TOLD).to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn token_counts(&self, since: Timestamp) -> Result<AllCounts, StoreError> {
        let column = |column: Column| Expr::col(column);
        let tokens = column(Column::Active)
            .add(column(Column::Expired))
            .add(column(Column::Invalid))
            .add(column(Column::Revoked));
        let living = session::Entity::find().select_only().column(session::Column::Id).into_query();
        let found: Option<[Option<i64>; 7]> = Entity::find()
            .select_only()
            .column_as(sum(Expr::val(1)), "vaults")
            .column_as(sum(column(Column::Active)), "active")
            .column_as(sum(column(Column::Expiring)), "expiring")
            .column_as(sum(column(Column::Expired)), "expired")
            .column_as(sum(column(Column::Invalid)), "invalid")
            .column_as(sum(column(Column::Revoked)), "revoked")
            .column_as(sum(tokens.mul(column(Column::AgeHours))), "age_hours")
            .filter(Column::ToldAt.gt(since.millis()))
            .filter(Column::Teller.eq(ALL_SYNCED).or(Column::Teller.in_subquery(living)))
            .into_tuple::<(Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>)>()
            .one(&self.connection)
            .await?
            .map(<[_; 7]>::from);
        let sums = found.unwrap_or_default().map(|sum| sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0));
        let [vaults, active, expiring, expired, invalid, revoked, age_hours] = sums;
        Ok(AllCounts { vaults, active, expiring, expired, invalid, revoked, age_hours })
    }
}

/// A sum that every database gives as a whole number.
fn sum(of: impl Into<SimpleExpr>) -> SimpleExpr {
    of.into().sum().cast_as(Alias::new("bigint"))
}

/// Forgets what was told of one tenant of a person, with the tenant.
pub(super) async fn delete_of(
    connection: &impl ConnectionTrait,
    user: &UserId,
    tenant: &TenantId,
) -> Result<(), StoreError> {
    let theirs = Column::UserId.eq(user.as_str()).and(Column::TenantId.eq(tenant.as_str()));
    Entity::delete_many().filter(theirs).exec(connection).await?;
    Ok(())
}

/// Forgets what was told of a synced copy, with the copy.
pub(super) async fn delete_synced(
    connection: &impl ConnectionTrait,
    user: &UserId,
    tenant: &TenantId,
) -> Result<(), StoreError> {
    let copy = (user.to_string(), tenant.to_string(), ALL_SYNCED.to_owned());
    Entity::delete_by_id(copy).exec(connection).await?;
    Ok(())
}
