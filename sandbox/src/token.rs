//! The token endpoint (RFC 6749 §3.2): the client-credentials grant.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::time::Span;
use serde_json::json;

use crate::client::Client;
use crate::fault::Fault;
use crate::oauth_error::{NO_STORE, OAuthError, platform_error};
use crate::{Sandbox, metadata, random};

mod assertion;
mod authentication;
mod form;

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

async fn answer(sandbox: &Sandbox, form: &Form, presented: &Presented) -> Response {
    let client_id = presented.client_id();
    sandbox.clients().count(client_id, |counters| counters.requests += 1);
    let fault = sandbox.clients().faults.strike(client_id);
    if let Some(fault) = fault {
        sandbox.clients().count(client_id, |counters| counters.faulted += 1);
        if let Some(response) = play(sandbox, fault).await {
            return response;
        }
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

/// What a fault answers; `None` when the request goes on after it.
async fn play(sandbox: &Sandbox, fault: Fault) -> Option<Response> {
    Some(match fault {
        Fault::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            return None;
        }
        Fault::Unauthorized => OAuthError::invalid_client("Request denied: a fault is switched on").into_response(),
        Fault::Throttled { retry_after } => throttled(retry_after),
        Fault::Failing => {
            platform_error(StatusCode::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR", "An unexpected error occurred.")
        }
        Fault::Dropped => dropped(),
        Fault::Html => Html("<!doctype html><title>Maintenance</title><h1>We will be back</h1>").into_response(),
        Fault::Redirect => {
            (StatusCode::FOUND, [(header::LOCATION, format!("{}/elsewhere", sandbox.origin()))]).into_response()
        }
    })
}

fn throttled(retry_after: Option<u64>) -> Response {
    let message = "The request could not be completed. Too many requests.";
    let mut response = platform_error(StatusCode::TOO_MANY_REQUESTS, "REQUEST_LIMITED", message);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A body that fails before its first byte: the server then closes the connection without having sent anything.
fn dropped() -> Response {
    let failure = std::io::Error::other("the connection is dropped by a switched-on fault");
    Body::from_stream(futures::stream::iter([Err::<Bytes, _>(failure)])).into_response()
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
