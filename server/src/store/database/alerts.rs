use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::audit::suspicion::{ADDRESS_WINDOW, Alert, FAILURE_WINDOW, Rule, USES, Watched, failure_of};
use domain::audit::{Action, Entry, Outcome, Source};
use domain::id::AlertId;
use domain::time::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

use super::entity::{alert, audit_event, token_use};
use super::write::Write;
use super::{Database, StoreError};
use crate::store::{Alerts, TokenUse, column};

const UNREADABLE: StoreError = StoreError::Unreadable("alerts");

/// How many addresses an alert names at most.
const MOST_NAMED: usize = 20;

#[async_trait]
impl Alerts for Database {
    async fn alerts(&self, most: u64) -> Result<Vec<Alert>, StoreError> {
        let rows = alert::Entity::find()
            .order_by_asc(alert::Column::AcknowledgedAt.is_not_null())
            .order_by_desc(alert::Column::At)
            .order_by_asc(alert::Column::Id)
            .limit(most)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(read).collect()
    }

    async fn open_alerts(&self) -> Result<u64, StoreError> {
        let open = alert::Entity::find().filter(alert::Column::AcknowledgedAt.is_null());
        Ok(open.count(&self.connection).await?)
    }

    async fn acknowledge_alert(&self, id: &AlertId, note: &Entry) -> Result<Option<Alert>, StoreError> {
        let transaction = self.write().await?;
        let found = alert::Entity::find_by_id(id.as_str()).one(&transaction).await?;
        let Some(mut row) = found else { return Ok(None) };
        if row.acknowledged_at.is_some() {
            return read(row).map(Some);
        }
        row.acknowledged_at = Some(note.at.millis());
        row.acknowledged_by.clone_from(&note.username);
        alert::Entity::update_many()
            .col_expr(alert::Column::AcknowledgedAt, Expr::value(row.acknowledged_at))
            .col_expr(alert::Column::AcknowledgedBy, Expr::value(row.acknowledged_by.clone()))
            .filter(alert::Column::Id.eq(id.as_str()))
            .exec(&transaction)
            .await?;
        self.append(&transaction, &[note.clone().about(id.as_str())]).await?;
        transaction.commit().await?;
        read(row).map(Some)
    }

