use super::{Effect, Moment, NoticeKind};
use crate::time::Timestamp;
use crate::token::ClockOffset;

/// One step in progress: its time, its dice, and what came of it so far.
pub(super) struct Turn {
    /// This browser's clock.
    pub now: Timestamp,
    /// The step's own random bits, for at most one new identifier.
    pub random: u128,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// What is to be said.
    pub notices: Vec<(NoticeKind, String)>,
    /// The epoch that stands, when an answer showed that a person signed out elsewhere.
    pub signed_out: Option<u64>,
    /// The server's clock as records that were read say another tab measured it.
    pub clocks: Vec<ClockOffset>,
    dice: u64,
}

impl Turn {
    pub fn new(moment: Moment) -> Self {
        let Moment { now, random } = moment;
        #[allow(clippy::cast_possible_truncation)]
        let dice = (random ^ (random >> 64)) as u64;
        Self { now, random, effects: Vec::new(), notices: Vec::new(), signed_out: None, clocks: Vec::new(), dice }
    }

    pub fn want(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn say(&mut self, kind: NoticeKind, text: impl Into<String>) {
        self.notices.push((kind, text.into()));
    }

    /// The next 64 random bits, for jitter (SplitMix64: Steele, Lea, Flood 2014).
    pub fn draw(&mut self) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.dice;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}
