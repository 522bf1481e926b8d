//! Events and how far the log reaches, as rows.

use domain::audit::{Action, Entry, Event, Label, Outcome, Reason, Source};
use domain::id::{ConnectionId, ProviderId, ReportId, RequestId, TenantId, UserId};
use domain::site::SiteId;
use domain::time::Timestamp;
use sea_orm::Set;

use super::{StoreError, audit_chain, audit_event};
pub(super) use crate::audit::hex;
use crate::audit::{ChainState, Code, from_hex};

pub(super) const UNREADABLE: StoreError = StoreError::Unreadable("audit_events");

/// An event as it lies in the database, with what it is checked by.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The event's place.
    pub seq: u64,
    /// The event; `None` when the row can't be read as one.
    pub event: Option<Event>,
    /// Which key its code is under.
    pub key_name: String,
    /// Its code; `None` when that can't be read.
    pub code: Option<Code>,
}

impl StoredEvent {
    /// What a row holds.
    pub(super) fn of(row: audit_event::Model) -> Self {
        Self {
            seq: u64::try_from(row.seq).unwrap_or(0),
            key_name: row.key_name.clone(),
            code: from_hex(&row.code),
            event: event_of(row).ok(),
        }
    }
}

/// The event of a row.
pub(super) fn event_of(row: audit_event::Model) -> Result<Event, StoreError> {
    let seq = unsigned(row.seq)?;
    let entry = Entry {
        at: Timestamp::from_millis(row.at),
        happened_at: row.happened_at.map(Timestamp::from_millis),
        action: Action::named(&row.action).ok_or(UNREADABLE)?,
        outcome: Outcome::named(&row.outcome).ok_or(UNREADABLE)?,
        reason: checked(row.reason.as_deref(), Reason::parse)?,
        source: Source::named(&row.source).ok_or(UNREADABLE)?,
        user: row.user_id.map(UserId::new),
        username: row.username,
        tenant: row.tenant_id.map(TenantId::new),
        site: checked(row.site_id.as_deref(), SiteId::parse)?,
        provider: row.provider_id.map(ProviderId::new),
        connection: row.connection_id.map(ConnectionId::new),
        subject: row.subject,
        label: checked(row.label.as_deref(), Label::parse)?,
        count: row.count.map(|count| u32::try_from(count).map_err(|_| UNREADABLE)).transpose()?,
        address: row.address,
        request: row.request_id.map(RequestId::new),
        report: row.report_id.map(ReportId::new),
    };
    Ok(Event { seq, entry })
}

fn checked<T, E>(text: Option<&str>, parse: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, StoreError> {
    text.map(|text| parse(text).map_err(|_| UNREADABLE)).transpose()
}

/// How far the log reaches, and the code of that.
pub(super) fn state_of(row: &audit_chain::Model) -> Result<(ChainState, Code), StoreError> {
    let state = ChainState {
        base_seq: unsigned(row.base_seq)?,
        base: code_of(&row.base_code)?,
        head_seq: unsigned(row.head_seq)?,
        head: code_of(&row.head_code)?,
    };
    Ok((state, code_of(&row.code)?))
}

pub(super) fn row(event: &Event, key_name: &str, code: &Code) -> audit_event::ActiveModel {
    let entry = &event.entry;
    let text = |text: Option<&str>| Set(text.map(str::to_owned));
    audit_event::ActiveModel {
        seq: Set(signed(event.seq)),
        at: Set(entry.at.millis()),
        happened_at: Set(entry.happened_at.map(Timestamp::millis)),
        action: Set(entry.action.name().to_owned()),
        outcome: Set(entry.outcome.name().to_owned()),
        reason: text(entry.reason.as_ref().map(Reason::as_str)),
        source: Set(entry.source.name().to_owned()),
        user_id: text(entry.user.as_ref().map(UserId::as_str)),
        username: text(entry.username.as_deref()),
        tenant_id: text(entry.tenant.as_ref().map(TenantId::as_str)),
        site_id: text(entry.site.as_ref().map(SiteId::as_str)),
        provider_id: text(entry.provider.as_ref().map(ProviderId::as_str)),
        connection_id: text(entry.connection.as_ref().map(ConnectionId::as_str)),
        subject: text(entry.subject.as_deref()),
        label: text(entry.label.as_ref().map(Label::as_str)),
        count: Set(entry.count.map(i64::from)),
        address: Set(entry.address.clone()),
        request_id: text(entry.request.as_ref().map(RequestId::as_str)),
        report_id: text(entry.report.as_ref().map(ReportId::as_str)),
        key_name: Set(key_name.to_owned()),
        code: Set(hex(code)),
    }
}

pub(super) fn code_of(text: &str) -> Result<Code, StoreError> {
    from_hex(text).ok_or(UNREADABLE)
}

pub(super) fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(seq: i64) -> Result<u64, StoreError> {
    u64::try_from(seq).map_err(|_| UNREADABLE)
}
