//! How the tabs of one browser speak to each other: who is known, by which way, and what to do when a way fails.
//!
//! A [`Line`] takes a [`LineInput`] and a time and gives [`LineEffect`]s; like the keeper it never does anything itself. Its
//! rules:
//!
//! - News are hints: the vault is the truth. A message that is lost costs a look, one that comes twice costs nothing.
//! - A tab hears on every way it could open, and tells on the best of them. Where another tab has not got that way, it
//!   tells on the best one both have as well ([`Ways::reaching`]), so that all hear each other whatever failed where.
//! - What the shared worker did not confirm in time is told again on the next way; hearers know a message by its sender
//!   and number, and drop the second copy.
//! - Messages are versioned ([`message`]): what a tab can't read it counts and leaves alone.
//! - No message carries a token.

mod known;
mod line;
mod link;
pub mod message;
mod report;
mod way;

pub use line::{Instant, Line, LineEffect, LineInput};
pub use message::{Body, Hello, Message, Unread};
pub use report::{Counts, Direction, ExcludesBy, Logged, OtherTab, Step, TabsReport, WakesBy, Why};
pub use way::{Way, Ways};

#[cfg(feature = "testing")]
pub(crate) use report::about;
