//! The audit log: reports of browsers in, events and alerts out, for admins and auditors. See [`crate::audit`].

use serde::{Deserialize, Serialize};

use super::{Access, Method, route};
use crate::audit::suspicion::Alert;
use crate::audit::{Event, Reports};
use crate::id::AlertId;

/// The path of the events as comma-separated values, with the parameters of [`crate::audit::Filter`].
pub const EXPORT_CSV: &str = "/api/v1/audit/events.csv";

/// The path of the events as lines of JSON, with the parameters of [`crate::audit::Filter`].
pub const EXPORT_JSON: &str = "/api/v1/audit/events.jsonl";

/// How the exports are asked for, and who may.
pub const EXPORT: (Method, Access) = (Method::Get, Access::Auditing);

/// Some events, the newest first: `?before=<seq>&limit=<1..200>` and the parameters of [`crate::audit::Filter`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// The events.
    pub events: Vec<Event>,
    /// What to ask for as `before` to get older ones; `None` when there are none.
    pub older: Option<u64>,
    /// How many events fit the filter, counted up to 10,000.
    pub total: u64,
    /// The whole log.
    pub chain: Chain,
}

/// How far the log reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chain {
    /// The place of the oldest event that is kept; one more than the newest when none is.
    pub first: u64,
    /// The place of the newest event.
    pub last: u64,
    /// The newest event's code, in hexadecimal digits: who noted it elsewhere can tell later that nothing before it was
    /// changed (`server audit verify --head <place>:<code>`).
    pub head: String,
}

/// What became of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taken {
    /// How many became events now; the others had become events before.
    pub taken: u32,
}

route!("Events of the audit log, the newest first.", AuditEvents, Get "/api/v1/audit/events", Auditing, () => EventPage);
route!("Tells what only a browser sees, once over repeats.", ReportEvents, Post "/api/v1/audit/reports", SignedIn, Reports => Taken);
route!("Alerts: those nobody has acknowledged first.", Alerts, Get "/api/v1/audit/alerts", Auditing, () => Vec<Alert>);
route!("Notes that an admin has seen an alert.", AcknowledgeAlert { id: AlertId }, Post "/api/v1/audit/alerts/{id}/acknowledgement", Admin, () => Alert);
