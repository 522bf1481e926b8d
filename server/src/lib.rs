//! The server: renders pages, signs people in, obtains tokens, keeps what must be shared.
//!
//! `main.rs` only wires. Clock, randomness, the store and the way out come in as ports, so that tests run the real
//! router. The rules of this crate:
//!
//! - Every route of the API is an [`domain::api::Endpoint`], mounted in one place that decides who may use it.
//! - Of session cookies, link keys and visitor keys the database has only digests; tokens lie there only sealed, for a
//!   minute, and the keys that sign org tokens only sealed.
//! - No log line holds a path, a query, a header or a body.

pub mod assets;
pub mod audit;
pub mod changes;
pub mod clock;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod digest;
pub mod embed;
pub mod entropy;
pub mod gateway;
pub mod in_flight;
pub mod known;
pub mod limiter;
pub mod logs;
pub mod metrics;
pub mod middleware;
pub mod network;
pub mod org_tokens;
pub mod pages;
pub mod problem;
pub mod router;
pub mod routes;
pub mod seal;
pub mod secret_file;
pub mod serve;
pub mod settings;
pub mod sign_in;
pub mod start;
pub mod state;
pub mod store;
pub mod upstream;
