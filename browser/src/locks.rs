//! Who acts: exclusive locks between the tabs of this browser (Web Locks), freed by the browser when a tab dies.
//!
//! Both sides are bounded: who waits gives up after a while, and who holds lets go after a while. A tab that can't even do
//! that, for it was frozen or hangs, has its lock taken away once its time is over, once; what it writes later is too
//! late, because the vault's records are fenced. Nothing of the app runs inside. Where there are no Web Locks a lease in localStorage takes
//! their place, by best effort: two tabs may then both believe they hold it, which costs a second request and never a
//! wrong token, because the vault's records are fenced by their generation.

mod lease;
mod web_locks;

use std::cell::Cell;

use domain::tabs::ExcludesBy;

use lease::Lease;
use web_locks::{Grant, WebLocks};

/// How long to wait for a lock and how long to hold it at most, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Until waiting is given up.
    pub wait: u32,
    /// Until the holder lets go by itself.
    pub hold: u32,
}

/// Why a lock could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another tab held it all the time.
    #[error("another tab held it for more than {0} ms")]
    Waited(u32),
    /// The browser refused: the name of its error.
    #[error("the browser refused: {0}")]
    Refused(String),
}

/// A lock that is held until this is dropped, or until the bound on holding is reached.
pub struct Held {
    hold: Hold,
}

impl Held {
    /// Whether it still is this tab's: its time is not over, and nobody took it away. A page that stood still learns here
    /// that others have gone on.
    pub fn is_good(&self) -> bool {
        match &self.hold {
            Hold::WebLock(grant) => grant.is_good(),
            Hold::Lease(lease) => lease.is_good(),
        }
    }
}

enum Hold {
    WebLock(Grant),
    Lease(Lease),
}

/// Whether the browser has Web Locks, so that a lock ends with its tab; else leases stand in for them.
pub fn are_there() -> bool {
    WebLocks::of_this_browser().is_some()
}

thread_local! {
    /// Whether this page was refused a lock though the browser has them, as a document that may hold none is.
    static REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// By what tabs exclude each other, as far as this one knows.
pub fn excludes_by() -> ExcludesBy {
    if are_there() && !REFUSED.get() { ExcludesBy::WebLocks } else { ExcludesBy::Lease }
}

/// Waits for the exclusive lock of this name; dropping this gives up waiting. Where the browser refuses one, a lease does.
///
/// # Errors
///
/// [`LockError`] when it can't be had within the bound on waiting.
pub async fn acquire(name: &str, bounds: Bounds) -> Result<Held, LockError> {
    match WebLocks::of_this_browser() {
        Some(locks) => match locks.acquire(name, bounds).await {
            Err(LockError::Refused(_)) => {
                REFUSED.set(true);
                lease(name, bounds).await
            }
            granted => Ok(Held { hold: Hold::WebLock(granted?) }),
        },
        None => lease(name, bounds).await,
    }
}

/// As [`acquire`] does where there are no Web Locks.
///
/// # Errors
///
/// As [`acquire`].
pub async fn lease(name: &str, bounds: Bounds) -> Result<Held, LockError> {
    Ok(Held { hold: Hold::Lease(Lease::acquire(name, bounds).await?) })
}
