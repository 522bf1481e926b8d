use async_trait::async_trait;
use domain::audit::Entry;
use domain::id::{SessionId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use super::entity::{result, session, user};
use super::users::person;
use super::{Database, StoreError};
use crate::digest::Digest;
use crate::store::{NewSession, Person, SessionRecord, Sessions, Trace, column};

#[async_trait]
impl Sessions for Database {
    async fn open_session(&self, new: &NewSession, note: &Entry) -> Result<(), StoreError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await?;
        if let Some(replaced) = &new.replaces {
            let old = session::Entity::delete_many().filter(session::Column::CookieSha256.eq(column(replaced)));
            old.exec(&transaction).await?;
        }
        session::Entity::insert(row(new)).exec_without_returning(&transaction).await?;
        let noted = user::Entity::update_many()
            .col_expr(user::Column::LastSignInAt, Expr::value(new.trace.at.millis()))
            .filter(user::Column::Id.eq(new.user.as_str()));
        noted.exec(&transaction).await?;
        self.append(&transaction, &[note.clone().about(new.id.as_str())]).await?;
        Ok(transaction.commit().await?)
    }

    async fn session(&self, digest: &Digest) -> Result<Option<(SessionRecord, Person)>, StoreError> {
        let found = session::Entity::find()
            .filter(session::Column::CookieSha256.eq(column(digest)))
            .find_also_related(user::Entity)
            .one(&self.connection)
            .await?;
        let Some((session, Some(user))) = found else { return Ok(None) };
        Ok(Some((record(session), person(user)?)))
    }

    async fn touch_session(&self, id: &SessionId, trace: &Trace) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::LastUsedAt, Expr::value(trace.at.millis()))
            .col_expr(session::Column::Address, Expr::value(trace.address.as_str()))
            .col_expr(session::Column::UserAgent, Expr::value(trace.user_agent.as_str()))
            .filter(session::Column::Id.eq(id.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    async fn sessions(&self, user: &UserId) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user.as_str()))
            .order_by_desc(session::Column::CreatedAt)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(record).collect())
    }

    async fn count_sessions(&self, used: Timestamp, begun: Timestamp) -> Result<u64, StoreError> {
        let living = session::Entity::find()
            .filter(session::Column::LastUsedAt.gt(used.millis()))
            .filter(session::Column::CreatedAt.gt(begun.millis()));
        Ok(living.count(&self.connection).await?)
    }

    async fn end_session(&self, user: &UserId, id: &SessionId, note: &Entry) -> Result<bool, StoreError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await?;
        let ended = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user.as_str()))
            .filter(session::Column::Id.eq(id.as_str()))
            .exec(&transaction)
            .await?;
        if ended.rows_affected == 0 {
            return Ok(false);
        }
        self.append(&transaction, &[note.clone().about(id.as_str())]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn end_sessions(&self, user: &UserId, note: &Entry) -> Result<(), StoreError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await?;
        let all = session::Entity::delete_many().filter(session::Column::UserId.eq(user.as_str()));
        let ended = all.exec(&transaction).await?.rows_affected;
        let note = note.clone().counting(u32::try_from(ended).unwrap_or(u32::MAX));
        self.append(&transaction, &[note]).await?;
        Ok(transaction.commit().await?)
    }

    async fn change_password(
        &self,
        user: &UserId,
        password_hash: &Secret,
        kept: &SessionId,
        digest: &Digest,
        note: &Entry,
    ) -> Result<(), StoreError> {
        let _moves_on = self.epoch.moves_on();
        let transaction = self.write().await?;
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(password_hash.expose()))
            .filter(user::Column::Id.eq(user.as_str()))
            .exec(&transaction)
            .await?;
        let ended = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user.as_str()))
            .filter(session::Column::Id.ne(kept.as_str()))
            .exec(&transaction)
            .await?
            .rows_affected;
        session::Entity::update_many()
            .col_expr(session::Column::CookieSha256, Expr::value(column(digest)))
            .filter(session::Column::Id.eq(kept.as_str()))
            .exec(&transaction)
            .await?;
        // Their results are sealed under the old cookie, so nobody could open them.
        result::Entity::delete_many().filter(result::Column::SessionId.eq(kept.as_str())).exec(&transaction).await?;
        let note = note.clone().counting(u32::try_from(ended).unwrap_or(u32::MAX));
        self.append(&transaction, &[note]).await?;
        Ok(transaction.commit().await?)
    }
}

fn row(new: &NewSession) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(new.id.to_string()),
        user_id: Set(new.user.to_string()),
        cookie_sha256: Set(column(&new.digest)),
        created_at: Set(new.trace.at.millis()),
        last_used_at: Set(new.trace.at.millis()),
        address: Set(new.trace.address.clone()),
        user_agent: Set(new.trace.user_agent.clone()),
    }
}

fn record(row: session::Model) -> SessionRecord {
    SessionRecord {
        id: SessionId::new(row.id),
        created_at: Timestamp::from_millis(row.created_at),
        last: Trace { at: Timestamp::from_millis(row.last_used_at), address: row.address, user_agent: row.user_agent },
    }
}
