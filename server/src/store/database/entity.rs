//! The tables, one module each. Times are milliseconds since the Unix epoch.

pub mod attempt;
pub mod audit_chain;
pub mod audit_event;
pub mod conversation;
pub mod link;
pub mod message;
pub mod org;
pub mod org_key;
pub mod org_origin;
pub mod provider;
pub mod result;
pub mod session;
pub mod signing_key;
pub mod tenant;
pub mod user;
pub mod vault_half;
