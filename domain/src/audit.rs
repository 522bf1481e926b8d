//! The audit log: who did what to which token, when, from where, and how it ended. Never the token.
//!
//! Most events are the server's own: it writes them in the transaction that does what they record. What only a browser
//! sees (a token pasted, shown, exported) it tells the server in [`Report`]s. Everything here that a person or another
//! program gave is checked against looking like a token before it is kept ([`text`]).

mod action;
pub mod deed;
mod event;
mod export;
mod filter;
mod form;
mod report;
pub mod suspicion;
pub mod text;

pub use action::{Action, Group};
pub use event::{Entry, Event, Outcome, Source};
pub use export::{csv_head, csv_row, json_line};
pub use filter::{Filter, FilterError, MOST_ON_A_PAGE};
pub use form::chained_form;
pub use report::{MOST_REPORTS, Report, ReportFault, Reports};
pub use text::{Label, Reason};
