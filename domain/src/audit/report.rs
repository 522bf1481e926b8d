use serde::{Deserialize, Serialize};

use super::text::{Label, Reason, is_identifier, looks_like_a_secret};
use super::{Action, Entry, Outcome, Source};
use crate::id::{ConnectionId, ProviderId, ReportId, TenantId};
use crate::org::is_client_id;
use crate::site::SiteId;
use crate::time::Timestamp;

/// How many reports one request may bring.
pub const MOST_REPORTS: usize = 50;

/// What a browser tells of what only it sees. A field that is not listed here is refused, and so is one that looks like a
/// token. Person, address, request and the time of receipt are the server's to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The report's own identifier: sent twice, it is one event.
    pub id: ReportId,
    /// When it happened, by the browser's clock.
    pub happened_at: Timestamp,
    /// What was done.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// In which tenant; the person's own when it is not named.
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
    /// The name of what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// How many things it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// Some reports at once, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reports {
    /// The reports; 1 to 50.
    pub reports: Vec<Report>,
}

/// Why a report is not taken. It never repeats what stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportFault {
    /// The action is not a browser's to report.
    #[error("the server records this action itself")]
    Action,
    /// An identifier is not one.
    #[error("an identifier has 1 to 64 of A-Z a-z 0-9 _ -, a report's own at least 8")]
    Identifier,
    /// Something looks like a token.
    #[error("a field looks like a token, and no token may stand in the audit log")]
    Secret,
}

impl Report {
    /// A report of something done.
    pub const fn new(id: ReportId, happened_at: Timestamp, action: Action) -> Self {
        Self {
            id,
            happened_at,
            action,
            outcome: Outcome::Done,
            reason: None,
            tenant: None,
            site: None,
            provider: None,
            connection: None,
            label: None,
            count: None,
        }
    }

    /// What is wrong with it, if anything is.
    ///
    /// # Errors
    ///
    /// The first [`ReportFault`].
    pub fn check(&self) -> Result<(), ReportFault> {
        if !self.action.may_be_reported() {
            return Err(ReportFault::Action);
        }
        let ids = [
            self.tenant.as_ref().map(TenantId::as_str),
            self.provider.as_ref().map(ProviderId::as_str),
            self.connection.as_ref().map(ConnectionId::as_str),
        ];
        let texts = [Some(self.id.as_str()), self.site.as_ref().map(SiteId::as_str)];
        if texts.into_iter().chain(ids).flatten().any(looks_like_a_secret) {
            return Err(ReportFault::Secret);
        }
        let fine = is_client_id(self.id.as_str()) && ids.into_iter().flatten().all(is_identifier);
        if fine { Ok(()) } else { Err(ReportFault::Identifier) }
    }

    /// Without what would have it refused, though what was done is worth telling: a site whose id looks like a token, or an
    /// identifier that is none.
    #[must_use]
    pub fn presentable(self) -> Self {
        Self {
            site: self.site.filter(|site| !looks_like_a_secret(site.as_str())),
            provider: self.provider.filter(|provider| is_identifier(provider.as_str())),
            connection: self.connection.filter(|connection| is_identifier(connection.as_str())),
            ..self
        }
    }

    /// The event it becomes, received at a moment; whose it is and where it came from is still to be said.
    pub fn into_entry(self, at: Timestamp) -> Entry {
        Entry {
            happened_at: Some(self.happened_at),
            reason: self.reason,
            source: Source::Browser,
            tenant: self.tenant,
            site: self.site,
            provider: self.provider,
            connection: self.connection,
            label: self.label,
            count: self.count,
            report: Some(self.id),
            ..Entry::by_server(self.action, self.outcome, at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpZGVudGl0eSI6ImEifQ.c2lnbmF0dXJl";

    fn report() -> Report {
        Report::new(ReportId::from_random(1), Timestamp::from_seconds(1), Action::TokenAdded)
    }

    #[test]
    fn a_plain_report_is_taken_and_becomes_the_event_it_tells_of() {
        let mut told = report();
        told.site = SiteId::parse("ses_omaha_clinic").ok();
        told.label = Label::of("SES Omaha Clinic");
        assert_eq!(told.check(), Ok(()));
        let entry = told.into_entry(Timestamp::from_seconds(9));
        assert_eq!((entry.source, entry.happened_at), (Source::Browser, Some(Timestamp::from_seconds(1))));
        assert_eq!((entry.at, entry.report), (Timestamp::from_seconds(9), Some(ReportId::from_random(1))));
    }

    #[test]
    fn what_the_server_records_itself_is_no_browsers_to_report() {
        let told = Report { action: Action::SessionOpened, ..report() };
        assert_eq!(told.check(), Err(ReportFault::Action));
    }

    #[test]
    fn a_token_is_refused_in_every_field_it_could_stand_in() {
        let mut site = report();
        site.site = SiteId::parse(JWT).ok();
        assert!(site.site.is_some(), "a JWT has the characters of a site's id");
        assert_eq!(site.check(), Err(ReportFault::Secret));
        for told in [
            Report { id: ReportId::new(JWT), ..report() },
            Report { tenant: Some(TenantId::new(JWT)), ..report() },
            Report { provider: Some(ProviderId::new(JWT)), ..report() },
            Report { connection: Some(ConnectionId::new(JWT)), ..report() },
            Report { connection: Some(ConnectionId::new("x".repeat(39) + "Y0123456789")), ..report() },
        ] {
            assert!(told.check().is_err(), "{told:?}");
        }
        let text = serde_json::to_string(&report()).unwrap();
        for (field, value) in [("label", JWT), ("reason", JWT), ("label", "two\\nlines"), ("site", "a b")] {
            let told = text.replacen('{', &format!("{{\"{field}\":\"{value}\","), 1);
            assert!(serde_json::from_str::<Report>(&told).is_err(), "{told}");
        }
    }

    #[test]
    fn a_name_that_would_be_refused_is_left_out_and_what_was_done_is_told() {
        let site = SiteId::parse(JWT).ok();
        let told = Report { site, connection: Some(ConnectionId::new(JWT)), ..report() };
        assert_eq!(told.presentable(), report());
        let told =
            Report { site: SiteId::parse("ses_omaha").ok(), connection: Some(ConnectionId::new("c1")), ..report() };
        assert_eq!(told.clone().presentable(), told);
    }

    #[test]
    fn a_field_that_is_not_listed_is_refused() {
        let text = serde_json::to_string(&report()).unwrap();
        for field in ["token", "details", "user", "at", "address", "seq", "source"] {
            let told = text.replacen('{', &format!("{{\"{field}\":\"x\","), 1);
            assert!(serde_json::from_str::<Report>(&told).is_err(), "{field}");
        }
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
    }
}
