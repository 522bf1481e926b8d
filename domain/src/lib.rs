//! What a token is and how it lives.
//!
//! The rules of this crate:
//!
//! - Pure: no clock, no randomness, no network, no storage, no async runtime, no browser, no framework. Time and random
//!   numbers come in as arguments, so that every run can be repeated from its inputs.
//! - Each port (a trait for something outside) stands next to the subject that needs it, with an in-memory
//!   implementation and one conformance suite that every real implementation also runs.
//! - A secret is a [`secret::Secret`]: silent in `Debug`, wiped when dropped, and readable only through `expose()`.

pub mod api;
pub mod audit;
pub mod calls;
pub mod chart;
pub mod connection;
pub mod csv;
pub mod https_url;
pub mod id;
pub mod keeper;
pub mod legacy;
pub mod management;
pub mod monitoring;
pub mod number;
#[cfg(feature = "openapi")]
mod openapi;
pub mod org;
pub mod preferences;
pub mod provider;
pub mod secret;
pub mod settings;
pub mod site;
pub mod storage;
pub mod sync;
pub mod tabs;
pub mod tenant;
pub mod time;
pub mod token;
pub mod transfer;
pub mod vault;
pub mod worker_token;
