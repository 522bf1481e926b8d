//! The one state machine that decides when a token is asked for, who waits, and who is told.
//!
//! A keeper takes an [`Input`] and a [`Moment`] and gives [`Effect`]s; it never does anything itself. The browser
//! carries the effects out and turns what happens into the next [`Event`]. What a person sees is a [`View`], computed
//! from the state. One keeper lives in each tab; they agree through the vault's records (the only truth), a lock per
//! connection (who acts), and [`News`] (hints that carry no token).

mod at_hand;
mod attempt;
mod budget;
mod command;
mod effect;
mod entry;
mod event;
mod failure;
mod intent;
mod locking;
mod looking;
mod machine;
mod outcome;
mod received;
mod records;
mod rehearsal;
mod server_clock;
mod serving;
mod session;
mod setting;
mod sharing;
mod showing;
#[cfg(feature = "testing")]
pub mod simulation;
mod surroundings;
mod turn;
#[cfg(test)]
mod vectors;
mod view;
mod waiters;

pub use command::{Command, WaiterId};
pub use effect::Effect;
pub use event::{ClockSample, Event, Held, News};
pub use failure::{Failure, Remedy};
pub use intent::Intent;
pub use machine::Keeper;
pub use rehearsal::rehearse;
pub use view::{Callers, ConnectionView, Notice, NoticeKind, Phase, Renewal, Revealed, View};

use crate::time::Timestamp;

/// The clock and the dice of one step, passed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// This browser's clock.
    pub now: Timestamp,
    /// 128 fresh random bits.
    pub random: u128,
}

/// What a keeper is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// What a person or a caller wants.
    Command(Command),
    /// What happened.
    Event(Event),
}
