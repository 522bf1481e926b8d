//! Requests per minute, by person, by address, and of embedding pages. Kept in this process: a limit protects this node's own resources.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::id::{ConversationId, OrgId, UserId};
use domain::time::{Span, Timestamp};
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::network::limit_subject;
use crate::settings::Limits;

/// How many refusals of one person are recorded a minute.
const RECORDED_OF_USER: u32 = 60;

/// How many refusals of one address, without a session, are recorded a minute.
const RECORDED_OF_ADDRESS: u32 = 10;

/// How often a minute the browsers of one person may tell how many tokens they keep.
const TOLD_OF_USER: u32 = 60;

/// The limits of all kinds (the generic cell rate algorithm, with a minute's worth as burst).
pub struct Limiter {
    users: Option<Cells<UserId>>,
    addresses: Option<Cells<IpAddr>>,
    bootloader: Option<Cells<(OrgId, IpAddr)>>,
    conversations: Option<Cells<(OrgId, IpAddr)>>,
    visitor_messages: Option<Cells<ConversationId>>,
    reports: Option<Cells<UserId>>,
    told: Option<Cells<UserId>>,
    /// Refusals that are recorded.
    recorded_users: Option<Cells<UserId>>,
    recorded_addresses: Option<Cells<IpAddr>>,
}

/// One limit, and how often somebody was told to wait.
struct Cells<K: Hash + Eq + Clone> {
    cells: RateLimiter<K, DashMapStateStore<K>, PortClock, NoOpMiddleware<Duration>>,
    hits: AtomicU64,
}

impl Limiter {
    /// Limits that count by `clock`; a limit of 0 is none.
    pub fn new(limits: Limits, clock: &Arc<dyn Clock>) -> Self {
        Self {
            users: cells(limits.per_user, clock),
            addresses: cells(limits.per_address, clock),
            bootloader: cells(limits.bootloader, clock),
            conversations: cells(limits.conversations, clock),
            visitor_messages: cells(limits.visitor_messages, clock),
            reports: cells(limits.audit_reports, clock),
            told: cells(TOLD_OF_USER, clock),
            recorded_users: cells(RECORDED_OF_USER, clock),
            recorded_addresses: cells(RECORDED_OF_ADDRESS, clock),
        }
    }

    /// Counts a request of a person.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_user(&self, user: &UserId) -> Result<(), Span> {
        count(self.users.as_ref(), user)
    }

    /// Counts a request from an address.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_address(&self, address: IpAddr) -> Result<(), Span> {
        count(self.addresses.as_ref(), &limit_subject(address))
    }

    /// Counts a request for an org token.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_boot(&self, org: &OrgId, address: IpAddr) -> Result<(), Span> {
        count(self.bootloader.as_ref(), &(org.clone(), limit_subject(address)))
    }

    /// Counts a conversation begun on an organization's page.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_conversation(&self, org: &OrgId, address: IpAddr) -> Result<(), Span> {
        count(self.conversations.as_ref(), &(org.clone(), limit_subject(address)))
    }

    /// Counts a visitor's message.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_visitor_message(&self, conversation: &ConversationId) -> Result<(), Span> {
        count(self.visitor_messages.as_ref(), conversation)
    }

    /// Counts a request with reports for the audit log.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_reports(&self, user: &UserId) -> Result<(), Span> {
        count(self.reports.as_ref(), user)
    }

    /// Counts a request that tells how many tokens a browser keeps.
    ///
    /// # Errors
    ///
    /// How long to wait.
    pub fn count_told(&self, user: &UserId) -> Result<(), Span> {
        count(self.told.as_ref(), user)
    }

    /// Whether one more refusal is recorded: of a person, or of an address where nobody is signed in.
    pub fn may_record_refusal(&self, user: Option<&UserId>, address: IpAddr) -> bool {
        let counted = match user {
            Some(user) => count(self.recorded_users.as_ref(), user),
            None => count(self.recorded_addresses.as_ref(), &limit_subject(address)),
        };
        counted.is_ok()
    }

    /// How often somebody was told to wait, by the limit's name.
    pub fn hits(&self) -> [(&'static str, u64); 7] {
        [
            ("user", hits(self.users.as_ref())),
            ("address", hits(self.addresses.as_ref())),
            ("bootloader", hits(self.bootloader.as_ref())),
            ("conversations", hits(self.conversations.as_ref())),
            ("visitor_messages", hits(self.visitor_messages.as_ref())),
            ("audit_reports", hits(self.reports.as_ref())),
            ("token_counts", hits(self.told.as_ref())),
        ]
    }

    /// Forgets those who have been quiet long enough to be like new.
    pub fn sweep(&self) {
        sweep(self.users.as_ref());
        sweep(self.addresses.as_ref());
        sweep(self.bootloader.as_ref());
        sweep(self.conversations.as_ref());
        sweep(self.visitor_messages.as_ref());
        sweep(self.reports.as_ref());
        sweep(self.told.as_ref());
        sweep(self.recorded_users.as_ref());
        sweep(self.recorded_addresses.as_ref());
    }
}

