//! The parts of the storage manager, each against what it promises: the scenarios of contract 1 under their own names.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod batch_operations;
mod circuit_breaker;
mod memory_cache;
mod metrics;
mod retry_logic;

use domain::time::Timestamp;

/// That many milliseconds after the tests began.
fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}
