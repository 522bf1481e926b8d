use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::api::widget::JWKS_PATH;
use serde_json::json;

use crate::problem::Refusal;
use crate::state::AppState;

/// The public keys of org tokens (RFC 7517 §5), for whoever checks one elsewhere. They are public: any origin may read them.
pub fn jwks() -> Router<AppState> {
    Router::new().route(JWKS_PATH, get(published))
}

async fn published(State(state): State<AppState>) -> Response {
    match state.org_tokens.published().await {
        Ok(keys) => ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(json!({ "keys": keys }))).into_response(),
        Err(problem) => Refusal(problem).into_response(),
    }
}
