//! Results of requests that may be repeated within a minute.

use async_trait::async_trait;
use domain::audit::Entry;
use domain::time::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};

use super::entity::result;
use super::together::Deed;
use super::write::Write;
use super::{Database, StoreError};
use crate::digest::Digest;
use crate::store::{Begun, Results, RunKey, column};

#[async_trait]
impl Results for Database {
    async fn begin_run(
        &self,
        run: &RunKey,
        fingerprint: &Digest,
        now: Timestamp,
        lease_ends: Timestamp,
    ) -> Result<Begun, StoreError> {
        // Every caller waits for this before the provider is asked. It outlives this process, and whoever asks again after a
        // power cut asks anew in any case, so it does not wait for the disk.
        let transaction = self.write_by(&self.swift).await?;
        let found = result::Entity::find().filter(is(run)).one(&transaction).await?;
        if let Some(row) = found.filter(|row| now.millis() < row.expires_at) {
            return Ok(met(row, fingerprint));
        }
        let changed = [result::Column::Fingerprint, result::Column::Sealed, result::Column::ExpiresAt];
        let keys = [result::Column::SessionId, result::Column::KeySha256];
        result::Entity::insert(leased(run, fingerprint, lease_ends))
            .on_conflict(OnConflict::columns(keys).update_columns(changed).to_owned())
            .exec_without_returning(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(Begun::First)
    }

    async fn finish_run(
        &self,
        run: &RunKey,
        sealed: Vec<u8>,
        expires_at: Timestamp,
        note: &Entry,
    ) -> Result<(), StoreError> {
        let (run, note) = (run.clone(), note.clone());
        self.write_together(Deed::Finish { run, sealed, expires_at, note }).await
    }

    async fn release_run(&self, run: &RunKey, note: &Entry) -> Result<(), StoreError> {
        self.write_together(Deed::Release { run: run.clone(), note: note.clone() }).await
    }
}

/// Keeps a result.
pub(super) async fn finish(
    write: &Write,
    run: &RunKey,
    sealed: &[u8],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    result::Entity::update_many()
        .col_expr(result::Column::Sealed, Expr::value(sealed.to_vec()))
        .col_expr(result::Column::ExpiresAt, Expr::value(expires_at.millis()))
        .filter(is(run))
        .exec(write)
        .await?;
    Ok(())
}

/// Frees a key.
pub(super) async fn release(write: &Write, run: &RunKey) -> Result<(), StoreError> {
    result::Entity::delete_many().filter(is(run)).exec(write).await?;
    Ok(())
}

fn met(row: result::Model, fingerprint: &Digest) -> Begun {
    match row.sealed {
        _ if row.fingerprint != column(fingerprint) => Begun::OtherBody,
        Some(sealed) => Begun::Done(sealed),
        None => Begun::Running,
    }
}

fn is(run: &RunKey) -> Condition {
    Condition::all()
        .add(result::Column::SessionId.eq(run.session.as_str()))
        .add(result::Column::KeySha256.eq(column(&run.key)))
}

fn leased(run: &RunKey, fingerprint: &Digest, lease_ends: Timestamp) -> result::ActiveModel {
    result::ActiveModel {
        session_id: Set(run.session.to_string()),
        key_sha256: Set(column(&run.key)),
        fingerprint: Set(column(fingerprint)),
        sealed: Set(None),
        expires_at: Set(lease_ends.millis()),
    }
}
