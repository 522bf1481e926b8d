use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::api::widget::{ALLOWED_HEADERS, EXPOSED_HEADERS};
use domain::api::{Code, Problem};

use super::cross_site::refuse_cross_site;
use crate::problem::Refusal;
use crate::sign_in::{Browser, Page};
use crate::state::AppState;

/// How long a browser may remember a preflight's answer, in seconds.
const REMEMBERED: &str = "600";

/// Whether a path is for embedding pages, which may be of other origins.
pub fn is_embedded(path: &str) -> bool {
    path == "/api/bootloader" || path.starts_with("/api/v1/widget/")
}

/// Lets embedding pages ask, and read what they are answered (CORS, Fetch §3.3): only the exact origin that asks, only if an
/// org key names it, never with cookies.
pub(super) async fn answer_other_origins(state: &AppState, request: Request, next: Next) -> Response {
    if !is_embedded(request.uri().path()) {
        return refuse_cross_site(state, request, next).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let page = request.extensions().get::<Browser>().map(|browser| browser.page.clone());
    let is_preflight = is_preflight(&request);
    let mut response = if is_preflight { preflight() } else { refuse_cross_site(state, request, next).await };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    let (Some(origin), Some(page)) = (origin, page) else { return response };
    // What succeeded was allowed by the route itself, which knows the key; the rest is told to origins some key names.
    let decided = !is_preflight && response.status().is_success();
    match may_read(state, &page, decided).await {
        Ok(true) => let_read(&mut response, origin),
        Ok(false) if is_preflight => return refused(Problem::new(Code::OriginNotAllowed)),
        Ok(false) => {}
        Err(problem) => return refused(problem),
    }
    response
}

/// A refusal that came before anything was looked up: it says nothing of any key, so whoever asks may read it.
pub fn let_read_refusal(headers: &HeaderMap, path: &str, mut response: Response) -> Response {
    if let (true, Some(origin)) = (is_embedded(path), headers.get(header::ORIGIN)) {
        let_read(&mut response, origin.clone());
    }
    response
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn may_read(state: &AppState, page: &Page, decided: bool) -> Result<bool, Problem> {
    match page {
        Page::Ours => Ok(true),
        Page::Opaque => Ok(false),
        Page::Foreign(origin) => Ok(decided || state.store.is_origin_named(origin.as_str()).await?),
    }
}

fn let_read(response: &mut Response, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
}

fn refused(problem: Problem) -> Response {
    let mut response = Refusal(problem).into_response();
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::is_embedded;

    #[test]
    fn only_the_bootloader_and_the_widgets_routes_are_for_other_origins() {
        assert!(is_embedded("/api/bootloader") && is_embedded("/api/v1/widget/conversations"));
        for path in ["/api/bootloaders", "/api/v1/widget", "/api/v1/conversations", "/api/v1/org-keys", "/"] {
            assert!(!is_embedded(path), "{path}");
        }
    }
}
