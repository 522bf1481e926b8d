//! The line between tabs: ways, numbers, introductions, a worker that dies, and builds of other days.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod catching_up;
mod meeting;
mod messages;
mod parting;
mod properties;
mod rig;
mod worker;
