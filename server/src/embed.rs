//! `/embed.js`: the one file that pages of other origins load.
//!
//! Its name never changes, because it stands in those pages; so it is kept for a few minutes only, and then asked for by its
//! tag. Any origin may read it: it holds nothing but public code.

use std::path::Path;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::digest::Digest;
use crate::middleware::Shared;

/// Where the script is, in the site folder and on the server.
const PATH: &str = "/embed.js";

/// The script as the build left it, with its compressed twins.
#[derive(Clone, Debug)]
pub struct Script {
    plain: Bytes,
    /// By the name of their encoding (RFC 9110 §8.4.1), best first.
    twins: Vec<(&'static str, Bytes)>,
    tag: HeaderValue,
}

impl Script {
    /// Reads the script; `None` when the site has none, as one that `cargo leptos` built.
    pub fn read(site: &Path) -> Option<Self> {
        let file = |ending: &str| std::fs::read(site.join(format!("embed.js{ending}"))).ok().map(Bytes::from);
        let plain = file("")?;
        let twins = [("br", ".br"), ("gzip", ".gz")];
        let twins = twins.into_iter().filter_map(|(name, ending)| Some((name, file(ending)?))).collect();
        let digest = Digest::of_text(&String::from_utf8_lossy(&plain)).hex();
        // Weak: the same script under any encoding.
        let tag = HeaderValue::try_from(format!("W/\"{}\"", &digest[..16])).ok()?;
        Some(Self { plain, twins, tag })
    }

    /// Whether a request is for it.
    pub fn is_asked(request: &Request) -> bool {
        request.uri().path() == PATH && matches!(*request.method(), Method::GET | Method::HEAD)
    }

    /// The answer to a request for it.
    pub fn answer(&self, request: &Request) -> Response {
        let mut response = match has_it(request.headers(), &self.tag) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => self.body_for(request.headers()),
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response.extensions_mut().insert(Shared);
        response
    }

    fn body_for(&self, headers: &HeaderMap) -> Response {
        let twin = self.twins.iter().find(|(name, _)| accepts(headers, name));
        let mut response = twin.map_or(&self.plain, |(_, twin)| twin).clone().into_response();
        let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some((name, _)) = twin {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }
}

/// Whether the browser has it already (RFC 9110 §13.1.2).
fn has_it(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.split(',').any(|given| given.trim() == "*" || tag.to_str().is_ok_and(|tag| opaque(given) == opaque(tag)))
}

/// Whether an encoding is named and not refused with `q=0` (RFC 9110 §12.5.3).
fn accepts(headers: &HeaderMap, name: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|entry| {
        let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
        coding.trim().eq_ignore_ascii_case(name) && !refused
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn script() -> Script {
        let site = tempfile::tempdir().unwrap();
        for (name, content) in [("embed.js", "plain"), ("embed.js.br", "brotli"), ("embed.js.gz", "gzip")] {
            std::fs::write(site.path().join(name), content).unwrap();
        }
        Script::read(site.path()).unwrap()
    }

    fn asked(headers: &[(&str, &str)]) -> Request {
        let start = Request::builder().uri(PATH);
        headers.iter().fold(start, |request, (name, value)| request.header(*name, *value)).body(Body::empty()).unwrap()
    }

    async fn text(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 100).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_best_twin_the_browser_takes_is_sent() {
        let cases = [
            ("gzip, br", "brotli"),
            ("gzip;q=1.0, br;q=0", "gzip"),
            ("GZIP", "gzip"),
            ("identity", "plain"),
            ("", "plain"),
            ("br;q=0", "plain"),
        ];
        for (accepted, sent) in cases {
            assert_eq!(text(script().answer(&asked(&[("accept-encoding", accepted)]))).await, sent, "{accepted}");
        }
    }

    #[tokio::test]
    async fn who_has_it_is_sent_nothing() {
        let script = script();
        let tag = script.tag.to_str().unwrap().to_owned();
        for tags in [tag.clone(), format!("\"other\", {}", tag.trim_start_matches("W/")), "*".to_owned()] {
            assert_eq!(script.answer(&asked(&[("if-none-match", &tags)])).status(), 304, "{tags}");
        }
        assert_eq!(script.answer(&asked(&[("if-none-match", "\"other\"")])).status(), 200);
    }

    #[test]
    fn another_script_has_another_tag() {
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("embed.js"), "another").unwrap();
        assert_ne!(Script::read(site.path()).unwrap().tag, script().tag);
    }

    #[test]
    fn a_site_without_the_script_has_none() {
        assert!(Script::read(tempfile::tempdir().unwrap().path()).is_none());
    }
}
