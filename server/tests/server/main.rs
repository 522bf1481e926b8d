//! The server's tests: the real router, a real SQLite file, a clock that moves when told to, seeded randomness.

// Everything here is a test, or helps one: a value that is missing fails it, and that is what unwrap says.
#![allow(clippy::unwrap_used)]

mod access;
mod audit_log;
mod audit_reports;
mod audit_verify;
mod bootloader;
mod canaries;
mod conversations;
mod crash;
#[cfg(feature = "sandbox")]
mod gateway;
mod guards;
mod https;
mod idempotency;
mod isolation;
mod metrics;
mod org_keys;
mod page;
mod pages;
mod passing;
mod password;
mod problems;
mod process;
mod provider;
mod providers;
mod rig;
#[cfg(feature = "sandbox")]
mod sandboxed;
mod sessions;
mod setup;
mod sign_in;
mod stopping;
mod sync;
mod tenants;
mod token_counts;
mod users;
mod vault_halves;
