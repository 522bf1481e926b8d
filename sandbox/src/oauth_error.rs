//! Refusals in PingOne's words.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::random;

/// A refusal by the token endpoint (RFC 6749 §5.2).
#[derive(Debug)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl OAuthError {
    /// The client could not be authenticated: 401.
    pub(crate) fn invalid_client(description: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", description: description.to_owned() }
    }

    /// The request itself can't be right: 400.
    pub(crate) fn invalid_request(description: &str) -> Self {
        Self::bad("invalid_request", description)
    }

    /// Another 400.
    pub(crate) fn bad(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.to_owned() }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let description = format!("{} (Correlation ID: {})", self.description, random::uuid());
        let body = Json(json!({ "error": self.error, "error_description": description }));
        let mut response = (self.status, NO_STORE, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"sandbox\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// What every answer of the token endpoint carries (RFC 6749 §5.1).
pub(crate) const NO_STORE: [(HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];

/// A refusal in the form of PingOne's platform errors: `id`, `code`, `message`.
pub(crate) fn platform_error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, NO_STORE, Json(json!({ "id": random::uuid(), "code": code, "message": message }))).into_response()
}
