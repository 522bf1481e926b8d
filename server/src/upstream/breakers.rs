//! A breaker for each host: who fails again and again is left alone for a while, then asked once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::storage::{Breaker, Permit};
use domain::time::{Span, Timestamp};

/// How long a host is left alone.
const REST: Span = Span::from_seconds(10);

/// The breakers of all hosts. Hosts are those an admin allowed, so there are few.
#[derive(Debug, Default)]
pub(super) struct Breakers(Mutex<HashMap<String, Breaker>>);

impl Breakers {
    /// Leave for a call.
    ///
    /// # Errors
    ///
    /// How long to wait, while the host is left alone.
    pub(super) fn admit(&self, host: &str, now: Timestamp) -> Result<Permit, Span> {
        self.with(host, |breaker| breaker.admit(now)).map_err(|shut| shut.until.since(now))
    }

    /// The host answered.
    pub(super) fn answered(&self, host: &str, permit: Permit) {
        self.with(host, |breaker| breaker.succeeded(permit));
    }

    /// The host could not be reached, or a server before it said that it can't.
    pub(super) fn failed(&self, host: &str, permit: Permit, now: Timestamp) {
        if self.with(host, |breaker| {
            let trips = breaker.trips();
            breaker.failed(permit, now);
            breaker.trips() > trips
        }) {
            tracing::warn!(host, "left alone for a while: its calls fail");
        }
    }

    /// How each host's stands, by its name: see [`Breaker::standing`].
    pub(super) fn standings(&self) -> Vec<(String, u8)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut standings: Vec<_> = all.iter().map(|(host, breaker)| (host.clone(), breaker.standing())).collect();
        standings.sort();
        standings
    }

    fn with<T>(&self, host: &str, change: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(breaker) = all.get_mut(host) {
            return change(breaker);
        }
        change(all.entry(host.to_owned()).or_insert_with(|| Breaker::resting(REST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    #[test]
    fn a_host_that_fails_five_times_rests_and_then_gets_one_probe() {
        let breakers = Breakers::default();
        for _ in 0..5 {
            let permit = breakers.admit("a", NOON).unwrap();
            breakers.failed("a", permit, NOON);
        }
        assert_eq!(breakers.admit("a", NOON), Err(REST));
        assert!(breakers.admit("b", NOON).is_ok(), "another host has done nothing");
        let probe = breakers.admit("a", NOON + REST).unwrap();
        assert!(probe.is_probe && breakers.admit("a", NOON + REST).is_err());
        breakers.answered("a", probe);
        assert!(breakers.admit("a", NOON + REST).is_ok());
    }

    #[test]
    fn an_answer_in_between_counts_from_the_start() {
        let breakers = Breakers::default();
        for round in 0..20 {
            let permit = breakers.admit("a", NOON).unwrap();
            if round % 4 == 3 { breakers.answered("a", permit) } else { breakers.failed("a", permit, NOON) }
        }
    }
}
