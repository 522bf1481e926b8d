use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

use super::caching::Shared;

/// How the request reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Whether the browser speaks TLS, to us or to a trusted proxy.
    pub secure: bool,
}

/// Adds the headers that guard every answer. Pages bring a policy with a nonce of their own.
pub(super) fn guard_headers(response: &mut Response) {
    let secure = response.extensions().get::<Connection>().is_some_and(|connection| connection.secure);
    let is_shared = response.extensions().get::<Shared>().is_some();
    let headers = response.headers_mut();
    headers.reserve(GUARDS.len() + 4);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| POLICY.clone());
    for (name, value) in &GUARDS {
        headers.insert(name.clone(), value.clone());
    }
    if is_shared {
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }
    if secure {
        // Two years, as the preload lists ask; without subdomains, which may be others' business.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
}

/// The policy of what brings none of its own.
static POLICY: LazyLock<HeaderValue> =
    LazyLock::new(|| HeaderValue::try_from(content_policy(None)).expect("the policy is visible ASCII"));

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// As they are written, so that none is read anew for each answer.
static GUARDS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// The content security policy (W3C CSP 3). Scripts come from this server, or carry the page's nonce; beyond that only
/// WebAssembly may be compiled. A worker's policy comes with its script, so static files carry this policy too.
pub fn content_policy(nonce: Option<&str>) -> String {
    let nonce = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
