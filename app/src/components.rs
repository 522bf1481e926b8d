//! The parts all pages are made of. Each knows its own states and nothing of what it is used for.

mod badge;
mod button;
mod checkbox;
mod copy_button;
mod dialog;
mod empty;
mod facts;
mod field;
mod icon;
mod life_bar;
mod moment;
mod page_header;
mod problem_box;
mod secret_field;
mod select;
mod skeleton;
mod table;

pub(crate) use badge::Badge;
pub(crate) use button::{Button, Look};
pub(crate) use checkbox::Checkbox;
pub(crate) use copy_button::CopyButton;
pub(crate) use dialog::{Confirm, Dialog};
pub(crate) use empty::Empty;
pub(crate) use facts::{fact, facts};
pub(crate) use field::{Field, Note, Notes, invalid, no_notes, said};
pub(crate) use icon::{Icon, icon};
pub(crate) use life_bar::LifeBar;
pub(crate) use moment::{Moment, exact};
pub(crate) use page_header::PageHeader;
pub(crate) use problem_box::ProblemBox;
pub(crate) use secret_field::SecretField;
pub(crate) use select::{Choice, Select};
pub(crate) use skeleton::skeleton;
pub(crate) use table::Table;
