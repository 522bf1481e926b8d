//! The keeper's behaviour, told as what it wants done after each thing that happens.

mod connections;
mod failures;
mod renewal;
mod rig;
mod tabs;
