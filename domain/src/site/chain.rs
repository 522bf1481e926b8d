use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::SiteTokenId;

/// Where a token for a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This browser's vault.
    Vault(SiteTokenId),
    /// The operator's default token, which the server puts in.
    Operators,
}

/// A place that was looked at for a token, and why it gave none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Which.
    pub source: ChainSource,
    /// Why there was none.
    pub why: WhyNot,
}

/// The places a token is looked for, in this order; after them a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainSource {
    /// This browser's vault.
    Vault,
    /// What other devices synced.
    Sync,
    /// The operator's default token.
    Operators,
}

/// Why a place gave no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// None is there.
    None,
    /// The one there has expired.
    Expired,
    /// The API refused the one there.
    Refused,
    /// It is for another site.
    OtherSite,
    /// It is switched off.
    Off,
    /// It could not be asked.
    Unreachable,
}

impl fmt::Display for Tried {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            ChainSource::Vault => "this browser",
            ChainSource::Sync => "synced tokens",
            ChainSource::Operators => "the operator's default token",
        };
        let why = match self.why {
            WhyNot::None => "none",
            WhyNot::Expired => "expired",
            WhyNot::Refused => "refused by the API",
            WhyNot::OtherSite => "for another site",
            WhyNot::Off => "switched off",
            WhyNot::Unreachable => "can't be reached",
        };
        write!(formatter, "{source} ({why})")
    }
}
