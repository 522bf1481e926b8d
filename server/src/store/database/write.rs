//! Writes, one after the other.
//!
//! SQLite lets one writer in and makes the others ask again after growing pauses, so that whoever is unlucky waits long; here
//! they stand in line.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::audit::{Action, Outcome};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedMutexGuard;

use super::{BUSY_TIMEOUT, Database};
use crate::store::Written;

/// A transaction that may write: no other writer comes between its reads and its writes. Dropped, it leaves no trace.
pub(super) struct Write {
    transaction: DatabaseTransaction,
    /// The audit log's events in it, counted once it is committed.
    events: Mutex<Vec<(Action, Outcome)>>,
    written: Arc<Mutex<Written>>,
    /// Given back after the transaction.
    _turn: OwnedMutexGuard<()>,
}

impl Database {
    /// A transaction that may write, and is on disk when it is committed.
    pub(super) async fn write(&self) -> Result<Write, DbErr> {
        self.write_by(&self.connection).await
    }

    /// The same over one of the pools.
    pub(super) async fn write_by(&self, connection: &DatabaseConnection) -> Result<Write, DbErr> {
        let turn = self.turn_within(BUSY_TIMEOUT).await?;
        let sqlite = connection.get_database_backend() == DbBackend::Sqlite;
        let options = TransactionOptions {
            isolation_level: (!sqlite).then_some(IsolationLevel::Serializable),
            access_mode: None,
            sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
        };
        let transaction = connection.begin_with_options(options).await?;
        Ok(Write { transaction, events: Mutex::default(), written: Arc::clone(&self.written), _turn: turn })
    }

    /// Waits in line.
    async fn turn_within(&self, patience: Duration) -> Result<OwnedMutexGuard<()>, DbErr> {
        let turn = tokio::time::timeout(patience, Arc::clone(&self.turn).lock_owned()).await;
        turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }
}

impl Write {
    /// Counts an event of the audit log, if this is committed.
    pub(super) fn count(&self, action: Action, outcome: Outcome) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push((action, outcome));
    }

    /// Makes it so.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await?;
        let events = self.events.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for counted in events {
            *written.entry(counted).or_default() += 1;
        }
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Write {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.transaction.query_all_raw(statement).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::database;
    use super::{ConnAcquireErr, DbErr, Duration};

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_told_so() {
        let (_folder, database) = database().await;
        let held = database.write().await.unwrap();
        let refused = database.turn_within(Duration::from_millis(1)).await.err();
        assert!(matches!(refused, Some(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))), "{refused:?}");
        held.commit().await.unwrap();
        assert!(database.turn_within(Duration::from_secs(10)).await.is_ok());
    }

    #[tokio::test]
    async fn a_write_that_is_dropped_lets_the_next_one_in() {
        let (_folder, database) = database().await;
        drop(database.write().await.unwrap());
        database.write().await.unwrap().commit().await.unwrap();
    }
}
