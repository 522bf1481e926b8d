//! What is recorded when a request is refused.

use domain::api::account::CurrentSession;
use domain::api::{Access, Code, Endpoint, Problem};
use domain::audit::{Action, Outcome};
use domain::id::{ProviderId, TenantId};

use super::reason;
use crate::sign_in::{Browser, SignedIn};
use crate::state::AppState;
use crate::store::ByPerson;

/// A request, as far as its refusal is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The HTTP method's name.
    pub method: &'a str,
    /// The route's template.
    pub template: &'a str,
    /// Who may use the route.
    pub access: Access,
    /// The identifier in the path; empty when there is none.
    pub parameter: &'a str,
    /// The provider it was for, where the route names one.
    pub provider: Option<&'a str>,
    /// The tenant it named in a header.
    pub tenant: Option<&'a str>,
}

/// Records a refusal, if it is one that is recorded: a role, a session, a tenant, a person's own thing, another site's page,
/// an org token. What was mistyped or can't be done is none.
///
/// One asker's refusals are recorded ten times a minute, sixty times when signed in; more say nothing new, and nobody is to
/// fill the log and push out what matters.
pub async fn record_refusal(
    state: &AppState,
    browser: &Browser,
    who: Option<&SignedIn>,
    refused: Refused<'_>,
    problem: &Problem,
) {
    let Some(action) = action(refused, who.is_some(), problem.code) else { return };
    let recorded = state.limiter.may_record_refusal(who.map(|who| &who.person.id), browser.address);
    state.metrics.refused(&reason(problem), recorded);
    if !recorded {
        return;
    }
    let mut entry = browser.entry(action, state.clock.now()).ended(Outcome::Refused, &reason(problem));
    entry = entry.named(&format!("{} {}", refused.method, refused.template));
    if let Some(who) = who {
        entry = entry.by(&who.person);
    }
    if let Some(provider) = refused.provider {
        entry = entry.with_provider(&ProviderId::new(provider));
    }
    if let Some(tenant) = refused.tenant {
        entry = entry.in_tenant(&TenantId::new(tenant));
    }
    // What is no identifier is left out: anybody may write anything into a path.
    let entry = entry.about(refused.parameter);
    if let Err(error) = state.store.record(&[entry]).await {
        tracing::error!(error = &error as &(dyn std::error::Error + 'static), "a refusal could not be recorded");
    }
}

/// What a refusal is recorded as.
fn action(refused: Refused<'_>, signed_in: bool, code: Code) -> Option<Action> {
    let personal = matches!(refused.access, Access::SignedIn | Access::Member);
    match code {
        Code::NotAllowed
        | Code::TenantUnknown
        | Code::ApiNotAllowed
        | Code::SiteNotAllowed
        | Code::CallNotAllowed
        | Code::CrossSite
        | Code::LinkInvalid => Some(Action::Refused),
        // Whether somebody is signed in is what that route is asked for.
        Code::NotSignedIn if refused.template != CurrentSession::TEMPLATE || refused.method != "GET" => {
            Some(Action::Refused)
        }
        // On routes for one's own things, an identifier that is not one's own: gone, guessed, or somebody else's.
        Code::NotFound | Code::VaultHalfUnknown if signed_in && personal && !refused.parameter.is_empty() => {
            Some(Action::Refused)
        }
        Code::ConversationUnknown if refused.access == Access::OrgToken => Some(Action::Refused),
        // One that has expired is no attack: pages sleep.
        Code::OrgTokenMissing
        | Code::OrgTokenInvalid
        | Code::OrgKeyUnknown
        | Code::OrgKeyRevoked
        | Code::OriginNotAllowed => Some(Action::OrgTokenRefused),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: Refused<'_> = Refused {
        method: "DELETE",
        template: "/x/{id}",
        access: Access::SignedIn,
        parameter: "a",
        provider: None,
        tenant: None,
    };

    #[test]
    fn a_mistake_is_no_refusal() {
        for code in
            [Code::InvalidBody, Code::InvalidFields, Code::Conflict, Code::TooManyRequests, Code::OrgTokenExpired]
        {
            assert_eq!(action(ROUTE, true, code), None, "{code:?}");
        }
    }

    #[test]
    fn what_is_not_found_is_recorded_where_things_are_a_persons_own() {
        assert_eq!(action(ROUTE, true, Code::NotFound), Some(Action::Refused));
        assert_eq!(action(ROUTE, true, Code::VaultHalfUnknown), Some(Action::Refused));
        assert_eq!(action(Refused { access: Access::Admin, ..ROUTE }, true, Code::NotFound), None);
        assert_eq!(action(Refused { parameter: "", ..ROUTE }, true, Code::NotFound), None);
    }

    #[test]
    fn asking_whether_one_is_signed_in_is_no_attempt() {
        let asked = Refused { template: CurrentSession::TEMPLATE, method: "GET", ..ROUTE };
        assert_eq!(action(asked, false, Code::NotSignedIn), None);
        assert_eq!(action(Refused { method: "DELETE", ..asked }, false, Code::NotSignedIn), Some(Action::Refused));
    }
}
