use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::api::Code;

use crate::problem::Refusal;
use crate::state::AppState;

/// `/health/live`: the process answers. `/health/ready`: it can do its work, and is not stopping.
pub fn health() -> Router<AppState> {
    Router::new().route("/health/live", get(async || StatusCode::NO_CONTENT)).route("/health/ready", get(ready))
}

async fn ready(State(state): State<AppState>) -> Response {
    if state.in_flight.is_stopping() {
        return Refusal::from(Code::Unavailable).into_response();
    }
    match state.store.ping().await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(error = &error as &(dyn std::error::Error + 'static), "the database does not answer");
            Refusal::from(Code::Unavailable).into_response()
        }
    }
}
