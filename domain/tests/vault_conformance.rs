//! The vault's rules, run against the place in memory.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use domain::vault::{MemoryStore, conformance};

/// Runs a future that never waits for anything outside: memory is always ready.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory never waits"),
    }
}

#[test]
fn memory_keeps_every_rule_of_the_vault() {
    block_on(conformance::all(async |_| MemoryStore::default()));
}
