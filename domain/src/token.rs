//! Worker tokens: what is known of one, when it ends, when it is due for renewal.

use serde::{Deserialize, Serialize};

use crate::secret::Secret;
use crate::time::{Span, Timestamp};

pub mod jwt;
mod lifetime;
mod shared;

pub use lifetime::{RenewalPolicy, expiry};
pub use shared::{ClockOffset, Shared};

/// A token as the vault keeps it: the value and the facts about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredToken {
    /// The access token itself.
    pub access_token: Secret,
    /// Everything else.
    pub facts: TokenFacts,
}

/// What is known of a token, without the token.
///
/// All times are by the clock of the browser that received it, as that clock stood then. They are never corrected later:
/// the clock's offset to the server only helps to place `received_at` when an answer was repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// Counts the tokens of one connection from 1; a higher one always replaces a lower one.
    pub generation: u64,
    /// `Bearer` and its kind (RFC 6749 §7.1).
    pub token_type: String,
    /// The scopes granted, if the provider named them.
    pub scope: Option<String>,
    /// When our server received the token.
    pub received_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it is due for renewal; the jitter in it was drawn once.
    pub renew_at: Timestamp,
    /// The [`RenewalPolicy::floor`] that `renew_at` was computed with.
    #[serde(default = "first_floor")]
    pub floor: Span,
    /// Whether the provider said how long it lives; otherwise [`RenewalPolicy::unknown_lifetime`] was assumed.
    pub lifetime_known: bool,
    /// The host that issued it.
    pub host: String,
    /// How long the provider took.
    pub took: Span,
    /// After how many tries it came.
    pub tries: u32,
    /// What the tabs share, as it stood when the token came.
    #[serde(default, skip_serializing_if = "Shared::is_empty", deserialize_with = "Shared::readable")]
    pub shared: Shared,
}

/// The floor of records from before it could be set.
const fn first_floor() -> Span {
    Span::from_seconds(15)
}

impl TokenFacts {
    /// Plans the renewal by this policy, if it was planned by another. The jitter is drawn from the moment of receipt, so
    /// that tabs which plan anew agree.
    #[must_use]
    pub fn planned_by(mut self, policy: &RenewalPolicy) -> Self {
        if self.floor != policy.floor {
            let random = self.received_at.millis().unsigned_abs();
            self.renew_at = policy.renew_at(self.received_at, self.expires_at, Span::ZERO, random);
            self.floor = policy.floor;
        }
        self
    }

    /// From receipt to expiry.
    pub fn lifetime(&self) -> Span {
        self.expires_at.since(self.received_at)
    }

    /// What stands in place of a token that was cleared: it has no life at all, and its generation is the next one, so that
    /// whoever read the token before loses.
    #[must_use]
    pub fn cleared(self, now: Timestamp) -> Self {
        Self { generation: self.generation.saturating_add(1), received_at: now, expires_at: now, renew_at: now, ..self }
    }

    /// Whether it was cleared: a token that was received has some life.
    pub fn is_cleared(&self) -> bool {
        self.expires_at <= self.received_at
    }

    /// Where in its life a token is at `now`.
    pub fn stage(&self, now: Timestamp) -> Stage {
        if now >= self.expires_at {
            Stage::Expired
        } else if now >= self.renew_at {
            Stage::Due
        } else {
            Stage::Fresh
        }
    }
}

/// Where in its life a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before the renewal point.
    Fresh,
    /// Past the renewal point, still valid.
    Due,
    /// Past its expiry.
    Expired,
}
