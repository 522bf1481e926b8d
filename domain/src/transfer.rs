//! Connections in a file: written by one browser, read by another.
//!
//! A file is JSON with a format's name and its version. Without secrets it may lie anywhere. With secrets the same JSON
//! exists only inside a file encrypted with a passphrase (age v1, scrypt recipient). What is read may come from anyone: it
//! is bounded, nothing in it is guessed, and nothing is changed before a person has seen what would be.

mod errand;
mod file;
mod older;
mod passphrase;
mod preview;
mod reading;
mod unusable;

pub use errand::{Chosen, Done, Errand, Exported, opened};
pub use file::{FILE_VERSION, FORMAT, PackedProvider, Source, write};
pub use passphrase::remarks;
pub use preview::{Change, Line, preview};
pub use reading::{Content, LARGEST, Packed, read};
pub use unusable::Unusable;
