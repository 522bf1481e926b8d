//! Event streams and WebSockets that are open: so many at once, so many of one person, all counted when the server stops.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::UserId;

/// The streams that are open.
#[derive(Debug)]
pub struct Streams {
    most: u32,
    most_of_one: u32,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: u32,
    by_user: HashMap<UserId, u32>,
}

impl Streams {
    /// At most `most` at once, and `most_of_one` of one person.
    pub fn new(most: u32, most_of_one: u32) -> Self {
        Self { most, most_of_one, open: Mutex::default() }
    }

    /// Leave to open one; `None` when there are too many.
    pub fn open(self: &Arc<Self>, user: &UserId) -> Option<Stream> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = open.by_user.get(user).copied().unwrap_or(0);
        if open.all >= self.most || theirs >= self.most_of_one {
            return None;
        }
        open.all += 1;
        open.by_user.insert(user.clone(), theirs + 1);
        Some(Stream { streams: Arc::clone(self), user: user.clone() })
    }

    /// How many are open.
    pub fn count(&self) -> u32 {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

/// One open stream; it counts until this is dropped.
#[derive(Debug)]
pub struct Stream {
    streams: Arc<Streams>,
    user: UserId,
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        let left = open.by_user.get(&self.user).map_or(0, |theirs| theirs.saturating_sub(1));
        if left == 0 {
            open.by_user.remove(&self.user);
        } else {
            open.by_user.insert(self.user.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_leaves_room_for_others_and_all_leave_when_they_end() {
        let streams = Arc::new(Streams::new(3, 2));
        let (ada, bob) = (UserId::new("ada"), UserId::new("bob"));
        let theirs = [streams.open(&ada).unwrap(), streams.open(&ada).unwrap()];
        assert!(streams.open(&ada).is_none());
        let last = streams.open(&bob).unwrap();
        assert!(streams.open(&bob).is_none(), "there is no room at all");
        drop(theirs);
        assert_eq!(streams.count(), 1);
        assert!(streams.open(&ada).is_some());
        drop(last);
        assert_eq!(streams.count(), 0);
        assert!(streams.open.lock().unwrap().by_user.is_empty());
    }
}
