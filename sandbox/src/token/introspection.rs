//! Token introspection (RFC 7662).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::oauth_error::{NO_STORE, OAuthError};
use crate::{Sandbox, metadata};

/// `POST /{environment}/as/introspect`: whether a token is good now, and what it says (§2.2). Any client that proves
/// who it is may ask; of a token that is no good nothing is said but that.
pub(crate) async fn endpoint(
    State(sandbox): State<Sandbox>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if environment != sandbox.environment_id() {
        return metadata::unknown_environment();
    }
    match answer(&sandbox, &headers, &body) {
        Ok(answer) => (NO_STORE, Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

fn answer(sandbox: &Sandbox, headers: &HeaderMap, body: &[u8]) -> Result<Value, OAuthError> {
    let (form, presented) = super::read(headers, body)?;
    presented.authenticate(sandbox)?;
    let token = form.get("token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| OAuthError::invalid_request("token is required"))?;
    let Some(mut claims) = sandbox.good_claims(token) else { return Ok(json!({ "active": false })) };
    claims.insert("active".to_owned(), true.into());
    claims.insert("token_type".to_owned(), "Bearer".into());
    Ok(Value::Object(claims))
}
