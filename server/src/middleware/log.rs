use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use domain::api::gateway::UPSTREAM_HEADER;
use domain::id::{RequestId, UserId};
use domain::time::Timestamp;
use tracing::Span;
use tracing::field::display;

use crate::state::AppState;

/// Who asked: left by routes in their answers, for the log.
#[derive(Clone, Debug)]
pub struct Who(pub UserId);

/// The line of a request: method, the route's template, status, duration, request id, user id. Never the path itself, the
/// query, a header or a body: any of them may hold a secret.
pub(super) struct Line {
    route: Option<MatchedPath>,
    method: Method,
    began: Timestamp,
    span: Span,
}

impl Line {
    /// Of a request that begins now.
    pub(super) fn begin(state: &AppState, request: &Request, id: &RequestId) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let span = tracing::info_span!("request", request_id = %id);
        Self { route, method: request.method().clone(), began: state.clock.now(), span }
    }

    /// What is logged meanwhile belongs to the request.
    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Writes it, and counts the request.
    pub(super) fn write(self, state: &AppState, response: &Response) {
        let Self { route, method, began, span } = self;
        let took = state.clock.now().since(began);
        let duration_ms = took.millis();
        let user = response.extensions().get::<Who>().map(|who| display(&who.0));
        let route = route.as_ref().map_or("(no route)", MatchedPath::as_str);
        let status = response.status().as_u16();
        state.metrics.answered(method.as_str(), route, status, took);
        if let Some(host) = response.headers().get(UPSTREAM_HEADER).and_then(|host| host.to_str().ok()) {
            state.metrics.passed_on(host, status);
        }
        span.in_scope(|| match status {
            500.. => tracing::error!(%method, route, status, duration_ms, user, "answered"),
            _ => tracing::info!(%method, route, status, duration_ms, user, "answered"),
        });
    }
}
