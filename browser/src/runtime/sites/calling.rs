//! Calls to sites: the token is looked for along the chain, put in on the way, and what the API says of it is noted.
//!
//! Each call names its site. A 401 is about the token: a newer text, the one before a fresh one, or another token of the place
//! is tried; a 403 is about what the token may do, and nothing is tried or renewed for it.

use std::rc::Rc;

use domain::api::gateway::{
    ApiPath, SITE_HEADER, TENANT_HEADER, TOKEN_HEADER, TOKEN_SOURCE_HEADER, TRY_HEADER, TokenSource, UPSTREAM_HEADER,
};
use domain::api::{Call, Code, Method, Problem};
use domain::audit::Action;
use domain::calls::CallKind;
use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{
    AfterRefusal, CallFailure, ChainSource, Kept, Origin, Quota, RefusedCall, Resolution, SiteAnswer, SiteCall,
    SitePlace, SiteToken, TokenError, TokenTexts, VerdictKind,
};
use domain::time::Timestamp;
use serde_json::Value;

use super::super::Inner;
use super::ways::Way;
use crate::http::Reply;
use crate::page;

/// A call, ready but for the token.
pub(super) struct Outgoing<'a> {
    pub place: &'a SitePlace,
    pub path: &'a ApiPath,
    pub method: Method,
    pub body: Option<&'a Value>,
}

/// What came of it.
pub(super) enum Outcome {
    /// The API did what was asked.
    Given(Given),
    /// The API refused it: why, and what that says of the token.
    Refused(Problem, Option<VerdictKind>),
    /// It did not get to the API.
    NotSent(Problem),
}

/// What the API gave.
pub(super) struct Given {
    pub body: Value,
    pub source: ChainSource,
    pub tries: u32,
}

impl Inner {
    pub(super) async fn call_site(self: &Rc<Self>, call: &SiteCall) -> Result<SiteAnswer, CallFailure> {
        let begun = self.now();
        let mut way = Way::default();
        loop {
            let resolution = Resolution::of(&call.site, &self.sites.view.borrow(), self.now());
            if let Some(limit) = resolution.place.as_ref().and_then(|place| self.check_limits(place).err()) {
                return Err(CallFailure::Problem(Problem::new(limit.code())));
            }
            let next = way.next(&resolution);
            if way.lacks_sync(&call.site, &resolution, next.as_ref()) {
                self.look_at_sync(&mut way, &resolution).await;
                continue;
            }
            let (Some(place), Some(origin)) = (&resolution.place, next) else {
                self.goes_on(call, &mut way, resolution).await?;
                continue;
            };
            if self.wait_for_network(call, &mut way.queued).await.map_err(CallFailure::Problem)? {
                continue;
            }
            let method = if call.body.is_some() { Method::Post } else { Method::Get };
            let outgoing = Outgoing { place, path: &call.path, method, body: call.body.as_ref() };
            let outcome = self.sent_from(&outgoing, &origin).await;
            way.queued.passes();
            match outcome {
                Outcome::Given(given) => {
                    let Given { body, source, tries } = given;
                    return Ok(SiteAnswer { body, source, tries, took: self.now().since(begun) });
                }
                Outcome::Refused(problem, Some(VerdictKind::Rejected | VerdictKind::Revoked)) => {
                    way.refused(origin, problem);
                }
                // The network went on the way: a call that only reads waits for it.
                Outcome::NotSent(problem) if problem.code == Code::Unreachable && !page::is_online() => {}
                Outcome::Refused(problem, _) | Outcome::NotSent(problem) => return Err(CallFailure::Problem(problem)),
            }
        }
    }

    async fn sent_from(self: &Rc<Self>, outgoing: &Outgoing<'_>, origin: &Origin) -> Outcome {
        match origin {
            Origin::Vault(id) => self.sent_from_vault(outgoing, id).await,
            Origin::Operators => {
                let outcome = self.sent(outgoing, None).await;
                if let Outcome::Refused(_, Some(kind)) = &outcome {
                    self.sites.prompts.borrow_mut().met_refusal_of_operators(*kind);
                    self.look_after_site_prompts();
                }
                outcome
            }
        }
    }

    async fn sent_from_vault(self: &Rc<Self>, outgoing: &Outgoing<'_>, id: &SiteTokenId) -> Outcome {
        let texts = match self.site_vault() {
            Ok(vault) => vault.site_texts(id).await.ok().flatten(),
            Err(refusal) => return Outcome::NotSent(Problem::new(Code::NotStored).with_detail(refusal.to_string())),
        };
        let Some(texts) = texts else {
            let detail = "The token's text can't be read in this browser. Enter it again.";
            return Outcome::NotSent(Problem::new(Code::NoCredential).with_detail(detail));
        };
        let outcome = self.sent(outgoing, Some(&texts.text)).await;
        self.note_site_use(id);
        match outcome {
            Outcome::Refused(problem, Some(kind @ (VerdictKind::Rejected | VerdictKind::Revoked))) => {
                self.after_refusal(outgoing, id, &texts, (problem, kind)).await
            }
            Outcome::Refused(problem, Some(kind)) => {
                self.judge_site(id, texts.generation, kind, &problem).await;
                Outcome::Refused(problem, Some(kind))
            }
            Outcome::Given(given) => {
                self.site_worked(id, texts.generation).await;
                Outcome::Given(given)
            }
            outcome => outcome,
        }
    }

