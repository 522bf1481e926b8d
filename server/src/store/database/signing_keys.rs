use async_trait::async_trait;
use domain::audit::Entry;
use domain::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, Set};

use super::entity::signing_key::{ActiveModel, Column, Entity, Model};
use super::{Database, StoreError};
use crate::store::{SigningKeyRecord, SigningKeys};

#[async_trait]
impl SigningKeys for Database {
    async fn signing_keys(&self, now: Timestamp) -> Result<Vec<SigningKeyRecord>, StoreError> {
        let published = Column::PublishedUntil.is_null().or(Column::PublishedUntil.gt(now.millis()));
        let newest_first = Entity::find().filter(published).order_by_desc(Column::CreatedAt).order_by_asc(Column::Kid);
        let mut keys: Vec<SigningKeyRecord> =
            newest_first.all(&self.connection).await?.into_iter().map(record).collect();
        // Two may be of one moment: the one that signs stands first.
        keys.sort_by_key(|key| key.retired_at.is_some());
        Ok(keys)
    }

    async fn replace_signing_key(
        &self,
        new: &SigningKeyRecord,
        instead_of: Option<&str>,
        published_until: Timestamp,
        note: &Entry,
    ) -> Result<bool, StoreError> {
        let transaction = self.write().await?;
        let signing = Entity::find().filter(Column::RetiredAt.is_null()).one(&transaction).await?;
        if signing.as_ref().map(|key| key.kid.as_str()) != instead_of {
            return Ok(false);
        }
        Entity::update_many()
            .col_expr(Column::RetiredAt, Expr::value(new.created_at.millis()))
            .col_expr(Column::PublishedUntil, Expr::value(published_until.millis()))
            .filter(Column::RetiredAt.is_null())
            .exec(&transaction)
            .await?;
        Entity::insert(row(new)).exec_without_returning(&transaction).await?;
        self.append(&transaction, &[note.clone().named(&new.kid)]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn row(key: &SigningKeyRecord) -> ActiveModel {
    ActiveModel {
        kid: Set(key.kid.clone()),
        public_jwk: Set(key.public_jwk.clone()),
        sealed: Set(key.sealed.clone()),
        created_at: Set(key.created_at.millis()),
        retired_at: Set(key.retired_at.map(Timestamp::millis)),
        published_until: Set(key.published_until.map(Timestamp::millis)),
    }
}

fn record(row: Model) -> SigningKeyRecord {
    SigningKeyRecord {
        kid: row.kid,
        public_jwk: row.public_jwk,
        sealed: row.sealed,
        created_at: Timestamp::from_millis(row.created_at),
        retired_at: row.retired_at.map(Timestamp::from_millis),
        published_until: row.published_until.map(Timestamp::from_millis),
    }
}
