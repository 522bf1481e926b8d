//! The log as it lies there, for the check of the whole.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rows::{signed, state_of};
use super::{CHAIN, Database, StoreError, StoredEvent, audit_chain, audit_event};
use crate::audit::{ChainState, Code};

/// How far the log reaches, as it lies there.
#[derive(Clone, Debug)]
pub struct StoredChain {
    /// How far.
    pub state: ChainState,
    /// Which key its code is under.
    pub key_name: String,
    /// Its code.
    pub code: Code,
}

impl Database {
    /// What says how far the log reaches; `None` when nothing does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it can't be read.
    pub async fn stored_chain(&self) -> Result<Option<StoredChain>, StoreError> {
        let row = audit_chain::Entity::find_by_id(CHAIN).one(&self.connection).await?;
        row.map(|row| {
            let (state, code) = state_of(&row)?;
            Ok(StoredChain { state, key_name: row.key_name, code })
        })
        .transpose()
    }

    /// The events after a place, all when none is named, in order, so many at most.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they can't be read.
    pub async fn stored_events(&self, after: Option<u64>, most: u64) -> Result<Vec<StoredEvent>, StoreError> {
        let after = after.map_or(i64::MIN, signed);
        let rows = audit_event::Entity::find()
            .filter(audit_event::Column::Seq.gt(after))
            .order_by_asc(audit_event::Column::Seq)
            .limit(most)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(StoredEvent::of).collect())
    }
}
