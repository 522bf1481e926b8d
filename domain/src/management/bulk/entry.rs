use serde::{Deserialize, Serialize};

use crate::management::users::User;

/// One line of the list, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What stands in the list.
    #[serde(rename = "t")]
    pub text: String,
    /// What came of it.
    #[serde(rename = "o", default)]
    pub outcome: Outcome,
    /// Which of its attributes is asked for next, when it is asked for alone.
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub(super) step: u8,
    /// How often asking failed in passing.
    #[serde(rename = "f", default, skip_serializing_if = "is_zero")]
    pub(super) failures: u8,
    /// Whether it is asked for alone.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) alone: bool,
}

// What serde calls takes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// What came of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Not asked for yet.
    #[default]
    Waiting,
    /// One user.
    Found(Hit),
    /// No user.
    NotFound,
    /// Several users.
    Ambiguous {
        /// The first ones.
        hits: Vec<Hit>,
        /// Whether there are more.
        more: bool,
    },
    /// The provider would not say.
    Refused {
        /// Why, for a person.
        reason: String,
        /// Whether every other call was refused as well; then it is asked again with the others.
        #[serde(default)]
        barred: bool,
    },
}

/// The kinds of outcome, to be kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`Outcome::Found`].
    Found,
    /// [`Outcome::NotFound`].
    NotFound,
    /// [`Outcome::Ambiguous`].
    Ambiguous,
    /// [`Outcome::Refused`].
    Refused,
    /// [`Outcome::Waiting`].
    Waiting,
}

/// What is kept of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The identifier.
    pub id: String,
    /// The user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The whole name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the user is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The state of the account: `OK`, `LOCKED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The population's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<String>,
}

impl From<User> for Hit {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            email: user.email,
            name: user.name,
            enabled: user.enabled,
            account: user.account.status,
            population: user.population_id,
        }
    }
}

impl Entry {
    /// An entry nothing is known of.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), outcome: Outcome::Waiting, step: 0, failures: 0, alone: false }
    }

    /// The users it may mean.
    pub fn hits(&self) -> &[Hit] {
        match &self.outcome {
            Outcome::Found(hit) => std::slice::from_ref(hit),
            Outcome::Ambiguous { hits, .. } => hits,
            Outcome::Waiting | Outcome::NotFound | Outcome::Refused { .. } => &[],
        }
    }

    /// As it was before anything was asked.
    pub(super) fn forget(&mut self) {
        *self = Self::new(std::mem::take(&mut self.text));
    }
}

impl Outcome {
    /// Its kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Waiting => Kind::Waiting,
            Self::Found(_) => Kind::Found,
            Self::NotFound => Kind::NotFound,
            Self::Ambiguous { .. } => Kind::Ambiguous,
            Self::Refused { .. } => Kind::Refused,
        }
    }
}

impl Kind {
    /// All of them, in the order people see them.
    pub const ALL: [Self; 5] = [Self::Found, Self::NotFound, Self::Ambiguous, Self::Refused, Self::Waiting];

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound => "not_found",
            Self::Ambiguous => "ambiguous",
            Self::Refused => "refused",
            Self::Waiting => "not_asked",
        }
    }

    /// Its name for a person.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Found => "Found",
            Self::NotFound => "Not found",
            Self::Ambiguous => "Ambiguous",
            Self::Refused => "Refused",
            Self::Waiting => "Not asked yet",
        }
    }
}
