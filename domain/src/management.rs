//! PingOne's management API, and what is shaped like it, as the pages read it: where things are, how lists come in pages, and
//! what its refusals mean.
//!
//! Answers are read leniently: a field that is missing or new never loses the rest, and an entry that can't be read is
//! counted, not passed over in silence.

pub mod activities;
mod filter;
pub mod lenient;
pub mod licenses;
pub mod metrics;
mod page;
mod refusal;
mod route;

pub mod bulk;
pub mod users;

pub use filter::Filter;
pub use page::{Page, link};
pub use refusal::{Refused, problem};
pub use route::Route;
