//! What calls say of tokens is noted: that they were used, that they worked, that they were refused.

use std::rc::Rc;

use domain::api::Problem;
use domain::audit::{Action, Label, Outcome, Reason, Report};
use domain::id::SiteTokenId;
use domain::site::{Draft, Kept, SitePlace, SiteRefusal, SiteToken, TokenError, VerdictKind};
use domain::time::Span;
use wasm_bindgen_futures::spawn_local;

use super::super::Inner;

/// How long uses are gathered before they are written.
const GATHER: Span = Span::from_seconds(30);

impl Inner {
    /// A call went out with it.
    pub(super) fn note_site_use(&self, id: &SiteTokenId) {
        let now = self.now();
        let mut used = self.sites.used.borrow_mut();
        let (at, count) = used.entry(id.clone()).or_insert((now, 0));
        (*at, *count) = (now, *count + 1);
        if self.sites.used_since.get().is_none() {
            self.sites.used_since.set(Some(now));
        }
    }

    /// Writes uses when it is time, or at once when the page is hidden.
    pub(in super::super) fn write_site_uses(self: &Rc<Self>, at_once: bool) {
        let since = self.sites.used_since.get();
        if since.is_none_or(|since| !at_once && self.now() < since + GATHER) {
            return;
        }
        self.sites.used_since.set(None);
        let used = self.sites.used.take();
        let inner = Rc::clone(self);
        spawn_local(async move {
            let Ok(vault) = inner.site_vault() else { return };
            let ids: Vec<SiteTokenId> = used.keys().cloned().collect();
            let rule = |token: &SiteToken| used.get(&token.id).map(|(at, count)| token.clone().used_at(*at, *count));
            // Uses that can't be written are lost, which harms nobody.
            if let Ok(written) = vault.change_sites(&ids, rule).await {
                inner.wrote_sites(written, &[]);
            }
        });
    }

    /// The API took its text of this generation in a call.
    pub(super) async fn site_worked(self: &Rc<Self>, id: &SiteTokenId, generation: u64) {
        let is_known = self.site_facts(id).is_ok_and(|token| {
            let accepted = token.verdict.as_ref().is_some_and(|verdict| verdict.kind == VerdictKind::Accepted);
            token.generation == generation && accepted && token.previous.is_none()
        });
        self.sites.prompts.borrow_mut().settled(&domain::site::About::Token(id.clone()));
        let Ok(vault) = self.site_vault() else { return };
        if is_known {
            return;
        }
        let now = self.now();
        let rule = |kept: &Kept| Some(kept.clone().worked(generation, now)).filter(|worked| worked != kept);
        // What can't be written now is found out again by the next call.
        if let Ok(written) = vault.change_kept(id, rule).await {
            self.wrote_sites(written.into_iter().collect(), &[]);
        }
    }

    /// The API refused its text of this generation in a call: that is kept and said. The audit log has it from the gateway.
    pub(super) async fn judge_site(
        self: &Rc<Self>,
        id: &SiteTokenId,
        generation: u64,
        kind: VerdictKind,
        problem: &Problem,
    ) {
        let now = self.now();
        let judged =
            |token: &SiteToken| Some(token.clone().judged(generation, kind, now)).filter(|judged| judged != token);
        if let Ok(vault) = self.site_vault()
            && let Ok(written) = vault.change_sites(std::slice::from_ref(id), judged).await
        {
            self.wrote_sites(written, &[]);
        }
        let Ok(token) = self.site_facts(id) else { return };
        self.note_site_error(TokenError { at: now, place: token.place.clone(), text: problem.title.clone() });
        if token.generation == generation {
            self.sites.prompts.borrow_mut().met_refusal(&token, kind);
            self.look_after_site_prompts();
        }
    }

    /// Tells the audit log what was done with a token; `failed` is why it did not succeed.
    pub(super) fn report_site(self: &Rc<Self>, action: Action, id: &SiteTokenId, failed: Option<&str>) {
        let token = self.sites.shelf.borrow().get(id).cloned();
        if let Some(token) = token {
            self.report(self.site_report(action, &token, failed));
        }
    }

    /// Tells the audit log that something was tried with tokens and not done, and why; gives the outcome on.
    pub(super) fn report_refusal<T>(
        self: &Rc<Self>,
        action: Action,
        whose: &Whose,
        outcome: Result<T, SiteRefusal>,
    ) -> Result<T, SiteRefusal> {
        if let Some(reason) = outcome.as_ref().err().and_then(SiteRefusal::reason) {
            let report = match whose {
                Whose::Kept(token) => self.site_report(action, token, None),
                Whose::Draft(place, name) => self.report_of_place(action, place, name),
                Whose::Many(count) => Report { count: Some(*count), ..self.about_tenant(action) },
            };
            self.report(failed(report, Some(reason)));
        }
        outcome
    }

    /// Whose token a draft would be, as far as it says so.
    pub(super) fn whose_draft(draft: &Draft) -> Whose {
        draft.place().map_or(Whose::Many(1), |place| Whose::Draft(place, draft.name.clone()))
    }

    /// Whose token this is, as long as it is kept.
    pub(super) fn whose_token(&self, id: &SiteTokenId) -> Whose {
        self.site_facts(id).map_or(Whose::Many(1), |token| Whose::Kept(Box::new(token)))
    }

    /// What was done with a token, or with `why` what failed.
    pub(super) fn site_report(&self, action: Action, token: &SiteToken, why: Option<&str>) -> Report {
        let report = self.report_of_place(action, &token.place, &token.name);
        failed(report, why.and_then(|why| Reason::parse(why).ok()))
    }

    /// A report about a token for a place, kept or not.
    pub(super) fn report_of_place(&self, action: Action, place: &SitePlace, name: &str) -> Report {
        let mut report = self.about_tenant(action);
        report.site = Some(place.site.clone());
        report.provider = Some(place.provider.clone());
        report.label = Label::of(name);
        report.presentable()
    }
}

/// What something that was not done was about.
pub(super) enum Whose {
    /// A token that is kept.
    Kept(Box<SiteToken>),
    /// One that was to be kept, by its place and name.
    Draft(SitePlace, String),
    /// So many tokens, which are not named.
    Many(u32),
}

/// The report, of something that failed if there is a reason.
pub(super) fn failed(report: Report, reason: Option<Reason>) -> Report {
    match reason {
        Some(reason) => Report { outcome: Outcome::Failed, reason: Some(reason), ..report },
        None => report,
    }
}
