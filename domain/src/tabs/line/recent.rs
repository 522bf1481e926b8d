//! What was told a moment ago, for those who turn out not to hear on the ways it was told on.

use std::collections::VecDeque;

use super::super::way::{Way, Ways};
use crate::time::{Span, Timestamp};

/// How long after it was told something is told again: what a tab says of its ways is there long before.
const A_MOMENT: Span = Span::from_seconds(10);
/// How many texts are remembered.
const MOST: usize = 16;

/// The news this tab told last, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent(VecDeque<Told>);

#[derive(Clone, Debug)]
struct Told {
    at: Timestamp,
    text: String,
    ways: Ways,
}

impl Recent {
    pub fn note(&mut self, text: String, ways: Ways, at: Timestamp) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Told { at, text, ways });
    }

    /// The texts of a moment ago that were told after then, on none of `theirs`; they count as told on `way` from now on.
    pub fn unheard(&mut self, theirs: Ways, after: Timestamp, way: Way, now: Timestamp) -> Vec<String> {
        self.0.retain(|told| told.at <= now && now < told.at + A_MOMENT);
        let unheard = self.0.iter_mut().filter(|told| told.at > after && told.ways.and(theirs).is_empty());
        let tell = |told: &mut Told| {
            told.ways = told.ways.with(way);
            told.text.clone()
        };
        unheard.map(tell).collect()
    }
}
