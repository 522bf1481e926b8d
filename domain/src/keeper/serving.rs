//! Who is let go, and with what: callers wait for a renewal that is due or under way, never longer than it is worth.

use super::Failure;
use super::entry::Entry;
use super::turn::Turn;
use crate::time::{Span, Timestamp};
use crate::token::Stage;

/// Callers wait for a try this close; a later one they are told of instead. With a token that still lives they wait no longer
/// for its renewal either.
pub(super) const WORTH_WAITING: Span = Span::from_seconds(5);

/// A living token, for callers who wait for the next one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Living {
    pub generation: u64,
    /// When it ends.
    pub ends: Timestamp,
}

impl Living {
    /// How long a caller who came then waits for the next one: well within what is left of this one's life.
    pub fn waited_for(self, since: Timestamp) -> Timestamp {
        since + self.ends.since(since).scaled(1, 4).min(WORTH_WAITING)
    }
}

impl Entry {
    /// Lets those go who can be helped: with a fresh token all, with one that is due those its renewal keeps for too long, and
    /// all while there is no renewal to wait for.
    pub fn serve(&mut self, turn: &mut Turn) {
        match self.awaits_next(turn.now) {
            Some(living) => self.waiters.release_patient(living, turn),
            None => self.serve_living(turn),
        }
    }

    /// Lets all go whom a token that lives helps.
    pub fn serve_living(&mut self, turn: &mut Turn) {
        if let Some(generation) = self.usable(turn.now) {
            self.waiters.release(generation, turn);
        }
    }

    /// A renewal came to nothing: the token that still lives is good enough, and who can't use it hears why.
    pub fn answer(&mut self, failure: &Failure, turn: &mut Turn) {
        self.serve_living(turn);
        self.waiters.fail(failure, turn);
    }

    /// When the next caller is let go though the renewal is not over.
    pub fn next_patient(&self, now: Timestamp) -> Option<Timestamp> {
        self.waiters.next_patient(self.awaits_next(now)?)
    }

    /// The token that is due, while a renewal is under way or begins now.
    fn awaits_next(&self, now: Timestamp) -> Option<Living> {
        let due = self.token.as_ref().filter(|_| self.stage(now) == Some(Stage::Due))?;
        let renews = !self.is_held_back(now) && self.obstacle(now).is_none();
        renews.then_some(Living { generation: due.generation, ends: due.expires_at - self.behind })
    }
}
