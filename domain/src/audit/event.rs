use serde::{Deserialize, Serialize};

use super::text::{is_identifier, looks_like_a_secret};
use super::{Action, Label, Reason};
use crate::id::{ConnectionId, ProviderId, ReportId, RequestId, TenantId, UserId};
use crate::site::SiteId;
use crate::time::Timestamp;

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// It was done.
    Done,
    /// Somebody said no: this server, a provider, a person.
    Refused,
    /// It could not be done, and nobody said no.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Done, Self::Refused, Self::Failed];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
        }
    }

    /// The outcome with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// Who saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Source {
    /// This server: it did it.
    Server,
    /// A signed-in browser told it: as true as that browser.
    Browser,
}

impl Source {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Browser => "browser",
        }
    }

    /// The source with a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Server, Self::Browser].into_iter().find(|source| source.name() == name)
    }
}

/// What an event says. There is no field for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// When the server wrote it, by its own clock.
    pub at: Timestamp,
    /// When it happened, by the clock of the browser that reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<Timestamp>,
    /// What was done, or tried.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who saw it.
    pub source: Source,
    /// Who did it; nobody when nobody was signed in, or the server did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Their name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// In which tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// About which site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// About which provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// About which connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The identifier of anything else it is about: a person, a session, an organization, a tenant, an alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The name of what it is about, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// How many things it is about, where it is not one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The client's address; empty when the server did it by itself.
    pub address: String,
    /// The request, as printed in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The report it came with: one report is one event, however often it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
}

impl Entry {
    /// What the server did by itself, at no one's request.
    pub const fn by_server(action: Action, outcome: Outcome, at: Timestamp) -> Self {
        Self {
            at,
            happened_at: None,
            action,
            outcome,
            reason: None,
            source: Source::Server,
            user: None,
            username: None,
            tenant: None,
            site: None,
            provider: None,
            connection: None,
            subject: None,
            label: None,
            count: None,
            address: String::new(),
            request: None,
            report: None,
        }
    }

    /// With how it ended instead, and why. A reason that can't be one is left out.
    #[must_use]
    pub fn ended(mut self, outcome: Outcome, reason: &str) -> Self {
        self.outcome = outcome;
        self.reason = Reason::parse(reason).ok();
        self
    }

    /// With the tenant it was done in. Like the next ones it leaves out what is no identifier: a caller may have sent anything.
    #[must_use]
    pub fn in_tenant(mut self, tenant: &TenantId) -> Self {
        self.tenant = Some(tenant.clone()).filter(|id| is_identifier(id.as_str()));
        self
    }

    /// With the site it is about.
    #[must_use]
    pub fn on_site(mut self, site: &SiteId) -> Self {
        self.site = Some(site.clone()).filter(|id| !looks_like_a_secret(id.as_str()));
        self
    }

    /// With the provider it is about.
    #[must_use]
    pub fn with_provider(mut self, provider: &ProviderId) -> Self {
        self.provider = Some(provider.clone()).filter(|id| is_identifier(id.as_str()));
        self
    }

    /// With the identifier of what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into()).filter(|id| is_identifier(id));
        self
    }

    /// With the name of what it is about. A name that can't be one is left out.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.label = Label::of(name);
        self
    }

    /// With how many things it is about.
    #[must_use]
    pub const fn counting(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }
}

/// An event of the log: what was recorded, and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its place: the first event is 1, the next always one more.
    pub seq: u64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_identifier_is_left_out() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";
        for text in [jwt, "", "a b", "a/b", &"x9".repeat(40)] {
            let entry = Entry::by_server(Action::TokenGranted, Outcome::Done, Timestamp::from_seconds(1))
                .about(text)
                .with_provider(&ProviderId::new(text))
                .in_tenant(&TenantId::new(text));
            assert_eq!((entry.subject, entry.provider, entry.tenant), (None, None, None), "{text}");
        }
        let entry = Entry::by_server(Action::TokenFailed, Outcome::Refused, Timestamp::from_seconds(1));
        assert_eq!(entry.on_site(&SiteId::parse(jwt).unwrap()).site, None);
    }
}
