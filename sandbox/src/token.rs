//! The token endpoint (RFC 6749 §3.2): the client-credentials grant.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::time::Span;
use serde_json::json;

use crate::client::Client;
use crate::fault::{Fault, Scene, play};
use crate::oauth_error::{NO_STORE, OAuthError};
use crate::{Sandbox, metadata, random};

mod assertion;
mod authentication;
mod form;
pub(crate) mod introspection;
pub(crate) mod revocation;

use authentication::Presented;
use form::Form;

/// `POST /{environment}/as/token`.
pub(crate) async fn endpoint(
    State(sandbox): State<Sandbox>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if environment != sandbox.environment_id() {
        return metadata::unknown_environment();
    }
    match read(&headers, &body) {
        Ok((form, presented)) => answer(&sandbox, &form, &presented).await,
        Err(error) => error.into_response(),
    }
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<(Form, Presented), OAuthError> {
    let form = Form::read(headers, body)?;
    let presented = Presented::read(headers, &form)?;
    Ok((form, presented))
}

/// Answers a client that asks about a token, at the endpoints beside the token's own (RFC 7009 §2.1, RFC 7662 §2.1).
async fn about_token(
    sandbox: &Sandbox,
    environment: &str,
    headers: &HeaderMap,
    body: &[u8],
    answer: impl FnOnce(&Client, &str) -> Result<Response, OAuthError>,
) -> Response {
    if environment != sandbox.environment_id() {
        return metadata::unknown_environment();
    }
    let (form, presented) = match read(headers, body) {
        Ok(asked) => asked,
        Err(error) => return error.into_response(),
    };
    if let Some(response) = faulted(sandbox, Scene::Inquiry, presented.client_id()).await {
        return response;
    }
    let answered = || {
        let client = presented.authenticate(sandbox)?;
        let token = form.get("token").filter(|token| !token.is_empty());
        answer(&client, token.ok_or_else(|| OAuthError::invalid_request("token is required"))?)
    };
    answered().unwrap_or_else(IntoResponse::into_response)
}

/// What a switched-on fault answers, if one strikes this client here.
async fn faulted(sandbox: &Sandbox, scene: Scene, client_id: &str) -> Option<Response> {
    let fault = sandbox.clients().faults.strike(scene, client_id)?;
    sandbox.clients().count(client_id, |counters| counters.faulted += 1);
    if let (Scene::Token, Fault::Throttled { retry_after: Some(seconds) }) = (scene, fault) {
        sandbox.clients().ask_to_wait(client_id, sandbox.now() + Span::from_seconds(seconds));
    }
    let denied = || OAuthError::invalid_client("Request denied: a fault is switched on").into_response();
    play(sandbox, fault, denied).await
}

async fn answer(sandbox: &Sandbox, form: &Form, presented: &Presented) -> Response {
    let client_id = presented.client_id();
    sandbox.clients().count_request(client_id, sandbox.now());
    if let Some(response) = faulted(sandbox, Scene::Token, client_id).await {
        return response;
    }
    match grant(sandbox, form, presented) {
        Ok(response) => {
            sandbox.clients().count(client_id, |counters| counters.granted += 1);
            response
        }
        Err(error) => {
            sandbox.clients().count(client_id, |counters| counters.refused += 1);
            error.into_response()
        }
    }
}

fn grant(sandbox: &Sandbox, form: &Form, presented: &Presented) -> Result<Response, OAuthError> {
    let client = presented.authenticate(sandbox)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(OAuthError::bad("unsupported_grant_type", "Unsupported grant type")),
        None => return Err(OAuthError::invalid_request("grant_type is required")),
    }
    let scope = form.get("scope").filter(|scope| !scope.is_empty());
    if scope.is_some_and(|scope| !scope.split(' ').all(is_scope_token)) {
        return Err(OAuthError::bad("invalid_scope", "At least one scope has a character it may not have"));
    }
    Ok(token_response(sandbox, &client, scope))
}

/// RFC 6749 §3.3.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

fn token_response(sandbox: &Sandbox, client: &Client, scope: Option<&str>) -> Response {
    let now = sandbox.now();
    let expires_at = now + Span::from_seconds(client.lifetime_seconds.into());
    let mut claims = json!({
        "client_id": client.id,
        "iss": sandbox.issuer(),
        "iat": now.millis().div_euclid(1_000),
        "exp": expires_at.millis().div_euclid(1_000),
        "aud": [sandbox.origin()],
        "env": sandbox.environment_id(),
        "org": sandbox.organization_id(),
        "jti": random::uuid(),
    });
    let mut answer = json!({ "token_type": "Bearer", "expires_in": client.lifetime_seconds });
    if let Some(scope) = scope {
        claims["scope"] = scope.into();
        answer["scope"] = scope.into();
    }
    answer["access_token"] = sandbox.signing_key().sign(&claims).expose().into();
    (NO_STORE, Json(answer)).into_response()
}
