//! What in the log is suspicious: contract 4's two rules. More come with the full engine.

use serde::{Deserialize, Serialize};

use super::{Action, Entry, Label, Outcome, Source};
use crate::id::{AlertId, ConnectionId, ProviderId, TenantId, UserId};
use crate::site::SiteId;
use crate::time::{Span, Timestamp};

/// More failures than this within [`FAILURE_WINDOW`] raise an alert.
pub const MOST_FAILURES: u32 = 10;

/// How long failures are counted together.
pub const FAILURE_WINDOW: Span = Span::from_seconds(5 * 60);

/// More addresses than this that use one token within [`ADDRESS_WINDOW`] raise an alert.
pub const MOST_ADDRESSES: u32 = 2;

/// How long addresses count as "at once".
pub const ADDRESS_WINDOW: Span = Span::from_seconds(5 * 60);

/// Which rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Rule {
    /// More than ten failures within five minutes, of one person's tokens for one site or connection.
    Failures,
    /// One token used from more than two addresses within five minutes.
    Addresses,
}

impl Rule {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Failures, Self::Addresses];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failures => "failures",
            Self::Addresses => "addresses",
        }
    }

    /// The rule with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// How long after an alert the same thing raises no other one.
    pub const fn window(self) -> Span {
        match self {
            Self::Failures => FAILURE_WINDOW,
            Self::Addresses => ADDRESS_WINDOW,
        }
    }

    /// Whether a count breaks it.
    pub const fn is_broken_by(self, count: u32) -> bool {
        match self {
            Self::Failures => count > MOST_FAILURES,
            Self::Addresses => count > MOST_ADDRESSES,
        }
    }
}

/// What is counted together: a person's tokens for one site or connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Watched {
    /// Whose tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// In which tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// For which site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Of which provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// Of which connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Of which client at the provider, where no connection is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Label>,
}

/// Something an admin should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alert {
    /// Its identifier.
    pub id: AlertId,
    /// When it was raised.
    pub at: Timestamp,
    /// Which rule was broken.
    pub rule: Rule,
    /// How many failures, or addresses, there were when it was raised.
    pub count: u32,
    /// What they were counted for.
    #[serde(flatten)]
    pub watched: Watched,
    /// The person's name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The addresses that were seen.
    pub addresses: Vec<String>,
    /// When an admin acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// Who acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
}

/// The actions that use a token, and fail when it is not good.
pub const USES: [Action; 4] =
    [Action::TokenFailed, Action::TokenValidated, Action::TokenGranted, Action::TokenRefreshed];

/// What an event is counted for as a failure; `None` when it is none.
///
/// What an API or a provider refused or could not do counts, for a site or a provider. A failed sign-in does not: it is
/// paced and stands in the log. Nor does what a browser reports: this server saw each call itself, and would count it twice.
/// Nor a call through the gateway that was answered with something else than 401 or 403, or not at all: that says nothing of
/// the token, and an API that is away would raise an alert for every person and site at once. Breakers and `/metrics` have it.
pub fn failure_of(entry: &Entry) -> Option<Watched> {
    let is_use = USES.contains(&entry.action);
    let failed = entry.action == Action::TokenFailed || entry.outcome != Outcome::Done;
    let known = entry.site.is_some() || entry.connection.is_some() || entry.provider.is_some();
    (is_use && failed && known && entry.source == Source::Server).then(|| Watched {
        user: entry.user.clone(),
        tenant: entry.tenant.clone(),
        site: entry.site.clone(),
        provider: entry.provider.clone(),
        connection: entry.connection.clone(),
        // A site token's label is its name, which may change; a grant's is the client.
        client: entry.label.clone().filter(|_| entry.action == Action::TokenGranted),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(action: Action, outcome: Outcome) -> Entry {
        let entry = Entry::by_server(action, outcome, Timestamp::from_seconds(1));
        entry.with_provider(&ProviderId::new("p"))
    }

    #[test]
    fn a_rule_is_broken_by_more_than_its_number_and_not_by_it() {
        assert!(!Rule::Failures.is_broken_by(10) && Rule::Failures.is_broken_by(11));
        assert!(!Rule::Addresses.is_broken_by(2) && Rule::Addresses.is_broken_by(3));
    }

    #[test]
    fn only_a_failed_use_of_a_token_counts() {
        assert!(failure_of(&entry(Action::TokenFailed, Outcome::Refused)).is_some());
        assert!(failure_of(&entry(Action::TokenGranted, Outcome::Failed)).is_some());
        assert!(failure_of(&entry(Action::TokenGranted, Outcome::Done)).is_none());
        assert!(failure_of(&entry(Action::SessionOpened, Outcome::Refused)).is_none());
        let told = Entry { source: Source::Browser, ..entry(Action::TokenFailed, Outcome::Refused) };
        assert!(failure_of(&told).is_none(), "the gateway saw that one itself");
        let nowhere = Entry::by_server(Action::TokenFailed, Outcome::Refused, Timestamp::from_seconds(1));
        assert!(failure_of(&nowhere).is_none());
    }
}
