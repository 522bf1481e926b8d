//! The whole router: API, health, files, pages, and what is around them.

use std::path::Path;

use app::Assets;
use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use domain::api::Code;
use tower::ServiceExt;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::embed::Script;
use crate::middleware::{StaticFile, surround};
use crate::pages::Pages;
use crate::problem::Refusal;
use crate::routes::{self, openapi};
use crate::state::AppState;

/// The router of everything the server answers.
///
/// What holds secrets is never compressed: a token beside text an attacker chooses would show through the length
/// (BREACH). So API answers go out as they are; pages (which hold no secret), files and the OpenAPI document are
/// compressed unless they lie on disk compressed already.
pub fn router(state: &AppState, assets: Assets) -> Router {
    let api = routes::api();
    let document = openapi::document(&api.table);
    let inner = api.router.method_not_allowed_fallback(method_not_allowed);
    let pages = Pages::new(assets, inner.clone().with_state(state.clone()));
    let open = pages.router(openapi::router(&document)).method_not_allowed_fallback(method_not_allowed);
    let site = state.settings.site.clone();
    let script = Script::read(&site);
    let everything_else = move |request: Request| {
        let (site, pages, script) = (site.clone(), pages.clone(), script.clone());
        async move {
            match script.filter(|_| Script::is_asked(&request)) {
                Some(script) => script.answer(&request),
                None => file_or_page(&site, &pages, request).await,
            }
        }
    };
    let open = open.fallback(everything_else).layer(CompressionLayer::new());
    let all = inner.merge(routes::health()).merge(routes::jwks()).merge(routes::metrics()).merge(open);
    all.layer(from_fn_with_state(state.clone(), surround)).with_state(state.clone())
}

async fn method_not_allowed() -> Response {
    Refusal::from(Code::MethodNotAllowed).into_response()
}

/// A file of the site, or the app's own page that says there is nothing.
async fn file_or_page(site: &Path, pages: &Pages, request: Request) -> Response {
    let path = request.uri().path();
    if ["/api", "/health", "/metrics", "/.well-known"]
        .iter()
        .any(|root| path == *root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
    {
        return Refusal::from(Code::NotFound).into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed().await;
    }
    let files = ServeDir::new(site).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    if let Some(response) = file(files, like(&request)).await {
        return response;
    }
    #[cfg(debug_assertions)]
    if let Some(source) = style_source(&request)
        && let Some(response) = file(ServeDir::new(STYLE), source).await
    {
        return response;
    }
    pages.not_found(request).await
}

/// Where the style sheet's parts lie: `cargo leptos` puts `main.css` into the site as it is, with its imports. `cargo xtask`
/// joins them, and a release has none of this.
#[cfg(debug_assertions)]
const STYLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../style");

/// The request for a part of the style sheet, as the folder of its source takes it.
#[cfg(debug_assertions)]
fn style_source(request: &Request) -> Option<Request> {
    let name = request.uri().path().strip_prefix("/pkg/").filter(|name| name.ends_with(".css"))?;
    let mut like = like(request);
    *like.uri_mut() = format!("/{name}").parse().ok()?;
    Some(like)
}

/// The same request without its body: the page may still need the original.
fn like(request: &Request) -> Request {
    let mut like = Request::new(axum::body::Body::empty());
    *like.method_mut() = request.method().clone();
    *like.uri_mut() = request.uri().clone();
    *like.headers_mut() = request.headers().clone();
    like
}

async fn file(files: ServeDir, request: Request) -> Option<Response> {
    let Ok(served) = files.oneshot(request).await;
    if served.status().is_client_error() {
        return None;
    }
    let mut response = served.map(axum::body::Body::new);
    response.extensions_mut().insert(StaticFile);
    Some(response)
}
