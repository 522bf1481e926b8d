use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DefaultToken, Draft, LegacyFound, Prompt, SitePlace, SiteToken, TokenHash};
use crate::id::SiteTokenId;
use crate::tenant::Limits;
use crate::time::Timestamp;

/// What a person sees of site tokens: plain data, cheap to clone and to compare. There is no token's text in it, but for one
/// that is being entered in the first-time setup.
///
/// On the server and in the first render it is the default. Whatever depends on the time (standing, days, who is due) is
/// worked out from it with `Desk::now`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SitesView {
    /// Whether the tokens are read.
    pub phase: SitesPhase,
    /// All tokens, by name; what did not change is the same `Arc` as before.
    pub tokens: Arc<Vec<Arc<SiteToken>>>,
    /// Tokens removed within the last [`super::UNDO`], which can be brought back until the time given.
    pub removed: Arc<Vec<(Arc<SiteToken>, Timestamp)>>,
    /// The token of the default site.
    pub default: Option<SiteTokenId>,
    /// What the site selector stands at; a person's last choice, else the default site, else the operator's default
    /// token. `None` when there is neither.
    pub chosen: Option<Chosen>,
    /// What the tenant limits its tokens to; one beyond them stays, and can't be used.
    pub limits: Arc<Limits>,
    /// The operator's default token, if there is one and the tenant may use it.
    pub operators: Option<Arc<DefaultToken>>,
    /// Until when a person wants no word of the operator's default token.
    pub quiet_operators: Option<Timestamp>,
    /// The dialog that is due in this tab: one at a time, the most urgent first, and in one tab only.
    pub prompt: Option<Prompt>,
    /// What is being done with a token, in this tab.
    pub running: BTreeMap<SiteTokenId, Running>,
    /// How many calls of this tab wait for the network.
    pub waiting: usize,
    /// How much of its calls a site has left, as the gateway last said, for each site called from this tab.
    pub quotas: BTreeMap<SitePlace, Quota>,
    /// What went wrong with tokens in this tab, the newest first, at most [`SitesView::ERRORS`].
    pub errors: Arc<Vec<TokenError>>,
    /// What an earlier app left in this browser; `None` when nothing, or before it was looked.
    pub legacy: Option<Arc<LegacyFound>>,
    /// How far the first-time setup is.
    pub setup: Setup,
    /// How many records could not be opened and were set aside.
    pub set_aside: usize,
}

/// Whether the tokens are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SitesPhase {
    /// Not yet; on the server and in the first render always.
    #[default]
    Opening,
    /// They are.
    Open,
    /// They can't be: why, for a person.
    Failed(String),
}

/// How far the first-time setup is. It is sealed in the vault, so that it goes on after a reload.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Setup {
    /// Nobody has begun it. It is offered while this is so and no token is kept.
    #[default]
    NotBegun,
    /// A token is being entered.
    Entering {
        /// As far as it is entered, with what was pasted.
        draft: Draft,
    },
    /// A token was tested and kept, or the operator's was tested.
    Tested {
        /// Which.
        chosen: Chosen,
    },
    /// It was ended or skipped, and is not offered again.
    Over,
}

/// What the site selector stands at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// A token the person keeps.
    Token(SiteTokenId),
    /// The operator's default token.
    Operators,
}

/// Something that is being done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// It is being tested.
    Testing,
    /// A new text is asked for, or tested.
    Refreshing,
}

/// How many calls a site has left (the gateway's sliding window of a minute, shared by all of a person's tabs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many there are in a minute.
    pub limit: u32,
    /// How many are left now.
    pub remaining: u32,
    /// When the oldest call leaves the window, so that there is one more.
    pub reset_at: Timestamp,
}

/// Something that went wrong with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub place: SitePlace,
    /// What, for a person.
    pub text: String,
}

impl SitesView {
    /// How many errors are kept.
    pub const ERRORS: usize = 50;

    /// A token by its record.
    pub fn token(&self, id: &SiteTokenId) -> Option<&Arc<SiteToken>> {
        self.tokens.iter().find(|token| token.id == *id)
    }

    /// Whether the tenant allows tokens of this place.
    pub fn allows(&self, place: &SitePlace) -> bool {
        self.limits.against(place).is_none()
    }

    /// The chosen token, when it is one the person keeps.
    pub fn chosen_token(&self) -> Option<&Arc<SiteToken>> {
        match &self.chosen {
            Some(Chosen::Token(id)) => self.token(id),
            _ => None,
        }
    }

    /// The tokens that have the same text.
    pub fn with_text<'a>(&'a self, hash: &'a TokenHash) -> impl Iterator<Item = &'a Arc<SiteToken>> {
        self.tokens.iter().filter(move |token| token.hash == *hash)
    }

    /// Whether the site selector stands at this token.
    pub fn is_chosen(&self, id: &SiteTokenId) -> bool {
        matches!(&self.chosen, Some(Chosen::Token(chosen)) if chosen == id)
    }

    /// Whether this is the default site's token.
    pub fn is_default(&self, id: &SiteTokenId) -> bool {
        self.default.as_ref() == Some(id)
    }
}
