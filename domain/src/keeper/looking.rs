//! Waking: a tab that stood still reads the vault, the sign-out epoch included, before it decides anything.

use super::entry::Entry;
use super::turn::Turn;
use super::{Effect, Held, Keeper};
use crate::id::ConnectionId;
use crate::time::{Span, Timestamp};

/// How long the vault is given to answer; one that can't be read must not hold up callers.
const PATIENCE: Span = Span::from_seconds(5);
/// An alarm that rings later than this shows that the page, or the machine, slept.
const LATE: Span = Span::from_seconds(5);

/// Looks that are not answered yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looking {
    /// How many: a page may fall asleep again before the first is answered, and that answer is then too old.
    open: u32,
    until: Timestamp,
}

impl Looking {
    /// When the vault is waited for no longer.
    pub const fn until(self) -> Timestamp {
        self.until
    }

    /// The clock was set back.
    pub fn clock_went_back(&mut self, by: Span) {
        self.until = self.until - by;
    }
}

/// Whether an alarm set for `planned` rings so late that the tab must have slept.
pub(super) fn is_late(planned: Option<Timestamp>, now: Timestamp) -> bool {
    planned.is_some_and(|planned| now.since(planned) > LATE)
}

impl Keeper {
    /// The tab ran again after it may have slept.
    pub(super) fn look(&mut self, turn: &mut Turn) {
        let open = self.looking.map_or(0, |looking| looking.open).saturating_add(1);
        self.looking = Some(Looking { open, until: turn.now + PATIENCE });
        turn.want(Effect::Look);
        turn.want(Effect::ReadSettings);
    }

    /// Whether nothing is decided until the vault is read.
    pub(super) fn is_looking(&mut self, now: Timestamp) -> bool {
        self.looking = self.looking.filter(|looking| now < looking.until);
        self.looking.is_some()
    }

    pub(super) fn looked(&mut self, epoch: u64, held: Vec<Held>, turn: &mut Turn) {
        self.answered_look();
        if epoch > self.surroundings.epoch {
            turn.signed_out = Some(epoch);
            return;
        }
        let there: Vec<ConnectionId> = held.iter().map(|held| held.connection.id.clone()).collect();
        for entry in self.entries.values_mut().filter(|entry| !there.contains(&entry.connection.id)) {
            entry.gone = entry.writes.is_empty();
        }
        for held in held {
            let (id, rules) = (held.connection.id.clone(), self.surroundings.settings.into());
            let entry = self.entries.entry(id).or_insert_with(|| Entry::new(held.connection.clone(), rules));
            entry.adopt(held, turn);
        }
        for id in there {
            self.show_newest(&id, turn);
        }
    }

    /// The vault could not be read: what is read under a lock is left to decide.
    pub(super) fn answered_look(&mut self) {
        self.looking = self.looking.and_then(|looking| {
            let open = looking.open.saturating_sub(1);
            (open > 0).then_some(Looking { open, ..looking })
        });
    }
}
