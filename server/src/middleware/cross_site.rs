use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::api::{Access, Code, Problem, REQUEST_HEADER};

use super::cors::is_embedded;
use super::headers::Connection;
use super::origin::host_is_loopback;
use crate::audit::{Refused, record_refusal};
use crate::problem::Refusal;
use crate::settings::Settings;
use crate::sign_in::Browser;
use crate::state::AppState;

/// Refuses what another site may have sent.
///
/// A request that changes something needs the custom header, which no cross-site form can set, and a `Sec-Fetch-Site`
/// or `Origin` that says it comes from this origin (Fetch Metadata; RFC 6454). A server that listens on loopback only is
/// asked only under a loopback name, so that a name bound anew to 127.0.0.1 by another site reaches nothing.
///
/// The routes for embedding pages are for other sites: they take an org token, and no cookie means anything to them.
pub(super) async fn refuse_cross_site(state: &AppState, request: Request, next: Next) -> Response {
    let secure = request.extensions().get::<Connection>().is_some_and(|connection| connection.secure);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    let fine = host_is_ours(&state.settings, headers)
        && (reads || is_embedded(request.uri().path()) || is_ours(&state.settings, headers, secure));
    if fine {
        return next.run(request).await;
    }
    let problem = Problem::new(Code::CrossSite);
    let (method, extensions) = (request.method().clone(), request.extensions().clone());
    if let Some(browser) = extensions.get::<Browser>() {
        // Who is signed in is not looked up: the cookie of another site's request proves nothing.
        let refused = Refused {
            method: method.as_str(),
            template: extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str),
            access: Access::Public,
            parameter: "",
            provider: None,
            tenant: None,
        };
        record_refusal(state, browser, None, refused, &problem).await;
    }
    Refusal(problem).into_response()
}

fn host_is_ours(settings: &Settings, headers: &HeaderMap) -> bool {
    let local_only = settings.listen.ip().is_loopback() && settings.trusted_proxies.is_empty();
    !local_only || settings.public_url.is_some() || settings.tls.is_some() || host_is_loopback(headers)
}

fn is_ours(settings: &Settings, headers: &HeaderMap, secure: bool) -> bool {
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().ok() == own_origin(settings, headers, secure).as_deref());
    headers.contains_key(REQUEST_HEADER) && site.or(origin).is_some() && site != Some(false) && origin != Some(false)
}

/// The origin of our own pages.
pub fn own_origin(settings: &Settings, headers: &HeaderMap, secure: bool) -> Option<String> {
    if let Some(url) = &settings.public_url {
        return Some(url.clone());
    }
    let scheme = if secure { "https" } else { "http" };
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(format!("{scheme}://{host}"))
}
