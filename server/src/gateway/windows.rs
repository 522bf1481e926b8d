//! How many calls each person made for each site of a tenant in the last minute: a sliding window, kept in this process and
//! shared by all tabs and sessions of the person. What is called in one tenant is not counted, nor told, in another.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::id::{ProviderId, TenantId, UserId};
use domain::site::SiteId;
use domain::time::{Span, Timestamp};

/// How long a call counts.
const MINUTE: Span = Span::from_seconds(60);

/// Whose calls are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowKey {
    /// The person.
    pub user: UserId,
    /// The tenant the calls are made in.
    pub tenant: TenantId,
    /// The provider.
    pub provider: ProviderId,
    /// The site; calls that name none count together.
    pub site: Option<SiteId>,
}

/// How a window stands after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many calls fit into a minute.
    pub limit: u32,
    /// How many more fit now.
    pub remaining: u32,
    /// Until the oldest call counted leaves.
    pub reset: Span,
}

/// The windows of everybody.
#[derive(Debug, Default)]
pub struct Windows {
    calls: Mutex<HashMap<WindowKey, VecDeque<Timestamp>>>,
    hits: AtomicU64,
}

impl Windows {
    /// Counts a call, if it fits.
    ///
    /// # Errors
    ///
    /// The full window; after its `reset` the next call fits.
    pub fn count(&self, key: WindowKey, limit: u32, now: Timestamp) -> Result<Window, Window> {
        let mut all = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = all.entry(key).or_default();
        forget(calls, now);
        let fits = calls.len() < limit as usize;
        if fits {
            calls.push_back(now);
        }
        let window = Window {
            limit,
            remaining: limit.saturating_sub(u32::try_from(calls.len()).unwrap_or(u32::MAX)),
            // A limit that was lowered leaves more calls than fit: as many as are too many must leave.
            reset: calls
                .get(calls.len().saturating_sub(limit as usize))
                .map_or(Span::ZERO, |at| (*at + MINUTE).since(now)),
        };
        if fits {
            return Ok(window);
        }
        self.hits.fetch_add(1, Ordering::Relaxed);
        Err(window)
    }

    /// How many calls did not fit.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Forgets who made no call in the last minute.
    pub fn sweep(&self, now: Timestamp) {
        let mut all = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, calls| {
            forget(calls, now);
            !calls.is_empty()
        });
    }
}

/// Calls of more than a minute ago, and of a time that has not come: the clock was set back, and nobody must wait for it.
fn forget(calls: &mut VecDeque<Timestamp>, now: Timestamp) {
    while calls.front().is_some_and(|at| *at + MINUTE <= now) {
        calls.pop_front();
    }
    while calls.back().is_some_and(|at| *at > now) {
        calls.pop_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(43_200);

    fn key(user: &str, site: &str) -> WindowKey {
        let (user, tenant, provider) = (UserId::new(user), TenantId::new("t"), ProviderId::new("p"));
        WindowKey { user, tenant, provider, site: SiteId::parse(site).ok() }
    }

    fn at(seconds: u64) -> Timestamp {
        NOON + Span::from_seconds(seconds)
    }

    #[test]
    fn the_window_slides_so_that_no_minute_has_more_calls_than_fit() {
        let windows = Windows::default();
        for second in [0, 20, 40] {
            assert!(windows.count(key("a", "s"), 3, at(second)).is_ok());
        }
        let full = windows.count(key("a", "s"), 3, at(50)).unwrap_err();
        assert_eq!(full, Window { limit: 3, remaining: 0, reset: Span::from_seconds(10) });
        assert!(windows.count(key("a", "s"), 3, at(59)).is_err());
        assert_eq!(windows.count(key("a", "s"), 3, at(60)).unwrap().reset, Span::from_seconds(20));
        assert!(windows.count(key("a", "s"), 3, at(61)).is_err(), "the calls at 20 and 40 still count");
    }

    #[test]
    fn what_is_left_is_told_before_it_is_used_up() {
        let windows = Windows::default();
        let left: Vec<u32> =
            (0..3).filter_map(|_| windows.count(key("a", "s"), 3, NOON).ok()).map(|it| it.remaining).collect();
        assert_eq!(left, [2, 1, 0]);
    }

    #[test]
    fn people_sites_and_tenants_are_counted_apart() {
        let windows = Windows::default();
        for (user, site) in [("a", "s"), ("b", "s"), ("a", "t"), ("a", "")] {
            assert!(windows.count(key(user, site), 1, NOON).is_ok(), "{user} {site}");
        }
        assert!(windows.count(key("a", ""), 1, NOON).is_err());
        let elsewhere = WindowKey { tenant: TenantId::new("u"), ..key("a", "s") };
        assert!(windows.count(elsewhere, 1, NOON).is_ok(), "another tenant of the same person");
    }

    #[test]
    fn a_limit_that_was_lowered_and_a_clock_set_back_keep_nobody_waiting_for_long() {
        let windows = Windows::default();
        for second in 0..10 {
            assert!(windows.count(key("a", "s"), 10, at(second)).is_ok());
        }
        assert_eq!(windows.count(key("a", "s"), 2, at(10)).unwrap_err().reset, Span::from_seconds(58));
        assert!(windows.count(key("a", "s"), 2, NOON - Span::from_seconds(3_600)).is_ok());
    }

    #[test]
    fn the_quiet_are_forgotten() {
        let windows = Windows::default();
        windows.count(key("a", "s"), 3, NOON).unwrap();
        windows.sweep(at(59));
        assert_eq!(windows.calls.lock().unwrap().len(), 1);
        windows.sweep(at(60));
        assert_eq!(windows.calls.lock().unwrap().len(), 0);
    }
}
