//! What an older app left in this browser: every shape it had, and what becomes of it.
#![allow(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

mod any_text;
mod keeping;
mod rig;
mod shapes;
mod taking;
