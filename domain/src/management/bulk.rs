//! Looking up many users: reading the list, what to ask for next, what the answers come to, how fast it goes, what is kept
//! over a reload, and the files it becomes.
//!
//! [`Job`] never does anything: it takes what happened and the moment, and says what to do next.

mod answer;
mod call;
mod entry;
mod export;
mod job;
mod kept;
mod pace;
mod sheet;
mod text;

pub use call::{Call, Ticket};
pub use entry::{Entry, Hit, Kind, Outcome};
pub use export::{csv, json};
pub use job::{Counts, Job, Next, Pause, Phase};
pub use kept::{CHUNKS, HEAD, NotRestored, chunk_count};
pub use pace::Pace;
pub use sheet::{Layout, LeftOut, List, MOST, Sheet};
pub use text::{LARGEST, Unreadable, decode};
