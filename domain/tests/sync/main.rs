//! Sync between devices, as its promises: nothing lost unseen, all devices end alike, deleted means deleted.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod devices;
mod scenarios;
mod simulation;
