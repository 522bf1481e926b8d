//! The audit log: what was done in an environment, by whom, to what, and how it ended.
//!
//! The API wants a range of time, and takes one more condition beside it; a result is none of the things it can be asked
//! for. So the rest is done here, on what was read: the result, a text, totals, the timeline.

mod entry;
mod export;
mod log;
mod search;
mod timeline;
mod totals;

pub use entry::{Activity, Outcome, Party, Resource};
pub use export::{csv, json};
pub use log::{Call, Log, MOST_ENTRIES, PAGE_SIZE, ROUND};
pub use search::{Beside, Choice, Range, RangeError, Search};
pub use timeline::{Bin, Timeline, timeline};
pub use totals::{Narrowing, Totals, Wanted, totals};
