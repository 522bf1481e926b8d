//! What the sandbox saw of each client.

use serde::{Deserialize, Serialize};

/// How many token requests a client sent and what became of them, and how often it called the management API. Counted in memory: a restart starts from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// All requests that named the client, authenticated or not.
    pub requests: u64,
    /// Those that got a token.
    pub granted: u64,
    /// Those that were refused for a reason of their own.
    pub refused: u64,
    /// Those that met a switched-on fault.
    pub faulted: u64,
    /// Those that came sooner than the `Retry-After` of an earlier answer had asked for.
    #[serde(default)]
    pub early: u64,
    /// Requests to the management API with a token of this client.
    #[serde(default)]
    pub calls: u64,
}
