//! The tables, one module each. Times are milliseconds since the Unix epoch.

pub mod alert;
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
pub mod sync_copy;
pub mod sync_item;
pub mod tenant;
pub mod token_count;
pub mod token_use;
pub mod user;
pub mod vault_half;
