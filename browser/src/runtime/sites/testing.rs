//! Tests that really call the API, and new texts from a provider's refresh endpoint.

use std::rc::Rc;

use domain::api::gateway::ApiPath;
use domain::api::{Code, Method, Problem};
use domain::audit::Action;
use domain::id::{ProviderId, SiteTokenId};
use domain::provider::ProviderKind;
use domain::secret::Secret;
use domain::site::{
    About, Chosen, Claims, Pasted, Resolution, Running, Site, SiteId, SitePlace, SiteRefusal, Source, Standing,
    TestOutcome, TestReport, TokenHash, VerdictKind, refreshed_token, sites_reached,
};
use domain::time::Span;

use super::super::Inner;
use super::calling::{Outcome, Outgoing};
use super::keeping::verdict;
use super::using::failed;
use crate::js;

/// What the operator's default token is called in the audit log.
const OPERATORS: &str = "The operator's default token";

/// How long a test may take, in milliseconds.
const PATIENCE: u32 = 10_000;
/// How long a refresh that came to nothing is not tried again by itself.
const REST: Span = Span::from_seconds(300);

/// Where a provider of site tokens tests and refreshes them.
struct SiteApi {
    test_path: ApiPath,
    refresh_path: Option<ApiPath>,
}

impl Inner {
    /// Tests a token that is kept, or the operator's; what the API says of it is noted.
    pub(super) async fn test_site(self: &Rc<Self>, chosen: &Chosen) -> Result<TestReport, SiteRefusal> {
        let id = match chosen {
            Chosen::Token(id) => id,
            Chosen::Operators => {
                let place = Resolution::of(&Site::Operators, &self.sites.view.borrow(), self.now()).place;
                return self.tested((&place.ok_or(SiteRefusal::Gone)?, OPERATORS), None).await;
            }
        };
        let facts = self.site_facts(id)?;
        let texts = self.site_vault()?.site_texts(id).await?.ok_or(SiteRefusal::Gone)?;
        let about = (&facts.place, facts.name.as_str());
        let report = self.while_running(id, Running::Testing, self.tested(about, Some(&texts.text))).await?;
        if let Some(kind) = verdict(report.outcome) {
            let judged = |token: &domain::site::SiteToken| {
                Some(token.clone().judged(texts.generation, kind, report.at)).filter(|judged| judged != token)
            };
            let written = self.site_vault()?.change_sites(std::slice::from_ref(id), judged).await?;
            if kind == VerdictKind::Accepted {
                self.sites.prompts.borrow_mut().settled(&About::Token(id.clone()));
            }
            self.wrote_sites(written, &[]);
        }
        Ok(report)
    }

    pub(super) async fn test_site_draft(
        self: &Rc<Self>,
        provider: ProviderId,
        site: &str,
        token: &Secret,
    ) -> Result<TestReport, SiteRefusal> {
        let pasted = Pasted::mend(token.expose());
        pasted.check()?;
        let site = SiteId::parse(site.trim()).map_err(|_| SiteRefusal::Fields)?;
        self.tested((&SitePlace { provider, site, device: None }, ""), Some(&pasted.token)).await
    }

    /// Calls the provider's test path; without a text, with the operator's default token. The audit log is told what came of
    /// it, with the token's name where it has one.
    pub(super) async fn tested(
        self: &Rc<Self>,
        (place, name): (&SitePlace, &str),
        text: Option<&Secret>,
    ) -> Result<TestReport, SiteRefusal> {
        let report = self.tried(place, text).await?;
        self.report(failed(self.report_of_place(Action::TokenValidated, place, name), report.reason()));
        Ok(report)
    }

    async fn tried(&self, place: &SitePlace, text: Option<&Secret>) -> Result<TestReport, SiteRefusal> {
        self.check_limits(place)?;
        let api = self.site_api(&place.provider).await?;
        let begun = self.now();
        let outgoing = Outgoing { place, path: &api.test_path, method: Method::Get, body: None };
        let outcome = js::within(PATIENCE, self.sent(&outgoing, text)).await;
        let late = || Outcome::NotSent(Problem::new(Code::UpstreamTimeout));
        let (outcome, sites, problem) = match outcome.unwrap_or_else(late) {
            Outcome::Given(given) => (TestOutcome::Works, sites_reached(&given.body), None),
            Outcome::Refused(problem, Some(VerdictKind::Rejected)) => (TestOutcome::Rejected, None, Some(problem)),
            Outcome::Refused(problem, Some(VerdictKind::Revoked)) => (TestOutcome::Revoked, None, Some(problem)),
            Outcome::Refused(problem, Some(VerdictKind::Forbidden)) => (TestOutcome::Forbidden, None, Some(problem)),
            Outcome::Refused(problem, _) | Outcome::NotSent(problem) => (TestOutcome::Unknown, None, Some(problem)),
        };
        let claims = match text {
            Some(text) => Claims::of(text),
            None => self.claims_of_operators(),
        };
        let at = self.now();
        Ok(TestReport { outcome, claims, sites, problem, at, took: at.since(begun) })
    }

