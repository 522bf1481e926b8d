//! The keeper's behaviour, told as what it wants done after each thing that happens.

mod any_order;
mod at_hand;
mod clearing;
mod connections;
mod failures;
mod locking;
mod renewal;
mod rig;
mod settings;
mod sharing;
mod sleeping;
mod tabs;
