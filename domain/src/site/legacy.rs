use super::Claims;

/// What an earlier app left in this browser, as far as it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegacyFound {
    /// Tokens that can be taken over.
    pub readable: usize,
    /// Things that can't be read, as they are encrypted with a key that is not in this browser, or damaged.
    pub unreadable: usize,
}

/// What would be taken over: a dry run.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyPlan {
    /// What can be read.
    pub items: Vec<LegacyItem>,
    /// What can't be, and stays.
    pub unreadable: Vec<LegacyUnreadable>,
    /// Whether the last taking over can be undone.
    pub can_roll_back: bool,
}

/// A token an earlier app kept, without its text.
#[derive(Clone, Debug, PartialEq)]
pub struct LegacyItem {
    /// Where it lies, such as `localStorage: aceIotApiToken` or `localStorage: custom_ace_sites, 2`.
    pub at: String,
    /// The site it would be kept for.
    pub site: String,
    /// The site's name.
    pub name: String,
    /// First and last characters.
    pub masked: String,
    /// What it says of itself.
    pub claims: Claims,
    /// What would be done.
    pub deed: LegacyDeed,
}

/// What would be done with a token an earlier app kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegacyDeed {
    /// It is kept here, read back, and removed there.
    Take,
    /// It is kept here already: it is only removed there.
    Known,
    /// It stays where it is: why, for a person.
    Leave(String),
}

/// Something that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyUnreadable {
    /// Where it lies.
    pub at: String,
    /// Why, for a person.
    pub why: String,
}

/// What was taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegacyTaken {
    /// How many tokens are kept here now that were not before.
    pub taken: usize,
    /// How many were removed there.
    pub removed: usize,
    /// What stays there, and why.
    pub left: Vec<LegacyUnreadable>,
}
