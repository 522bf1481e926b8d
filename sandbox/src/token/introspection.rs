//! Token introspection (RFC 7662).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::Sandbox;
use crate::oauth_error::NO_STORE;

/// `POST /{environment}/as/introspect`: whether a token is good now, and what it says (§2.2). Any client that proves
/// who it is may ask; of a token that is no good nothing is said but that.
pub(crate) async fn endpoint(
    State(sandbox): State<Sandbox>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    super::about_token(&sandbox, &environment, &headers, &body, |_, token| {
        let Some(mut claims) = sandbox.good_claims(token) else {
            return Ok((NO_STORE, Json(json!({ "active": false }))).into_response());
        };
        claims.insert("active".to_owned(), true.into());
        claims.insert("token_type".to_owned(), "Bearer".into());
        Ok((NO_STORE, Json(Value::Object(claims))).into_response())
    })
    .await
}
