//! What the server counts, for `/metrics`: requests, refusals, gateway calls. What stands in the database or elsewhere in the
//! process is read when it is asked for.
//!
//! Counts are of this process, and begin at its start, as Prometheus wants counters. No label holds anything a caller could
//! choose: routes are templates, hosts are those an admin allowed.

mod text;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::time::Span;

pub use text::{Kind, Text};

/// The counters of this process.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counts>);

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Requests, by route.
    pub routes: BTreeMap<String, RouteCounts>,
    /// Calls passed on, by the host that answered, then its status.
    pub gateway_calls: BTreeMap<String, BTreeMap<u16, u64>>,
    /// Refusals, by reason and whether they were recorded in the audit log.
    pub refusals: BTreeMap<(String, bool), u64>,
}

/// What was counted of one route.
#[derive(Clone, Debug, Default)]
pub struct RouteCounts {
    /// Requests, by method and status.
    pub requests: BTreeMap<(&'static str, u16), u64>,
    /// How long they took together.
    pub took: Span,
    /// How many there were.
    pub count: u64,
}

/// The methods that have a name of their own; a caller may invent others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl Metrics {
    /// Counts an answered request.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Span) {
        let method = METHODS.iter().find(|known| **known == method).copied().unwrap_or("other");
        self.change(|counts| {
            let counts = named(&mut counts.routes, route);
            *counts.requests.entry((method, status)).or_default() += 1;
            counts.took = counts.took + took;
            counts.count += 1;
        });
    }

    /// Counts an answer of a provider's API that was passed on.
    pub fn passed_on(&self, host: &str, status: u16) {
        self.change(|counts| *named(&mut counts.gateway_calls, host).entry(status).or_default() += 1);
    }

    /// Counts a refusal.
    pub fn refused(&self, reason: &str, recorded: bool) {
        self.change(|counts| *counts.refusals.entry((reason.to_owned(), recorded)).or_default() += 1);
    }

    /// What was counted until now.
    pub fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What is counted under a name, which is copied only when it is new.
fn named<'a, T: Default>(all: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    if all.contains_key(name) {
        return all.get_mut(name).expect("it was there a moment ago");
    }
    all.entry(name.to_owned()).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_somebody_invented_is_counted_without_its_name() {
        let metrics = Metrics::default();
        metrics.answered("CANARY", "/", 405, Span::from_millis(3));
        metrics.answered("GET", "/", 200, Span::from_millis(4));
        let counts = metrics.counts();
        let route = &counts.routes["/"];
        let methods: Vec<_> = route.requests.keys().map(|(method, _)| *method).collect();
        assert_eq!(methods, ["GET", "other"]);
        assert_eq!((route.took, route.count), (Span::from_millis(7), 2));
    }
}
