use std::collections::BTreeSet;
use std::sync::PoisonError;

use async_trait::async_trait;
use domain::api::audit::Chain;
use domain::audit::{Action, Entry, Event, Filter, Outcome};
use domain::id::{ReportId, UserId};
use sea_orm::sea_query::{Alias, Expr, Func, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Set,
};

use super::alerts::judge_failure;
use super::entity::{audit_chain, audit_event};
use super::together::Deed;
use super::write::Write;
use super::{Database, StoreError};
use crate::audit::{ChainState, Code};
use crate::store::{AuditLog, Keeping, MOST_COUNTED, Written};

mod rows;
mod stored;
#[cfg(test)]
mod tests;

pub use rows::StoredEvent;
pub use stored::StoredChain;

use rows::{event_of, state_of};

/// The one row of the chain.
const CHAIN: i64 = 1;

#[async_trait]
impl AuditLog for Database {
    async fn record(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.write_together(Deed::Record(entries.to_vec())).await
    }

    async fn record_reports(&self, entries: &[Entry]) -> Result<u32, StoreError> {
        let transaction = self.write().await?;
        let mut known = reported(&transaction, entries).await?;
        let is_new =
            |entry: &&Entry| entry.report.is_none() || known.insert((entry.user.clone(), entry.report.clone()));
        let new: Vec<Entry> = entries.iter().filter(is_new).cloned().collect();
        self.append(&transaction, &new).await?;
        transaction.commit().await?;
        Ok(u32::try_from(new.len()).unwrap_or(u32::MAX))
    }

    async fn events(&self, filter: &Filter, before: Option<u64>, most: u64) -> Result<Vec<Event>, StoreError> {
        let mut wanted = fits(filter);
        if let Some(before) = before {
            wanted = wanted.add(audit_event::Column::Seq.lt(i64::try_from(before).unwrap_or(i64::MAX)));
        }
        let rows = audit_event::Entity::find()
            .filter(wanted)
            .order_by_desc(audit_event::Column::Seq)
            .limit(most)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(event_of).collect()
    }

    async fn count_events(&self, filter: &Filter) -> Result<u64, StoreError> {
        let some = audit_event::Entity::find()
            .select_only()
            .column(audit_event::Column::Seq)
            .filter(fits(filter))
            .limit(MOST_COUNTED)
            .into_query();
        let count = Query::select()
            .expr_as(Func::count(Expr::col(audit_event::Column::Seq)), Alias::new("count"))
            .from_subquery(some, Alias::new("some"))
            .to_owned();
        let row = self.connection.query_one(&count).await?;
        let count: i64 = row.ok_or(rows::UNREADABLE)?.try_get("", "count")?;
        u64::try_from(count).map_err(|_| rows::UNREADABLE)
    }

    fn events_written(&self) -> Written {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn chain(&self) -> Result<Chain, StoreError> {
        let state = self.chain_state(&self.connection).await?;
        Ok(Chain { first: state.base_seq + 1, last: state.head_seq, head: rows::hex(&state.head) })
    }

    async fn trim_events(&self, keeping: Keeping, note: &Entry) -> Result<u64, StoreError> {
        let transaction = self.write().await?;
        let state = self.chain_state(&transaction).await?;
        let last = last_to_go(&transaction, &state, keeping).await?;
        let Some(last) = last.filter(|last| *last > state.base_seq) else { return Ok(0) };
        let row = audit_event::Entity::find_by_id(rows::signed(last)).one(&transaction).await?;
        let code = rows::code_of(&row.ok_or(rows::UNREADABLE)?.code)?;
        self.write_state(&transaction, &ChainState { base_seq: last, base: code, ..state }).await?;
        let gone = audit_event::Column::Seq.lte(rows::signed(last));
        audit_event::Entity::delete_many().filter(gone).exec(&transaction).await?;
        let count = last - state.base_seq;
        let note = note.clone().counting(u32::try_from(count).unwrap_or(u32::MAX));
        self.append(&transaction, &[note]).await?;
        transaction.commit().await?;
        Ok(count)
    }
}

impl Database {
    /// Writes events at the log's end, in the transaction that does what they record.
    pub(super) async fn append(&self, transaction: &Write, entries: &[Entry]) -> Result<(), StoreError> {
        let Some(first) = entries.first() else { return Ok(()) };
        let before = audit_chain::Entity::find_by_id(CHAIN).one(transaction).await?;
        let mut state = self.checked(before.as_ref())?;
        if before.is_some_and(|row| row.key_name != self.chain_key.name()) {
            // What was written under the old key can be checked only with the old secret.
            let changed = Entry::by_server(Action::AuditKeyChanged, Outcome::Done, first.at);
            state = self.add(transaction, state, changed).await?;
        }
        for entry in entries {
            state = self.add(transaction, state, entry.clone()).await?;
            if let Some(raised) = judge_failure(transaction, entry).await? {
                state = self.add(transaction, state, raised).await?;
            }
        }
        self.write_state(transaction, &state).await
    }

    async fn add(&self, transaction: &Write, state: ChainState, entry: Entry) -> Result<ChainState, StoreError> {
        let event = Event { seq: state.head_seq + 1, entry };
        let code: Code = self.chain_key.event(&event, &state.head);
        let row = rows::row(&event, self.chain_key.name(), &code);
        audit_event::Entity::insert(row).exec_without_returning(transaction).await?;
        transaction.count(event.entry.action, event.entry.outcome);
        Ok(ChainState { head_seq: event.seq, head: code, ..state })
    }

