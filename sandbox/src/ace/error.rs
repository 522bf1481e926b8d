use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal in ACE's words: a message, and for bad parameters what is wrong with each.
#[derive(Debug)]
pub(super) struct AceError {
    status: StatusCode,
    body: Value,
}

impl AceError {
    fn new(status: StatusCode, message: &str) -> Self {
        Self { status, body: json!({ "message": message }) }
    }

    /// 401: no token, or one that is not good any more. ACE says no more than this.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Error")
    }

    /// 403: the token is good, and reaches another site.
    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This token does not reach that site.")
    }

    /// 404.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    /// 404, as ACE answers a span without samples.
    pub(super) fn no_samples() -> Self {
        Self::new(StatusCode::NOT_FOUND, "No data found")
    }

    /// 400.
    pub(super) fn invalid(parameter: &str, words: &str) -> Self {
        let body = json!({ "errors": { parameter: words }, "message": "Input payload validation failed" });
        Self { status: StatusCode::BAD_REQUEST, body }
    }
}

impl IntoResponse for AceError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
