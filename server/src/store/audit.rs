use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::api::audit::Chain;
use domain::audit::{Action, Entry, Event, Filter, Outcome};
use domain::time::Timestamp;

use super::StoreError;

/// Up to how many events that fit a filter are counted.
pub const MOST_COUNTED: u64 = 10_000;

/// Which events stay. The oldest go in good numbers, now and then: each time is an event itself.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// Those written before this moment go,
    pub from: Timestamp,
    /// once the oldest is from before this earlier one.
    pub due: Timestamp,
    /// So many stay at most; when there are more, a twentieth goes too.
    pub most: u64,
}

/// How many events were written, by action and outcome.
pub type Written = BTreeMap<(Action, Outcome), u64>;

/// The audit log. Only its end grows and, by the rules of the settings, its beginning goes.
///
/// What records a deed is not written here: each method of a repository that does one takes the event's [`Entry`] and
/// writes it in its own transaction.
#[async_trait]
pub trait AuditLog {
    /// Writes events that record nothing the database does: refusals, and what a provider was asked. All of them or none.
    async fn record(&self, entries: &[Entry]) -> Result<(), StoreError>;

    /// Writes what a person's browser reported, each report once; how many were new.
    async fn record_reports(&self, entries: &[Entry]) -> Result<u32, StoreError>;

    /// Events that fit, the newest first, from before a place on.
    async fn events(&self, filter: &Filter, before: Option<u64>, most: u64) -> Result<Vec<Event>, StoreError>;

    /// How many events fit, counted up to [`MOST_COUNTED`].
    async fn count_events(&self, filter: &Filter) -> Result<u64, StoreError>;

    /// How many events this process wrote, by action and outcome.
    fn events_written(&self) -> Written;

    /// How far the log reaches.
    async fn chain(&self) -> Result<Chain, StoreError>;

    /// Removes the oldest events as far as they may go, and records that with `note`; how many went. The newest stays.
    async fn trim_events(&self, keeping: Keeping, note: &Entry) -> Result<u64, StoreError>;
}
