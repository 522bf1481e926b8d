use super::{SitePlace, Standing, Tried, VerdictKind};
use crate::id::SiteTokenId;

/// The one dialog that is due. It goes when its matter is settled: a new text, another site chosen, or an [`Answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Whom it is about.
    pub about: About,
    /// What is the matter.
    pub matter: Matter,
    /// How many tokens more expire soon, beside this one: "and 3 more".
    pub more: usize,
}

/// Whom a dialog is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A token that is kept.
    Token(SiteTokenId),
    /// A place for which no token was found.
    Place(SitePlace),
    /// The operator's default token, about which only the operator can do something.
    Operators,
}

/// What is the matter. The later, the more urgent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// It ends within a week: [`Standing::Warning`], [`Standing::Urgent`] or [`Standing::Critical`]. Offers "Refresh now"
    /// and "Remind me tomorrow".
    Expiring(Standing),
    /// It is over, and its site is the chosen one or was to be called. Blocks that site only.
    Expired,
    /// The API refused it when it was called: [`VerdictKind::Rejected`], [`VerdictKind::Revoked`] or
    /// [`VerdictKind::Forbidden`]. Offers a new token and another site.
    Failed(VerdictKind),
    /// A call waits for a token, and these places have none.
    Missing(Vec<Tried>),
}

/// What a person said to a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not now: calls that wait are let go, and the dialog comes back only for a new reason (or the next day, while the
    /// token expires).
    Close,
    /// A new token is entered elsewhere: as [`Answer::Close`], but calls go on waiting until there is one, or
    /// [`super::SiteCommand::LetGo`].
    Enter,
    /// Again after 24 hours, in no tab before.
    RemindTomorrow,
    /// The same, for every token that expires soon.
    RemindAllTomorrow,
}
