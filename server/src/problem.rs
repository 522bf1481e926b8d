//! Problem documents as HTTP answers (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::api::{Code, Problem};
use domain::time::Span;

/// A problem on its way out. The problem itself travels along as an extension, so that the outermost layer can put
/// the request's id into it.
#[derive(Clone, Debug)]
pub struct Refusal(pub Problem);

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self(Problem::new(code))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = challenge(self.0.code) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// What a refused bearer token is answered with (RFC 6750 §3).
const fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::OrgTokenMissing => Some("Bearer"),
        Code::OrgTokenInvalid | Code::OrgTokenExpired => Some("Bearer error=\"invalid_token\""),
        _ => None,
    }
}

/// "Too many requests", with the whole seconds to wait, at least one.
pub fn wait(span: Span) -> Problem {
    let seconds = span.millis().div_ceil(1_000).max(1);
    Problem::new(Code::TooManyRequests).with_retry_after(seconds)
}
