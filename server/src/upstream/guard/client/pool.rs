//! Connections kept for the next calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Lane;

/// How many connections to an origin are kept. With fewer than there are calls at once, most calls would open one of their own.
const MOST: usize = 128;

/// For how long.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// The connections nobody uses now, by origin: the last that came is the first that goes.
#[derive(Default)]
pub(super) struct Pool(Mutex<Idle>);

#[derive(Default)]
struct Idle {
    by_origin: HashMap<String, Vec<(Lane, Instant)>>,
    is_swept: bool,
}

impl Pool {
    /// A connection to an origin, which can take a request.
    pub(super) fn take(&self, origin: &str) -> Option<Lane> {
        loop {
            let (mut lane, since) = self.with(|idle| idle.by_origin.get_mut(origin)?.pop())?;
            if since.elapsed() < KEPT_FOR && lane.is_free() {
                return Some(lane);
            }
        }
    }

    /// Keeps a connection.
    pub(super) fn keep(self: &Arc<Self>, origin: &str, lane: Lane) {
        let begins = self.with(|idle| {
            let kept = (lane, Instant::now());
            match idle.by_origin.get_mut(origin) {
                Some(lanes) if lanes.len() >= MOST => {}
                Some(lanes) => lanes.push(kept),
                None => drop(idle.by_origin.insert(origin.to_owned(), vec![kept])),
            }
            !std::mem::replace(&mut idle.is_swept, true)
        });
        if begins {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    fn with<T>(&self, change: impl FnOnce(&mut Idle) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Closes what was kept for long enough, until nothing is kept.
async fn sweep(pool: Weak<Pool>) {
    loop {
        sleep(KEPT_FOR).await;
        let Some(pool) = pool.upgrade() else { return };
        let is_empty = pool.with(|idle| {
            idle.by_origin.retain(|_, lanes| {
                lanes.retain(|(_, since)| since.elapsed() < KEPT_FOR);
                !lanes.is_empty()
            });
            idle.is_swept = !idle.by_origin.is_empty();
            !idle.is_swept
        });
        if is_empty {
            return;
        }
    }
}