    async fn note_token_use(&self, used: &TokenUse) -> Result<(), StoreError> {
        let transaction = self.write().await?;
        let row = token_use::ActiveModel {
            token_sha256: Set(column(&used.token)),
            address: Set(used.address.clone()),
            last_at: Set(used.at.millis()),
        };
        let keys = [token_use::Column::TokenSha256, token_use::Column::Address];
        let again = OnConflict::columns(keys).update_column(token_use::Column::LastAt).to_owned();
        token_use::Entity::insert(row).on_conflict(again).exec_without_returning(&transaction).await?;
        let addresses = token_use::Entity::find()
            .filter(token_use::Column::TokenSha256.eq(column(&used.token)))
            .filter(token_use::Column::LastAt.gt((used.at - ADDRESS_WINDOW).millis()))
            .all(&transaction)
            .await?;
        let addresses: BTreeSet<String> = addresses.into_iter().map(|row| row.address).collect();
        let counted = Counted { rule: Rule::Addresses, count: addresses.len(), addresses };
        if let Some(raised) = judge(&transaction, &used.watched, Some(&used.username), &counted, used.at).await? {
            self.append(&transaction, &[raised]).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// What was counted by a rule.
struct Counted {
    rule: Rule,
    count: usize,
    addresses: BTreeSet<String>,
}

/// Counts the failures an event that was just written may be one too many of; gives what is to be recorded when an alert was
/// raised.
pub(super) async fn judge_failure(transaction: &Write, entry: &Entry) -> Result<Option<Entry>, StoreError> {
    let Some(watched) = failure_of(entry) else { return Ok(None) };
    let failures = failures(&watched, entry.at).all_of(transaction).await?;
    let addresses = failures.iter().map(|row| row.address.clone()).filter(|address| !address.is_empty()).collect();
    let counted = Counted { rule: Rule::Failures, count: failures.len(), addresses };
    judge(transaction, &watched, entry.username.as_deref(), &counted, entry.at).await
}

/// The failures of what is watched that count together at a moment.
struct Failures(Condition);

fn failures(watched: &Watched, at: Timestamp) -> Failures {
    use audit_event::Column;
    let same = |column: Column, value: Option<&str>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    let failed = Condition::any()
        .add(Column::Action.eq(Action::TokenFailed.name()))
        .add(Column::Outcome.ne(Outcome::Done.name()));
    let mut all = Condition::all()
        .add(Column::At.gt((at - FAILURE_WINDOW).millis()))
        .add(Column::Action.is_in(USES.map(Action::name)))
        .add(Column::Source.eq(Source::Server.name()))
        .add(failed)
        .add(same(Column::UserId, watched.user.as_ref().map(|id| id.as_str())))
        .add(same(Column::TenantId, watched.tenant.as_ref().map(|id| id.as_str())))
        .add(same(Column::SiteId, watched.site.as_ref().map(|id| id.as_str())))
        .add(same(Column::ProviderId, watched.provider.as_ref().map(|id| id.as_str())))
        .add(same(Column::ConnectionId, watched.connection.as_ref().map(|id| id.as_str())));
    if let Some(client) = &watched.client {
        all = all.add(Column::Label.eq(client.as_str()));
    }
    Failures(all)
}

impl Failures {
    async fn all_of(self, connection: &impl ConnectionTrait) -> Result<Vec<audit_event::Model>, StoreError> {
        Ok(audit_event::Entity::find().filter(self.0).limit(1_000).all(connection).await?)
    }
}

/// Raises an alert if a rule is broken. While one for the same is open, that one grows instead; for a while after it was
/// acknowledged there is none.
async fn judge(
    transaction: &Write,
    watched: &Watched,
    username: Option<&str>,
    counted: &Counted,
    at: Timestamp,
) -> Result<Option<Entry>, StoreError> {
    let count = u32::try_from(counted.count).unwrap_or(u32::MAX);
    if !counted.rule.is_broken_by(count) {
        return Ok(None);
    }
    let key = serde_json::to_string(watched).map_err(|_| UNREADABLE)?;
    let recent = alert::Column::AcknowledgedAt.gt((at - counted.rule.window()).millis());
    let found = alert::Entity::find()
        .filter(alert::Column::Watched.eq(&key).and(alert::Column::Rule.eq(counted.rule.name())))
        .filter(alert::Column::AcknowledgedAt.is_null().or(recent))
        .one(transaction)
        .await?;
    if let Some(known) = found {
        if known.acknowledged_at.is_none() {
            grow(transaction, known, count, &counted.addresses).await?;
        }
        return Ok(None);
    }
    raise(transaction, (key, watched), username, (counted, count), at).await.map(Some)
}

async fn grow(
    transaction: &Write,
    known: alert::Model,
    count: u32,
    addresses: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let mut all: BTreeSet<String> = serde_json::from_str(&known.addresses).map_err(|_| UNREADABLE)?;
    all.extend(addresses.iter().cloned());
    alert::Entity::update_many()
        .col_expr(alert::Column::Count, Expr::value(Ord::max(known.count, i64::from(count))))
        .col_expr(alert::Column::Addresses, Expr::value(listed(&all)?))
        .filter(alert::Column::Id.eq(known.id))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn raise(
    transaction: &Write,
    (key, watched): (String, &Watched),
    username: Option<&str>,
    (counted, count): (&Counted, u32),
    at: Timestamp,
) -> Result<Entry, StoreError> {
    // No other alert has the same time for the same thing by the same rule.
    let id = crate::digest::Digest::of_text(&format!("{}/{}/{key}", at.millis(), counted.rule.name())).hex();
    let id = AlertId::new(&id[..32]);
    let row = alert::ActiveModel {
        id: Set(id.to_string()),
        at: Set(at.millis()),
        rule: Set(counted.rule.name().to_owned()),
        count: Set(i64::from(count)),
        watched: Set(key),
        username: Set(username.map(str::to_owned)),
        addresses: Set(listed(&counted.addresses)?),
        acknowledged_at: Set(None),
        acknowledged_by: Set(None),
    };
    alert::Entity::insert(row).exec_without_returning(transaction).await?;
    tracing::warn!(alert = %id, rule = counted.rule.name(), count, "raised an alert");
    let mut entry = Entry::by_server(Action::AlertRaised, Outcome::Done, at).about(id.as_str()).counting(count);
    entry = entry.ended(Outcome::Done, counted.rule.name());
    (entry.tenant, entry.site) = (watched.tenant.clone(), watched.site.clone());
    (entry.provider, entry.connection) = (watched.provider.clone(), watched.connection.clone());
    entry.label = watched.client.clone();
    Ok(entry)
}

fn listed(addresses: &BTreeSet<String>) -> Result<String, StoreError> {
    let some: Vec<&String> = addresses.iter().take(MOST_NAMED).collect();
    serde_json::to_string(&some).map_err(|_| UNREADABLE)
}

fn read(row: alert::Model) -> Result<Alert, StoreError> {
    Ok(Alert {
        id: AlertId::new(row.id),
        at: Timestamp::from_millis(row.at),
        rule: Rule::named(&row.rule).ok_or(UNREADABLE)?,
        count: u32::try_from(row.count).map_err(|_| UNREADABLE)?,
        watched: serde_json::from_str(&row.watched).map_err(|_| UNREADABLE)?,
        username: row.username,
        addresses: serde_json::from_str(&row.addresses).map_err(|_| UNREADABLE)?,
        acknowledged_at: row.acknowledged_at.map(Timestamp::from_millis),
        acknowledged_by: row.acknowledged_by,
    })
}
