//! What the issuer says of itself (RFC 8414, OpenID Connect Discovery), and its keys.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::provider::ClientAuthentication;
use serde_json::json;

use crate::Sandbox;
use crate::oauth_error::platform_error;

/// `GET …/.well-known/openid-configuration` and `…/oauth-authorization-server`.
pub(crate) async fn metadata(State(sandbox): State<Sandbox>, Path(environment): Path<String>) -> Response {
    if environment != sandbox.environment_id() {
        return unknown_environment();
    }
    let issuer = sandbox.issuer();
    let methods = ClientAuthentication::ALL.map(ClientAuthentication::name);
    Json(json!({
        "issuer": issuer,
        "token_endpoint": sandbox.token_endpoint(),
        "introspection_endpoint": format!("{issuer}/introspect"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/jwks"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported":
            ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"],
    }))
    .into_response()
}

/// `GET /{environment}/as/jwks` (RFC 7517 §5).
pub(crate) async fn jwks(State(sandbox): State<Sandbox>, Path(environment): Path<String>) -> Response {
    if environment != sandbox.environment_id() {
        return unknown_environment();
    }
    Json(json!({ "keys": [sandbox.signing_key().public_jwk()] })).into_response()
}

/// The answer for an environment that is not this sandbox's.
pub(crate) fn unknown_environment() -> Response {
    platform_error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource was not found.")
}