    /// The API refused a text: a newer one that another tab wrote is tried, or the one it took the place of.
    async fn after_refusal(
        self: &Rc<Self>,
        outgoing: &Outgoing<'_>,
        id: &SiteTokenId,
        texts: &TokenTexts,
        (problem, kind): (Problem, VerdictKind),
    ) -> Outcome {
        let there = match self.site_vault() {
            Ok(vault) => vault.kept_sites(std::slice::from_ref(id)).await.ok().and_then(|mut kept| kept.pop()?),
            Err(_) => None,
        };
        let Some((kept, _)) = there else { return Outcome::Refused(problem, Some(kind)) };
        let (after, now) = (kept.after_refusal(texts.generation, self.now()), self.now());
        match (after, &kept.texts.previous) {
            (AfterRefusal::TakeNewer, _) => {
                let outcome = self.sent(outgoing, Some(&kept.texts.text)).await;
                match &outcome {
                    Outcome::Given(_) => self.site_worked(id, kept.texts.generation).await,
                    Outcome::Refused(problem, Some(kind)) => {
                        self.judge_site(id, kept.texts.generation, *kind, problem).await;
                    }
                    _ => {}
                }
                outcome
            }
            (AfterRefusal::TryPrevious, Some(previous)) => match self.sent(outgoing, Some(previous)).await {
                Outcome::Given(given) => {
                    self.roll_back_site(id, texts.generation, now).await;
                    Outcome::Given(given)
                }
                _ => {
                    self.judge_site(id, texts.generation, kind, &problem).await;
                    Outcome::Refused(problem, Some(kind))
                }
            },
            _ => {
                self.judge_site(id, texts.generation, kind, &problem).await;
                Outcome::Refused(problem, Some(kind))
            }
        }
    }

    /// The one before works, and the new one does not: it takes its place again.
    async fn roll_back_site(self: &Rc<Self>, id: &SiteTokenId, generation: u64, now: Timestamp) {
        let Ok(vault) = self.site_vault() else { return };
        let rule = |kept: &Kept| {
            let back = kept.clone().rolled_back(generation, now);
            (back != *kept).then_some(back)
        };
        let tell = |token: &SiteToken| Some(self.site_report(Action::TokenFailed, token, Some("rolled_back")));
        let Ok(Some((token, version))) = vault.change_kept_telling(id, rule, tell).await else { return };
        let text = "The new token was refused. The one before works, and is used again.".to_owned();
        self.note_site_error(TokenError { at: now, place: token.place.clone(), text });
        self.wrote_sites(vec![(token, version)], &[]);
    }

    /// Sends a call with this text; without one the server puts in the operator's default token.
    pub(super) async fn sent(&self, outgoing: &Outgoing<'_>, text: Option<&Secret>) -> Outcome {
        let Outgoing { place, path, method, body } = outgoing;
        let mut headers = vec![(SITE_HEADER, Secret::new(place.site.as_str()))];
        headers.extend(self.tenant().as_ref().map(|tenant| (TENANT_HEADER, Secret::new(tenant.as_str()))));
        headers.extend(text.map(|text| (TOKEN_HEADER, text.clone())));
        let body = body.map(|body| Secret::new(body.to_string()));
        let call = Call { method: *method, path: path.through(&place.provider), body, headers };
        let Some(reply) = self.reply(CallKind::Gateway, &call).await else {
            return Outcome::NotSent(Problem::new(Code::Unreachable));
        };
        self.note_quota(place, &reply);
        outcome(&reply)
    }

    fn note_quota(&self, place: &SitePlace, reply: &Reply) {
        if let Some(quota) = Quota::of_headers(|name| reply.header(name), self.now()) {
            let place = SitePlace { device: None, ..place.clone() };
            self.show_sites(|view| {
                view.quotas.insert(place, quota);
            });
        }
    }
}

/// The provider's answer, or our server's own problem.
fn outcome(reply: &Reply) -> Outcome {
    let Some(host) = reply.header(UPSTREAM_HEADER) else {
        return Outcome::NotSent(reply.read().err().unwrap_or_else(|| Problem::new(Code::UnreadableAnswer)));
    };
    let body = reply.json();
    if reply.status() < 400 {
        let Some(body) = body else { return Outcome::NotSent(Problem::new(Code::UnreadableAnswer)) };
        let by_default = reply.header(TOKEN_SOURCE_HEADER).and_then(|name| TokenSource::parse(&name));
        let source = match by_default {
            Some(TokenSource::Default) => ChainSource::Operators,
            _ => ChainSource::Vault,
        };
        let tries = reply.header(TRY_HEADER).and_then(|tries| tries.parse().ok()).unwrap_or(1);
        return Outcome::Given(Given { body, source, tries });
    }
    let body = body.unwrap_or(Value::Null);
    let retry_after = reply.header("retry-after").and_then(|seconds| seconds.parse().ok());
    let refused = RefusedCall { host: &host, status: reply.status(), body: &body, retry_after };
    Outcome::Refused(refused.problem(), refused.verdict())
}
