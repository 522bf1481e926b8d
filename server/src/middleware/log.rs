use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::api::gateway::UPSTREAM_HEADER;
use domain::id::{RequestId, UserId};
use tracing::Instrument;

use crate::state::AppState;

/// Who asked: left by routes in their answers, for the log.
#[derive(Clone, Debug)]
pub struct Who(pub UserId);

/// Writes one line a request: method, the route's template, status, duration, request id, user id. Never the path
/// itself, the query, a header or a body: any of them may hold a secret.
pub async fn log(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let span = tracing::info_span!("request", request_id = id);
    let began = state.clock.now();
    let response = next.run(request).instrument(span.clone()).await;
    let took = state.clock.now().since(began);
    let duration_ms = took.millis();
    let user = response.extensions().get::<Who>().map(|who| who.0.to_string());
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
    response
}
