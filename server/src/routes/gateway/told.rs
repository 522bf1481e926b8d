//! What is told of a call beside its answer: to the audit log that the token was refused, to suspicion from where it was used.

use axum::http::StatusCode;
use domain::api::gateway::UPSTREAM_HEADER;
use domain::audit::suspicion::Watched;
use domain::audit::{Action, Entry, Outcome};
use domain::time::Timestamp;

use super::*;
use crate::digest::Digest;
use crate::store::{ByPerson, TokenUse};

/// A call, as far as it is told of.
pub(super) struct Told<'a> {
    browser: &'a Browser,
    who: &'a SignedIn,
    watched: Watched,
    /// The digest of the token the call came with; the operator's default one is many people's.
    token: Option<Digest>,
}

impl<'a> Told<'a> {
    /// What is told of a call.
    pub(super) fn of(browser: &'a Browser, who: &'a SignedIn, tenant: &Tenant, asked: &Asked) -> Self {
        let watched = Watched {
            user: Some(who.person.id.clone()),
            tenant: Some(tenant.id.clone()),
            site: asked.site.clone(),
            provider: Some(asked.provider.clone()),
            ..Watched::default()
        };
        Self { browser, who, watched, token: asked.token.as_ref().map(Digest::of) }
    }

    /// Tells of it, now that there is an answer; `refused` is the status with which the provider refused the token.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] when a refusal can't be recorded.
    pub(super) async fn tell(self, state: &AppState, refused: Option<StatusCode>) -> Result<(), Problem> {
        let at = state.clock.now();
        if let Some(status) = refused {
            state.store.record(&[self.refusal(status, at)]).await?;
        }
        if let Some(token) = self.token {
            let (address, username) = (self.browser.address.to_string(), self.who.person.username.clone());
            let used = TokenUse { token, watched: self.watched, username, address, at };
            state.token_uses.note(&*state.store, used).await;
        }
        Ok(())
    }

    /// What is recorded when the provider refused the token, or what it may do.
    fn refusal(&self, status: StatusCode, at: Timestamp) -> Entry {
        let mut entry = self.browser.entry(Action::TokenFailed, at).by(&self.who.person);
        (entry.tenant, entry.site) = (self.watched.tenant.clone(), self.watched.site.clone());
        entry.provider.clone_from(&self.watched.provider);
        entry.ended(Outcome::Refused, &format!("http_{}", status.as_u16()))
    }
}

/// The status with which the provider itself refused the token, if it did.
pub(super) fn refused(answer: &Response) -> Option<StatusCode> {
    let status = answer.status();
    let refuses = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    (refuses && answer.headers().contains_key(UPSTREAM_HEADER)).then_some(status)
}
