//! The audit log's server side: its key, what is recorded when something is refused, and the check of the whole.
//!
//! An event is written by the store, in the transaction that does what it records: if one of them can't be, neither is.
//! Each event carries a code over itself and the code of the event before (HMAC-SHA-256, RFC 2104), under a key from the
//! server's own secret. So who can write into the database, and has not that secret, changes, removes or moves nothing
//! unseen. The newest code lies in the database too, under a code of its own, so that a cut end is seen; who puts back an
//! older copy of the whole database is found out only by a code that was noted elsewhere.

mod chain;
pub mod command;
pub mod verify;

pub use chain::{ChainKey, ChainState, Code, from_hex, hex};
