//! Sync: several devices of a person keep the same items, by way of a copy on the server that only they can read.
//!
//! Each item has a generation that counts its versions; the server takes a version only over the generation it replaces
//! ([`judge`]). No clock decides anything.

mod judging;

pub use judging::{Judgement, judge, unfit, unfit_copy};
