//! Refusals of the management API: `id`, `code`, `message`, `details`.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::api::providers::SandboxRole;
use serde_json::{Value, json};

use super::rate::Exceeded;
use crate::oauth_error::NO_STORE;
use crate::random;
use crate::world::roles;

/// A refusal.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    details: Vec<Value>,
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, details: Vec::new(), retry_after: None }
    }

    fn with(mut self, detail: Value) -> Self {
        self.details.push(detail);
        self
    }

    /// 401: there is no token, or it is not good any more.
    pub(super) fn invalid_token() -> Self {
        let message = "The request could not be completed. You do not have access to this resource.";
        let detail = json!({ "code": "INVALID_TOKEN", "target": "authorization", "message": "The access token is invalid or has expired." });
        Self::new(StatusCode::UNAUTHORIZED, "ACCESS_FAILED", message).with(detail)
    }

    /// 403: the client has not the role this takes.
    pub(super) fn missing_role(role: SandboxRole) -> Self {
        let message = "The request could not be completed. You do not have access to this resource.";
        let words =
            format!("The actor making the request is not authorized: this takes a role such as {}.", roles::name(role));
        let detail = json!({ "code": "INSUFFICIENT_PERMISSIONS", "target": "roles", "message": words });
        Self::new(StatusCode::FORBIDDEN, "ACCESS_FAILED", message).with(detail)
    }

    /// 404.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource object was not found.")
    }

    /// 400: a filter, a limit or another parameter can't be right. `inner` says what could be.
    pub(super) fn invalid(code: &str, target: &str, words: impl Into<String>, inner: &Value) -> Self {
        let message = "The request could not be completed. One or more validation errors were in the request.";
        let mut detail = json!({ "code": code, "target": target, "message": words.into() });
        if !inner.is_null() {
            detail["innerError"] = inner.clone();
        }
        Self::new(StatusCode::BAD_REQUEST, "INVALID_DATA", message).with(detail)
    }

    /// 400: the filter can't be read, or asks what can't be asked.
    pub(super) fn filter(words: impl Into<String>, inner: &Value) -> Self {
        Self::invalid("INVALID_FILTER", "filter", words, inner)
    }

    /// 400: a parameter is missing.
    pub(super) fn required(target: &str, words: &str) -> Self {
        Self::invalid("REQUIRED_VALUE", target, words, &Value::Null)
    }

    /// 429.
    pub(super) fn limited(exceeded: Exceeded) -> Self {
        let message = "The request could not be completed. Too many requests.";
        let detail = json!({
            "code": "LIMIT_EXCEEDED", "target": "rate", "message": "The limit of requests for this group was reached.",
            "innerError": { "quotaLimit": exceeded.limit, "retryAfter": exceeded.seconds },
        });
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "REQUEST_LIMITED", message).with(detail);
        Self { retry_after: Some(exceeded.seconds), ..error }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "id": random::uuid(), "code": self.code, "message": self.message, "details": self.details });
        let mut response = (self.status, NO_STORE, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
