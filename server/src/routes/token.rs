use domain::api::introspection::{IntrospectToken, Introspection, Revocation, RevokeToken};
use domain::api::token::{ObtainToken, TokenAnswer, TokenRequest, Verification, VerifyToken};
use domain::api::{Code, Problem};

use super::asked::{Asked, Reply};
use super::idempotency;
use crate::state::AppState;

/// Obtains a worker token. With an `Idempotency-Key` a repeat by the same session gets the same result for a minute.
///
/// The work runs to its end even when the request goes away: a tab that was closed finds the token with its next ask.
pub async fn obtain_token(asked: Asked<ObtainToken>) -> Result<Reply<TokenAnswer>, Problem> {
    check(&asked.body)?;
    let key = idempotency::key(&asked.headers)?;
    let who = asked.who()?.clone();
    let (state, request) = (asked.state.clone(), asked.body);
    let work = async move {
        match key {
            Some(key) => idempotency::once(&state, &who, &key, &request, obtain(&state, &request)).await,
            None => obtain(&state, &request).await,
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
    let provider = asked.state.allowed_provider(&asked.body.provider).await?;
    Ok(asked.state.upstream.introspect(&provider, &asked.body).await?.into())
}

/// Revokes a token. The work runs to its end even when the request goes away.
pub async fn revoke_token(asked: Asked<RevokeToken>) -> Result<Reply<Revocation>, Problem> {
    let (state, question) = (asked.state.clone(), asked.body);
    let work = async move {
        let provider = state.allowed_provider(&question.provider).await?;
        state.upstream.revoke(&provider, &question).await
    };
    let done = asked.state.in_flight.spawn(work).await;
    Ok(done.map_err(|_| Problem::new(Code::Internal))??.into())
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
