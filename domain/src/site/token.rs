use serde::{Deserialize, Serialize};

use super::{Claims, SiteId, TokenHash};
use crate::id::{ProviderId, SiteTokenId};
use crate::time::{Span, Timestamp};

/// The longest name of a site, in characters.
pub const NAME_MAX: usize = 200;
/// The longest device id, in characters.
pub const DEVICE_MAX: usize = 128;

/// How long a removed token can be brought back.
pub const UNDO: Span = Span::from_seconds(10);

/// What is known of a site token, without its text: what lists, cards and dialogs show.
///
/// Times are this browser's, as its clock stood then; those in `claims` are the token's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteToken {
    /// Its record; it stays when the text is replaced.
    pub id: SiteTokenId,
    /// Where it is used.
    pub place: SitePlace,
    /// The site's name, for people: 1 to [`NAME_MAX`] characters.
    pub name: String,
    /// Counts the texts of this record from 1; a rotation moves it on.
    pub generation: u64,
    /// What the text says of itself.
    pub claims: Claims,
    /// By which the same text is known again.
    pub hash: TokenHash,
    /// The text's first and last four characters with bullets between, to be shown.
    pub masked: String,
    /// Where it came from.
    pub source: Source,
    /// When the record was made.
    pub added_at: Timestamp,
    /// When the text was last replaced; `added_at` at first.
    pub replaced_at: Timestamp,
    /// When a call last went out with it, and how many did.
    pub used: Used,
    /// What the API last said of it, and when.
    pub verdict: Option<Verdict>,
    /// The text before this one, kept until this one has worked once.
    pub previous: Option<Previous>,
    /// Until when a person wants no word of its expiry.
    pub quiet_until: Option<Timestamp>,
    /// When a person removed it. It is hidden then, and gone [`UNDO`] later unless it is brought back.
    pub removed_at: Option<Timestamp>,
}

/// Where a token is used. Several tokens may share a place: when one of them fails, another can stand in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SitePlace {
    /// Whose API.
    pub provider: ProviderId,
    /// Which site of it.
    pub site: SiteId,
    /// Which device of the site; `None` for a token of the whole site.
    pub device: Option<String>,
}

/// How a token came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person pasted it.
    Entered,
    /// It was in a file with many.
    Imported,
    /// An earlier app had kept it.
    Legacy,
    /// The provider's refresh endpoint gave it.
    Refreshed,
}

/// How much a token was used from this browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// When a call last went out with it.
    pub last_at: Option<Timestamp>,
    /// How many did. It is written with a pause, so that the last few may be missing after a crash.
    pub count: u64,
}

/// What the API said of a token's text: only a real call can say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What.
    pub kind: VerdictKind,
    /// When.
    pub at: Timestamp,
}

/// What the API can say of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// It took the token.
    Accepted,
    /// It does not know the token (401).
    Rejected,
    /// It said that the token was revoked (401).
    Revoked,
    /// It knows the token, and does not let it do what was asked (403). The token itself is good.
    Forbidden,
}

/// The text that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// By which it is known again.
    pub hash: TokenHash,
    /// What it says of itself.
    pub claims: Claims,
}

impl SiteToken {
    /// Whether it can stand in a call: not over, and not refused by the API.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        use super::Standing;
        !matches!(self.standing(now), Standing::Expired | Standing::Invalid | Standing::Revoked)
    }
}