fn sweep<K: Hash + Eq + Clone>(cells: Option<&Cells<K>>) {
    if let Some(cells) = cells {
        cells.cells.retain_recent();
    }
}

fn hits<K: Hash + Eq + Clone>(cells: Option<&Cells<K>>) -> u64 {
    cells.map_or(0, |cells| cells.hits.load(Ordering::Relaxed))
}

fn cells<K: Hash + Eq + Clone>(per_minute: u32, clock: &Arc<dyn Clock>) -> Option<Cells<K>> {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
    let clock = PortClock { clock: Arc::clone(clock), started: clock.now() };
    let cells = RateLimiter::new(quota, DashMapStateStore::default(), clock);
    Some(Cells { cells, hits: AtomicU64::new(0) })
}

fn count<K: Hash + Eq + Clone>(cells: Option<&Cells<K>>, key: &K) -> Result<(), Span> {
    let Some(Cells { cells, hits }) = cells else { return Ok(()) };
    cells.check_key(key).map_err(|until| {
        hits.fetch_add(1, Ordering::Relaxed);
        let wait = until.wait_time_from(cells.clock().now());
        Span::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    })
}

/// The clock port, as governor wants it: time since the limiter was made, never backwards of that.
#[derive(Clone)]
struct PortClock {
    clock: Arc<dyn Clock>,
    started: Timestamp,
}

impl GovernorClock for PortClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(self.clock.now().since(self.started).millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MockClock;

    fn limiter(per_user: u32) -> (Limiter, Arc<MockClock>) {
        let clock = Arc::new(MockClock::at(Timestamp::from_seconds(1_000)));
        let port: Arc<dyn Clock> = Arc::clone(&clock) as _;
        (
            Limiter::new(
                Limits {
                    per_user,
                    per_address: 0,
                    bootloader: 0,
                    conversations: 0,
                    visitor_messages: 0,
                    audit_reports: 0,
                },
                &port,
            ),
            clock,
        )
    }

    #[test]
    fn the_request_beyond_the_limit_is_told_how_long_to_wait() {
        let (limiter, _) = limiter(60);
        let user = UserId::new("a");
        for _ in 0..60 {
            assert_eq!(limiter.count_user(&user), Ok(()));
        }
        assert_eq!(limiter.count_user(&user), Err(Span::from_seconds(1)));
        assert_eq!(limiter.count_user(&UserId::new("b")), Ok(()));
    }

    #[test]
    fn after_the_wait_the_next_request_is_answered() {
        let (limiter, clock) = limiter(1);
        let user = UserId::new("a");
        assert_eq!(limiter.count_user(&user), Ok(()));
        clock.advance(limiter.count_user(&user).unwrap_err());
        assert_eq!(limiter.count_user(&user), Ok(()));
    }

    #[test]
    fn a_limit_of_zero_is_none() {
        let (limiter, _) = limiter(0);
        for _ in 0..10_000 {
            assert_eq!(limiter.count_user(&UserId::new("a")), Ok(()));
        }
    }
}
