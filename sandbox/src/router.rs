//! The routes.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::{Sandbox, ace, control, management, metadata, token};

/// The largest body of any request, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

impl Sandbox {
    /// All routes: the provider's own and those that control it.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/{environment}/as/token", post(token::endpoint))
            .route("/{environment}/as/introspect", post(token::introspection::endpoint))
            .route("/{environment}/as/revoke", post(token::revocation::endpoint))
            .route("/{environment}/as/jwks", get(metadata::jwks))
            .route("/{environment}/as/.well-known/openid-configuration", get(metadata::metadata))
            .route("/.well-known/oauth-authorization-server/{environment}/as", get(metadata::metadata))
            .nest("/v1", management::router())
            .nest("/ace/api", ace::router(self))
            .nest("/control", control::router())
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(self.clone())
    }
}