    /// Gets a new text from the provider, tests it, and stores it beside the old one.
    pub(super) async fn refresh_site(self: &Rc<Self>, id: &SiteTokenId) -> Result<TestReport, SiteRefusal> {
        let whose = self.whose_token(id);
        let outcome = self.while_running(id, Running::Refreshing, self.refreshed_site(id)).await;
        self.report_refusal(Action::TokenRefreshed, &whose, outcome)
    }

    async fn refreshed_site(self: &Rc<Self>, id: &SiteTokenId) -> Result<TestReport, SiteRefusal> {
        let facts = self.site_facts(id)?;
        self.check_limits(&facts.place)?;
        let api = self.site_api(&facts.place.provider).await?;
        let path = api.refresh_path.ok_or(SiteRefusal::NoRefresh)?;
        let texts = self.site_vault()?.site_texts(id).await?.ok_or(SiteRefusal::Gone)?;
        let outgoing = Outgoing { place: &facts.place, path: &path, method: Method::Post, body: None };
        let body = match self.sent(&outgoing, Some(&texts.text)).await {
            Outcome::Given(given) => given.body,
            Outcome::Refused(problem, _) | Outcome::NotSent(problem) => return Err(problem.into()),
        };
        let unreadable = || {
            let detail = "Its answer has no token in it. Get a new one from the provider, and enter it here.";
            SiteRefusal::Problem(Problem::new(Code::UpstreamUnreadable).with_detail(detail))
        };
        let text = refreshed_token(&body).ok_or_else(unreadable)?;
        domain::site::check(&text)?;
        if TokenHash::of(&text) == facts.hash {
            return Err(SiteRefusal::Duplicate(id.clone()));
        }
        let report = self.tested((&facts.place, &facts.name), Some(&text)).await?;
        if !matches!(report.outcome, TestOutcome::Works | TestOutcome::Forbidden) {
            return Err(SiteRefusal::TestFailed(Box::new(report)));
        }
        self.replace_site(id, text, Source::Refreshed, &report).await?;
        Ok(report)
    }

    /// A call has only an expired token to go with: a new one is asked for, where the provider gives any. Gives whether one
    /// came.
    pub(super) async fn refreshed_by_itself(self: &Rc<Self>, site: &Site, resolution: &Resolution) -> bool {
        let now = self.now();
        let Some(place) = &resolution.place else { return false };
        let expired = {
            let view = self.sites.view.borrow();
            let mut there = view.tokens.iter().filter(|token| token.place.covers(place));
            let meant = |token: &domain::site::SiteToken| !matches!(site, Site::Of(id) if *id != token.id);
            there.find(|token| meant(token) && token.standing(now) == Standing::Expired).map(|token| token.id.clone())
        };
        let Some(id) = expired else { return false };
        let rests = self.sites.refreshed.borrow().get(&id).is_some_and(|at| now < *at + REST);
        if rests {
            return false;
        }
        self.sites.refreshed.borrow_mut().insert(id.clone(), now);
        self.report_site(Action::TokenExpired, &id, None);
        self.refresh_site(&id).await.is_ok()
    }

    async fn site_api(&self, provider: &ProviderId) -> Result<SiteApi, SiteRefusal> {
        let known = || {
            let providers = self.providers.borrow();
            let provider = providers.iter().find(|known| known.id == *provider)?;
            match &provider.kind {
                ProviderKind::SiteApi { test_path, refresh_path, .. } => {
                    Some(SiteApi { test_path: test_path.clone(), refresh_path: refresh_path.clone() })
                }
                _ => None,
            }
        };
        if let Some(api) = known() {
            return Ok(api);
        }
        self.fetch_providers().await?;
        known().ok_or_else(|| SiteRefusal::Problem(Problem::new(Code::ProviderNotAllowed)))
    }

    fn claims_of_operators(&self) -> Claims {
        let view = self.sites.view.borrow();
        let Some(token) = &view.operators else { return Claims::default() };
        Claims { identity: token.identity.clone(), expires_at: token.expires_at, ..Claims::default() }
    }

    pub(super) async fn while_running<T>(
        &self,
        id: &SiteTokenId,
        running: Running,
        work: impl Future<Output = T>,
    ) -> T {
        self.show_sites(|view| {
            view.running.insert(id.clone(), running);
        });
        let output = work.await;
        self.show_sites(|view| {
            view.running.remove(id);
        });
        output
    }
}
