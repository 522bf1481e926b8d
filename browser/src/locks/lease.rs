use domain::time::{Span, Timestamp};
use gloo_timers::future::TimeoutFuture;
use web_sys::Storage;

use super::{Bounds, LockError};
use crate::clock;

/// How long to wait between two looks, and for another tab's write to arrive, in milliseconds.
const PAUSE: u32 = 30;

/// A note in localStorage that says who may act, and until when.
pub struct Lease {
    storage: Storage,
    item: String,
    note: String,
}

impl Lease {
    /// Waits until nobody else's note is good any more, and leaves one.
    pub async fn acquire(name: &str, bounds: Bounds) -> Result<Self, LockError> {
        let refused = || LockError::Refused("no localStorage".to_owned());
        let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten()).ok_or_else(refused)?;
        let give_up = clock::now() + Span::from_millis(bounds.wait.into());
        let mut lease = Self { storage, item: ["tokenkeep.lease:", name].concat(), note: String::new() };
        while clock::now() < give_up {
            if lease.is_free() && lease.take(bounds.hold).await {
                return Ok(lease);
            }
            TimeoutFuture::new(PAUSE).await;
        }
        lease.note.clear();
        Err(LockError::Waited(bounds.wait))
    }

    fn is_free(&self) -> bool {
        let note = self.storage.get_item(&self.item).ok().flatten();
        let until = note.as_deref().and_then(|note| note.split_once(' ')).and_then(|(until, _)| until.parse().ok());
        until.is_none_or(|until| Timestamp::from_millis(until) <= clock::now())
    }

    /// Leaves a note, and looks again after a moment whether no other tab did the same.
    async fn take(&mut self, hold: u32) -> bool {
        let until = (clock::now() + Span::from_millis(hold.into())).millis().to_string();
        self.note = [until.as_str(), &format!("{:x}", clock::random())].join(" ");
        if self.storage.set_item(&self.item, &self.note).is_err() {
            return false;
        }
        TimeoutFuture::new(PAUSE).await;
        self.is_mine()
    }

    /// Whether the note is still this tab's and good.
    pub fn is_good(&self) -> bool {
        self.is_mine() && !self.is_free()
    }

    fn is_mine(&self) -> bool {
        self.storage.get_item(&self.item).ok().flatten().is_some_and(|note| note == self.note)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.note.is_empty() && self.is_mine() {
            let _ = self.storage.remove_item(&self.item);
        }
    }
}
