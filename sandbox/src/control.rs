//! The routes that make clients, switch faults, set limits and read counters: for tests and demos.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router, middleware};
use domain::api::providers::{NewSandboxClient, NewSandboxSiteToken};
use domain::secret::Secret;
use serde::Deserialize;
use serde_json::json;

use crate::client::ClientError;
use crate::fault::{Fault, FaultPlan};
use crate::management::RateLimit;
use crate::oauth_error::platform_error;
use crate::{Sandbox, metadata};

mod same_site;

/// The longest wait of [`Fault::Slow`], in milliseconds.
const LONGEST_WAIT: u64 = 120_000;

/// The routes below `/control`.
pub(crate) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/clients", post(add_client))
        .route("/clients/{id}", get(client))
        .route("/faults", put(set_fault))
        .route("/limits", put(set_limit))
        .route("/site-tokens", post(add_site_token))
        .route("/site-tokens/revoked", post(revoke_site_token))
        .route("/site-tokens/refresh", put(set_site_refresh))
        .layer(middleware::from_fn(same_site::require))
}

async fn add_client(State(sandbox): State<Sandbox>, Json(wish): Json<NewSandboxClient>) -> Response {
    match sandbox.add_client(&wish).await {
        Ok(client) => (StatusCode::CREATED, Json(client)).into_response(),
        Err(error @ ClientError::Write(_)) => {
            tracing::error!(cause = ?error, "a sandbox client could not be kept");
            platform_error(StatusCode::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR", &error.to_string())
        }
        Err(error) => platform_error(StatusCode::BAD_REQUEST, "INVALID_DATA", &error.to_string()),
    }
}

async fn client(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let clients = sandbox.clients();
    let (Some(client), Some(counters)) = (clients.get(&id), clients.counters(&id)) else {
        return metadata::unknown_environment();
    };
    Json(json!({
        "client_id": client.id,
        "environment_id": sandbox.environment_id(),
        "authentication": client.credential.method(),
        "lifetime_seconds": client.lifetime_seconds,
        "counters": counters,
    }))
    .into_response()
}

async fn set_fault(State(sandbox): State<Sandbox>, Json(plan): Json<FaultPlan>) -> Response {
    let refuse = |message| platform_error(StatusCode::BAD_REQUEST, "INVALID_DATA", message);
    if matches!(plan.fault, Some(Fault::Slow { ms }) if ms > LONGEST_WAIT) {
        return refuse("ms must be at most 120000.");
    }
    if plan.count == Some(0) {
        return refuse("count must be at least 1, or absent.");
    }
    sandbox.set_fault(plan);
    StatusCode::NO_CONTENT.into_response()
}

async fn add_site_token(State(sandbox): State<Sandbox>, Json(wish): Json<NewSandboxSiteToken>) -> Response {
    match sandbox.add_site_token(&wish) {
        Ok(token) => (StatusCode::CREATED, Json(token)).into_response(),
        Err(error) => platform_error(StatusCode::BAD_REQUEST, "INVALID_DATA", &error.to_string()),
    }
}

#[derive(Deserialize)]
struct Revoked {
    token: Secret,
}

async fn revoke_site_token(State(sandbox): State<Sandbox>, Json(revoked): Json<Revoked>) -> Response {
    if sandbox.revoke_site_token(&revoked.token) {
        return StatusCode::NO_CONTENT.into_response();
    }
    platform_error(StatusCode::NOT_FOUND, "NOT_FOUND", "This is no site token that is good now.")
}

#[derive(Deserialize)]
struct Refresh {
    works: bool,
}

async fn set_site_refresh(State(sandbox): State<Sandbox>, Json(refresh): Json<Refresh>) -> StatusCode {
    sandbox.set_site_refresh(refresh.works);
    StatusCode::NO_CONTENT
}

async fn set_limit(State(sandbox): State<Sandbox>, Json(limit): Json<RateLimit>) -> Response {
    if limit.seconds == 0 {
        return platform_error(StatusCode::BAD_REQUEST, "INVALID_DATA", "seconds must be at least 1.");
    }
    sandbox.set_limit(limit);
    StatusCode::NO_CONTENT.into_response()
}
