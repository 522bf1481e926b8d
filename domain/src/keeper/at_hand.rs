//! Which token may be given out now; a fresh one at once, without waiting in line.

use super::entry::{CLOCK_TOLERANCE, Entry};
use super::machine::CLOCK_STEP;
use super::{Keeper, Phase};
use crate::id::ConnectionId;
use crate::time::{Span, Timestamp};
use crate::token::Stage;

impl Keeper {
    /// The generation of a connection's token that a caller may use at once, where a [`super::Command::Need`] would be
    /// answered with it and begin nothing. `None` when that is not sure: then the caller has to ask.
    ///
    /// `now` is this browser's clock. It counts as seen, so that a clock which is set back after this is noticed as if an input
    /// had come now; one that has been set back already is left to the next input.
    pub fn at_hand(&mut self, id: &ConnectionId, now: Timestamp) -> Option<u64> {
        let is_known = self.phase == Phase::Open && self.looking.is_none();
        let runs_on = self.last_seen.is_none_or(|last| now + CLOCK_STEP >= last);
        let generation = self.entries.get(id).filter(|_| is_known && runs_on)?.at_hand(now)?;
        self.last_seen = Some(now);
        Some(generation)
    }
}

impl Entry {
    /// Where in its life the token is, if there is one.
    ///
    /// A token this tab held while the clock went back is judged by the clock as it ran before, and is due in any case: the
    /// one renewal puts the record into the new clock. A token from the future was received before such a jump nobody here
    /// saw: how long it lives can't be told, so nobody gets it.
    pub fn stage(&self, now: Timestamp) -> Option<Stage> {
        let token = self.token.as_ref().filter(|token| !token.is_cleared())?;
        let then = now + self.behind;
        Some(match token.stage(then) {
            _ if then + CLOCK_TOLERANCE < token.received_at => Stage::Expired,
            Stage::Fresh if self.behind > Span::ZERO => Stage::Due,
            stage => stage,
        })
    }

    /// The generation a caller may use now.
    pub fn usable(&self, now: Timestamp) -> Option<u64> {
        let valid = matches!(self.stage(now), Some(Stage::Fresh | Stage::Due));
        valid.then(|| self.generation())
    }

    fn at_hand(&self, now: Timestamp) -> Option<u64> {
        let is_there = !self.gone && self.connection.removed_at.is_none();
        (is_there && self.stage(now) == Some(Stage::Fresh)).then(|| self.generation())
    }
}
