//! A page of another site must not control the sandbox through its visitor's browser.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::oauth_error::platform_error;

/// Refuses what a browser sends for any page, and what names another host than this machine (DNS rebinding).
pub(super) async fn require(request: Request, next: Next) -> Response {
    if is_from_a_page(request.headers()) || !names_loopback(request.headers()) {
        let message = "Control routes answer to programs on this machine only, not to pages in a browser.";
        return platform_error(StatusCode::FORBIDDEN, "ACCESS_FAILED", message);
    }
    next.run(request).await
}

/// `none` is what a browser says of an address its user typed.
fn is_from_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    headers.contains_key(header::ORIGIN) || !matches!(site, None | Some(b"none"))
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}
