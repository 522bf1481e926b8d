//! What happens around every request, outermost first: the request's id and log line, security headers, a net for panics,
//! where the request comes from, limits, the defence against other sites.
//!
//! All of it is one layer. A layer is cloned, with all that are inside it, several times for each request; as eight layers this
//! took longer than the request itself.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use tracing::Instrument;

use crate::state::AppState;
use caching::{cache, is_hashed};
use cors::answer_other_origins;
use headers::guard_headers;
use log::Line;
use origin::locate;
use panics::caught;
use request_id::{identify, name};

mod caching;
mod cors;
mod cross_site;
mod headers;
mod log;
mod origin;
mod panics;
mod request_id;

pub use caching::{Shared, StaticFile};
pub use headers::{Connection, content_policy};
pub use log::Who;

/// Puts around a route what is the same for all.
pub async fn surround(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = identify(&state, &mut request);
    let line = Line::begin(&state, &request, &id);
    let hashed = is_hashed(request.uri().path());
    let inside = AssertUnwindSafe(inside(&state, request, next)).catch_unwind();
    let mut response = inside.instrument(line.span()).await.unwrap_or_else(caught);
    cache(hashed, &mut response);
    guard_headers(&mut response);
    line.write(&state, &response);
    name(response, &id)
}

async fn inside(state: &AppState, mut request: Request, next: Next) -> Response {
    let connection = match locate(state, &mut request) {
        Ok(connection) => connection,
        Err(refused) => return *refused,
    };
    let mut response = answer_other_origins(state, request, next).await;
    // For what is further out, which never sees this request's extensions.
    response.extensions_mut().insert(connection);
    response
}
