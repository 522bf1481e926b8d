use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
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
    for (name, value) in GUARDS {
        set(headers, name, value);
    }
    if is_shared {
        set(headers, "cross-origin-resource-policy", "cross-origin");
    }
    if secure {
        // Two years, as the preload lists ask; without subdomains, which may be others' business.
        set(headers, "strict-transport-security", "max-age=63072000");
    }
}

/// The policy of what brings none of its own.
static POLICY: LazyLock<HeaderValue> =
    LazyLock::new(|| HeaderValue::try_from(content_policy(None)).expect("the policy is visible ASCII"));

const GUARDS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

fn set(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

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
