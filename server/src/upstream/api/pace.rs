//! The pace of API calls: each host and rate group gets its calls no faster than its limit.
//!
//! A call takes the next free slot (the generic cell rate algorithm, with the slot reserved): it waits for it when that is
//! soon, and is sent away with the time to wait when it is not. Kept in this process, like all limits on requests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::api::gateway::ApiPath;
use domain::provider::ProviderKind;
use domain::time::{Span, Timestamp};

use super::group::Group;

/// The longest wait for a slot; who would wait longer is told to come back.
const LONGEST_WAIT: Span = Span::from_millis(2_000);

/// The paces of all hosts and groups. Hosts are those an admin allowed, so there are few.
#[derive(Debug, Default)]
pub(in crate::upstream) struct Paces(Mutex<HashMap<(String, Group), Pace>>);

/// When the next call fits the mean.
#[derive(Clone, Copy, Debug, Default)]
struct Pace(Timestamp);

impl Paces {
    /// Waits for the next free slot of the calls to a path of a provider's, which is then taken.
    ///
    /// # Errors
    ///
    /// How long to wait, when no slot is free soon.
    pub(in crate::upstream) async fn take(
        &self,
        host: &str,
        kind: &ProviderKind,
        path: &ApiPath,
        now: Timestamp,
    ) -> Result<(), Span> {
        let Some(group) = Group::of(kind, path) else { return Ok(()) };
        let wait = self.reserve(host, group, now)?;
        if wait > Span::ZERO {
            tokio::time::sleep(Duration::from_millis(wait.millis())).await;
        }
        Ok(())
    }

    fn reserve(&self, host: &str, group: Group, now: Timestamp) -> Result<Span, Span> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces.entry((host.to_owned(), group)).or_default().reserve(group, now)
    }
}

impl Pace {
    fn reserve(&mut self, group: Group, now: Timestamp) -> Result<Span, Span> {
        let interval = group.interval();
        let credit = Span::from_millis(interval.millis() * (group.burst() - 1));
        // A clock that was set back must not make everyone wait until it is where it was.
        let longest = credit.millis() + LONGEST_WAIT.millis() + interval.millis();
        let next = self.0.max(now).min(now + Span::from_millis(longest));
        let wait = (next - credit).since(now);
        if wait > LONGEST_WAIT {
            return Err(wait);
        }
        self.0 = next + interval;
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    fn waits(group: Group, count: usize) -> Vec<Result<Span, Span>> {
        let paces = Paces::default();
        (0..count).map(|_| paces.reserve("a", group, NOON)).collect()
    }

    #[test]
    fn calls_to_the_audit_log_go_out_three_a_second_and_the_seventh_is_sent_away() {
        let millis = |wait: u64| Span::from_millis(wait);
        let expected = [0, 334, 668, 1_002, 1_336, 1_670].map(|wait| Ok(millis(wait)));
        assert_eq!(waits(Group::Audit, 6), expected);
        assert_eq!(waits(Group::Audit, 8)[6..], [Err(millis(2_004)), Err(millis(2_004))]);
    }

    #[test]
    fn other_calls_go_out_twenty_at_once_and_then_one_by_one() {
        let waits = waits(Group::Config, 22);
        assert!(waits[..20].iter().all(|wait| *wait == Ok(Span::ZERO)));
        assert_eq!(waits[20..], [Ok(Span::from_millis(104)), Ok(Span::from_millis(208))]);
    }

    #[test]
    fn in_a_minute_no_more_than_600_go_out_however_eager_the_callers() {
        let paces = Paces::default();
        let leaves_at = |millis: u64| {
            let wait = paces.reserve("a", Group::Config, NOON + Span::from_millis(millis)).ok()?;
            Some(millis + wait.millis())
        };
        let left = (0..60_000).filter_map(leaves_at).filter(|at| *at < 60_000).count();
        assert!((590..=600).contains(&left), "{left}");
    }

    #[test]
    fn hosts_and_groups_have_paces_of_their_own() {
        let paces = Paces::default();
        for (host, group) in [("a", Group::Audit), ("b", Group::Audit), ("a", Group::Analytics)] {
            assert_eq!(paces.reserve(host, group, NOON), Ok(Span::ZERO), "{host} {group:?}");
        }
    }

    #[test]
    fn a_clock_set_back_costs_a_few_seconds_and_not_the_hour() {
        let paces = Paces::default();
        assert_eq!(paces.reserve("a", Group::Audit, NOON + Span::from_seconds(3_600)), Ok(Span::ZERO));
        let wait = paces.reserve("a", Group::Audit, NOON).unwrap_err();
        assert!(wait <= Span::from_seconds(3), "{wait:?}");
    }
}
