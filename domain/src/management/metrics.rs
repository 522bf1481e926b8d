//! Counts of identities over time: how many there are, and how many of them were active.
//!
//! The sources differ in the shape of a sample, so it is read leniently: its moment is text or a number, its figure has one of
//! several names. What can't be read is counted. A sample that is missing stays a gap: nothing is made up between two others.

mod figures;
mod period;
mod routes;
mod series;
mod slot;

pub use figures::{Figures, Reading};
pub use period::{Choice, End, LONGEST, Misfit, Period, Sampling};
pub use routes::{Aggregate, SAMPLES_PER_PAGE, active, active_of_license, total};
pub use series::{Kind, Series};
pub use slot::{Slot, csv, summary};
