//! Token revocation (RFC 7009).

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Sandbox;
use crate::oauth_error::{NO_STORE, OAuthError};

/// `POST /{environment}/as/revoke`: ends a token of the client that asks. A token that is no good already is a success
/// too (§2.2); another client's is refused (§2.1).
pub(crate) async fn endpoint(
    State(sandbox): State<Sandbox>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    super::about_token(&sandbox, &environment, &headers, &body, |client, token| {
        if let Some(claims) = sandbox.good_claims(token) {
            if claims.get("client_id").and_then(|id| id.as_str()) != Some(&client.id) {
                return Err(OAuthError::bad("unauthorized_client", "The token belongs to another client"));
            }
            sandbox.revoke(&claims);
        }
        Ok((StatusCode::OK, NO_STORE).into_response())
    })
    .await
}
