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
        response.extensions_mut().insert(self);
        response
    }
}

/// "Too many requests", with the whole seconds to wait, at least one.
pub fn wait(span: Span) -> Problem {
    let seconds = span.millis().div_ceil(1_000).max(1);
    Problem::new(Code::TooManyRequests).with_retry_after(seconds)
}