    /// How far the log reaches. Events go on even when somebody changed it: the check of the whole says so.
    fn checked(&self, row: Option<&audit_chain::Model>) -> Result<ChainState, StoreError> {
        let Some(row) = row else { return Ok(ChainState::EMPTY) };
        let (state, code) = state_of(row)?;
        if row.key_name == self.chain_key.name() && code != self.chain_key.state(&state) {
            tracing::error!("the audit log's end was changed by somebody else; run: server audit verify");
        }
        Ok(state)
    }

    async fn chain_state(&self, connection: &impl ConnectionTrait) -> Result<ChainState, StoreError> {
        let row = audit_chain::Entity::find_by_id(CHAIN).one(connection).await?;
        row.map_or(Ok(ChainState::EMPTY), |row| state_of(&row).map(|(state, _)| state))
    }

    async fn write_state(&self, transaction: &Write, state: &ChainState) -> Result<(), StoreError> {
        use audit_chain::Column;
        let row = audit_chain::ActiveModel {
            id: Set(CHAIN),
            base_seq: Set(rows::signed(state.base_seq)),
            base_code: Set(rows::hex(&state.base)),
            head_seq: Set(rows::signed(state.head_seq)),
            head_code: Set(rows::hex(&state.head)),
            key_name: Set(self.chain_key.name().to_owned()),
            code: Set(rows::hex(&self.chain_key.state(state))),
        };
        let all = [Column::BaseSeq, Column::BaseCode, Column::HeadSeq, Column::HeadCode, Column::KeyName, Column::Code];
        let conflict = sea_orm::sea_query::OnConflict::column(Column::Id).update_columns(all).to_owned();
        audit_chain::Entity::insert(row).on_conflict(conflict).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// Which of these a person's browser reported before.
async fn reported(
    transaction: &Write,
    entries: &[Entry],
) -> Result<BTreeSet<(Option<UserId>, Option<ReportId>)>, StoreError> {
    use audit_event::Column;
    let users: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.user.as_ref()).map(UserId::as_str).collect();
    let ids = entries.iter().filter_map(|entry| entry.report.as_ref()).map(ReportId::as_str);
    let rows: Vec<(Option<String>, Option<String>)> = audit_event::Entity::find()
        .select_only()
        .columns([Column::UserId, Column::ReportId])
        .filter(Column::UserId.is_in(users))
        .filter(Column::ReportId.is_in(ids))
        .into_tuple()
        .all(transaction)
        .await?;
    Ok(rows.into_iter().map(|(user, report)| (user.map(UserId::new), report.map(ReportId::new))).collect())
}

/// The last event that is to go: the oldest ones in a row, never the newest of all.
async fn last_to_go(transaction: &Write, state: &ChainState, keeping: Keeping) -> Result<Option<u64>, StoreError> {
    let in_order = audit_event::Entity::find().order_by_asc(audit_event::Column::Seq);
    let Some(oldest) = in_order.clone().one(transaction).await? else { return Ok(None) };
    let mut last = None;
    if oldest.at < keeping.due.millis() {
        let young = in_order.filter(audit_event::Column::At.gte(keeping.from.millis()));
        let first_young = young.one(transaction).await?.map_or(Ok(state.head_seq), |row| rows::unsigned(row.seq))?;
        last = Some(first_young.saturating_sub(1));
    }
    if state.head_seq - state.base_seq > keeping.most {
        last = Ord::max(last, Some(state.head_seq - keeping.most * 19 / 20));
    }
    Ok(last.map(|last| Ord::min(last, state.head_seq.saturating_sub(1))))
}

/// The events that fit a filter.
fn fits(filter: &Filter) -> Condition {
    use audit_event::Column;
    let mut all = Condition::all()
        .add_option(filter.action.map(|action| Column::Action.eq(action.name())))
        .add_option(filter.outcome.map(|outcome| Column::Outcome.eq(outcome.name())))
        .add_option(filter.user.as_ref().map(|user| Column::UserId.eq(user.as_str())))
        .add_option(filter.tenant.as_ref().map(|tenant| Column::TenantId.eq(tenant.as_str())))
        .add_option(filter.site.as_ref().map(|site| Column::SiteId.eq(site.as_str())))
        .add_option(filter.from.map(|from| Column::At.gte(from.millis())))
        .add_option(filter.until.map(|until| Column::At.lt(until.millis())));
    if let Some(group) = filter.group {
        let names = Action::ALL.iter().filter(|action| action.group() == group).map(|action| action.name());
        all = all.add(Column::Action.is_in(names));
    }
    if let Some(text) = &filter.text {
        all = all.add(holds(text));
    }
    all
}

/// Rows that have a text in one of the columns people look in, whatever its case.
fn holds(text: &str) -> Condition {
    use audit_event::Column;
    let escaped: String = text.to_lowercase().chars().flat_map(literally).collect();
    let pattern = format!("%{escaped}%");
    let columns = [
        Column::Action,
        Column::Reason,
        Column::Username,
        Column::UserId,
        Column::TenantId,
        Column::SiteId,
        Column::ProviderId,
        Column::ConnectionId,
        Column::Subject,
        Column::Label,
        Column::Address,
        Column::RequestId,
    ];
    columns.into_iter().fold(Condition::any(), |any, column| {
        let like = LikeExpr::new(pattern.clone()).escape('\\');
        any.add(Expr::expr(Func::lower(Expr::col(column))).like(like))
    })
}

/// A character as `LIKE` takes it for itself.
fn literally(char: char) -> impl Iterator<Item = char> {
    let escape = matches!(char, '%' | '_' | '\\').then_some('\\');
    escape.into_iter().chain([char])
}
