use async_trait::async_trait;
use domain::time::{Span, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, Set};

use super::entity::attempt;
use super::{Database, StoreError};
use crate::store::{Attempt, Attempts, Pace};

#[async_trait]
impl Attempts for Database {
    async fn begin_attempt(&self, subject: &str, pace: &Pace) -> Result<Result<(), Span>, StoreError> {
        let transaction = self.write().await?;
        let row = attempt::Entity::find_by_id(subject).one(&transaction).await?;
        let noted = match pace(row.map(|row| read(&row))) {
            Ok(attempt) => attempt,
            Err(wait) => return Ok(Err(wait)),
        };
        let changed = [attempt::Column::Failures, attempt::Column::LastAt, attempt::Column::BlockedUntil];
        attempt::Entity::insert(write(subject, noted))
            .on_conflict(OnConflict::column(attempt::Column::Subject).update_columns(changed).to_owned())
            .exec_without_returning(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(Ok(()))
    }

    async fn forgive_attempt(&self, subject: &str) -> Result<(), StoreError> {
        attempt::Entity::update_many()
            .col_expr(attempt::Column::Failures, sea_orm::sea_query::Expr::col(attempt::Column::Failures).sub(1))
            .col_expr(attempt::Column::BlockedUntil, sea_orm::sea_query::Expr::value(0_i64))
            .filter(attempt::Column::Subject.eq(subject))
            .filter(attempt::Column::Failures.gt(0))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    async fn forget_attempts(&self, subject: &str) -> Result<(), StoreError> {
        attempt::Entity::delete_by_id(subject).exec(&self.connection).await?;
        Ok(())
    }
}

fn read(row: &attempt::Model) -> Attempt {
    Attempt {
        failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
        last_at: Timestamp::from_millis(row.last_at),
        blocked_until: Timestamp::from_millis(row.blocked_until),
    }
}

fn write(subject: &str, attempt: Attempt) -> attempt::ActiveModel {
    attempt::ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(i64::from(attempt.failures)),
        last_at: Set(attempt.last_at.millis()),
        blocked_until: Set(attempt.blocked_until.millis()),
    }
}
