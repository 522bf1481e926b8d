//! The tables, one module each. Times are milliseconds since the Unix epoch.

pub mod attempt;
pub mod link;
pub mod provider;
pub mod result;
pub mod session;
pub mod user;
