//! Token revocation (RFC 7009).

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::oauth_error::{NO_STORE, OAuthError};
use crate::{Sandbox, metadata};

/// `POST /{environment}/as/revoke`: ends a token of the client that asks. A token that is no good already is a success
/// too (§2.2); another client's is refused (§2.1).
pub(crate) async fn endpoint(
    State(sandbox): State<Sandbox>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if environment != sandbox.environment_id() {
        return metadata::unknown_environment();
    }
    match revoke(&sandbox, &headers, &body) {
        Ok(()) => (StatusCode::OK, NO_STORE).into_response(),
        Err(error) => error.into_response(),
    }
}

fn revoke(sandbox: &Sandbox, headers: &HeaderMap, body: &[u8]) -> Result<(), OAuthError> {
    let (form, presented) = super::read(headers, body)?;
    let client = presented.authenticate(sandbox)?;
    let token = form.get("token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    let Some(claims) = sandbox.good_claims(token) else { return Ok(()) };
    if claims.get("client_id").and_then(|id| id.as_str()) != Some(&client.id) {
        return Err(OAuthError::bad("unauthorized_client", "The token belongs to another client"));
    }
    sandbox.revoke(&claims);
    Ok(())
}
