use domain::api::introspection::{IntrospectToken, Introspection, Revocation, RevokeToken};
use domain::api::token::{ObtainToken, TokenAnswer, TokenRequest, Verification, VerifyToken};
use domain::api::{Code, Endpoint, Problem};
use domain::audit::{Action, Entry, Outcome};
use domain::id::ProviderId;

use super::asked::{Asked, Reply};
use super::idempotency;
use crate::audit::ended;
use crate::state::AppState;

/// Obtains a worker token. With an `Idempotency-Key` a repeat by the same session gets the same result for a minute.
///
/// The work runs to its end even when the request goes away: a tab that was closed finds the token with its next ask.
pub async fn obtain_token(asked: Asked<ObtainToken>) -> Result<Reply<TokenAnswer>, Problem> {
    check(&asked.body)?;
    let key = idempotency::key(&asked.headers)?;
    let who = asked.who()?.clone();
    let about = about(&asked, Action::TokenGranted, &asked.body.provider, &asked.body.client_id)?;
    let (state, request) = (asked.state.clone(), asked.body);
    let work = async move {
        match key {
            Some(key) => {
                let (work, note) = (obtain(&state, &request), |result: &Result<_, _>| ended(about, result));
                idempotency::once(&state, &who, &key, &request, work, note).await
            }
            None => {
                let result = obtain(&state, &request).await;
                state.store.record(&[ended(about, &result)]).await?;
                result
            }
        }
    };
    let done = asked.state.in_flight.spawn(work).await;
    Ok(done.map_err(|_| Problem::new(Code::Internal))??.into())
}

/// Asks the provider.
async fn obtain(state: &AppState, request: &TokenRequest) -> Result<TokenAnswer, Problem> {
    let provider = state.allowed_provider(&request.provider).await?;
    state.upstream.obtain(&provider, request).await
}

/// Asks the provider whether a token is good now.
pub async fn introspect_token(asked: Asked<IntrospectToken>) -> Result<Reply<Introspection>, Problem> {
    let about = about(&asked, Action::TokenValidated, &asked.body.provider, &asked.body.client_id)?;
    let (state, question) = (&asked.state, &asked.body);
    let work = async {
        let provider = state.allowed_provider(&question.provider).await?;
        state.upstream.introspect(&provider, question).await
    };
    let result: Result<Introspection, Problem> = work.await;
    let about = match &result {
        Ok(found) if !found.active => about.ended(Outcome::Refused, "not_active"),
        _ => ended(about, &result),
    };
    state.store.record(&[about]).await?;
    Ok(result?.into())
}

/// Revokes a token. The work runs to its end even when the request goes away.
pub async fn revoke_token(asked: Asked<RevokeToken>) -> Result<Reply<Revocation>, Problem> {
    let about = about(&asked, Action::TokenRevoked, &asked.body.provider, &asked.body.client_id)?;
    let (state, question) = (asked.state.clone(), asked.body);
    let work = async move {
        let revoking = async {
            let provider = state.allowed_provider(&question.provider).await?;
            state.upstream.revoke(&provider, &question).await
        };
        let result = revoking.await;
        state.store.record(&[ended(about, &result)]).await?;
        result
    };
    let done = asked.state.in_flight.spawn(work).await;
    Ok(done.map_err(|_| Problem::new(Code::Internal))??.into())
}

/// What is done with a worker token, for the audit log.
fn about<E: Endpoint>(
    asked: &Asked<E>,
    action: Action,
    provider: &ProviderId,
    client_id: &str,
) -> Result<Entry, Problem> {
    let tenant = &asked.who()?.person.tenant;
    Ok(asked.entry(action).in_tenant(tenant).with_provider(provider).named(client_id))
}

/// Checks a token's signature.
pub async fn verify_token(asked: Asked<VerifyToken>) -> Result<Reply<Verification>, Problem> {
    let provider = asked.state.allowed_provider(&asked.body.provider).await?;
    Ok(asked.state.upstream.verify(&provider, &asked.body).await?.into())
}

fn check(request: &TokenRequest) -> Result<(), Problem> {
    let mut problem = Problem::new(Code::InvalidFields);
    if !(1..=512).contains(&request.client_id.chars().count()) {
        problem = problem.with_error("client_id", "The client id must have 1 to 512 characters.");
    }
    if request.scopes.len() > 200 || request.scopes.iter().any(|scope| !is_scope(scope)) {
        problem = problem.with_error(
            "scopes",
            "A scope is visible ASCII without blanks, quotes or backslashes; at most 200 of them.",
        );
    }
    if problem.errors.is_empty() { Ok(()) } else { Err(problem) }
}

/// A scope token (RFC 6749 §3.3).
fn is_scope(text: &str) -> bool {
    (1..=512).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
