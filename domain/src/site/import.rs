use super::{Claims, Draft};
use crate::id::SiteTokenId;

/// One line of a file with many tokens, as it is shown before anything is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// Where it stands in the file, from 1: the line of a CSV file, the place in a JSON list.
    pub line: usize,
    /// What it says; the token's text is mended.
    pub draft: Draft,
    /// What the token says of itself.
    pub claims: Claims,
    /// What is to be known of it.
    pub state: RowState,
    /// What is to be done with it; a person may choose another of [`ImportRow::deeds`].
    pub deed: RowDeed,
}

/// What is to be known of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    /// There is no token for this place yet.
    New,
    /// The same text is kept for this place already.
    Same(SiteTokenId),
    /// Other texts are kept for this place.
    Other(Vec<SiteTokenId>),
    /// The row of that line says the same.
    Repeats(usize),
    /// It can't be kept: why, for a person.
    Bad(String),
}

/// What is to be done with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowDeed {
    /// Keep it as a new token.
    Add,
    /// Make it the text of that token.
    Replace(SiteTokenId),
    /// Nothing.
    Skip,
}
