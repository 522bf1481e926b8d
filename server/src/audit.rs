//! The audit log's server side: its key, what is recorded when something is refused, and the check of the whole.
//!
//! An event is written by the store, in the transaction that does what it records: if one of them can't be, neither is.
//! Each event carries a code over itself and the code of the event before (HMAC-SHA-256, RFC 2104), under a key from the
//! server's own secret. So who can write into the database, and has not that secret, changes, removes or moves nothing
//! unseen. The newest code lies in the database too, under a code of its own, so that a cut end is seen; who puts back an
//! older copy of the whole database is found out only by a code that was noted elsewhere.

mod chain;
pub mod command;
mod refusal;
mod uses;
pub mod verify;

pub use chain::{ChainKey, ChainState, Code, from_hex, hex};
pub use refusal::{Refused, record_refusal};
pub use uses::TokenUses;

use domain::api::Problem;
use domain::audit::{Entry, Outcome, Reason};

/// An entry with how what it records ended.
pub fn ended<T>(entry: Entry, result: &Result<T, Problem>) -> Entry {
    match result {
        Ok(_) => entry,
        Err(problem) => entry.ended(outcome(problem), &reason(problem)),
    }
}

/// Whether somebody said no, or nobody could say anything.
fn outcome(problem: &Problem) -> Outcome {
    if problem.status < 500 { Outcome::Refused } else { Outcome::Failed }
}

/// Why, for programs: the provider's own `error` where it gave one, else the problem's code.
pub fn reason(problem: &Problem) -> String {
    let theirs = problem.upstream.as_ref().and_then(|upstream| upstream.error.clone());
    let code = || serde_json::to_value(problem.code).ok().and_then(|code| code.as_str().map(str::to_owned));
    theirs.filter(|error| Reason::parse(error).is_ok()).or_else(code).unwrap_or_default()
}
