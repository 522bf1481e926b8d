use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::id::RequestId;
use domain::org::Origin;

use super::cors::let_read_refusal;
use super::cross_site::own_origin;
use super::headers::Connection;
use crate::network::{UNKNOWN, client_address};
use crate::problem::{Refusal, wait};
use crate::sign_in::{Browser, Page, cut_user_agent, kind_for, read_cookie};
use crate::state::AppState;

/// Finds out where a request comes from and over what connection, and counts it against its address. Proxies are
/// believed only when the peer is one the settings trust.
///
/// # Errors
///
/// The answer, when the address asks too often.
pub(super) fn locate(state: &AppState, request: &mut Request) -> Result<Connection, Box<Response>> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(UNKNOWN, |peer| peer.0.ip());
    let trusted = &state.settings.trusted_proxies;
    let believed = trusted.iter().any(|network| network.contains(peer));
    let headers = request.headers();
    let address = client_address(peer, entries(headers, "x-forwarded-for").into_iter(), trusted);
    let forwarded_https = believed && entries(headers, "x-forwarded-proto").last() == Some(&"https");
    let secure = state.settings.tls.is_some() || forwarded_https;
    let user_agent = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let user_agent = cut_user_agent(&user_agent.unwrap_or_default());
    let cookie_kind = kind_for(!secure && host_is_loopback(headers), &user_agent);
    let cookie = read_cookie(headers, cookie_kind);
    if let Err(left) = state.limiter.count_address(address) {
        let refused = Refusal(wait(left)).into_response();
        return Err(Box::new(let_read_refusal(request.headers(), request.uri().path(), refused)));
    }
    let page = page(request.headers(), state, secure);
    let connection = Connection { secure };
    request.extensions_mut().insert(connection);
    let id = request.extensions().get::<RequestId>().cloned();
    request.extensions_mut().insert(Browser { address, user_agent, cookie_kind, cookie, page, request: id });
    Ok(connection)
}

/// Whose page asks.
fn page(headers: &HeaderMap, state: &AppState, secure: bool) -> Page {
    let Some(text) = headers.get(header::ORIGIN) else { return Page::Ours };
    let Ok(text) = text.to_str() else { return Page::Opaque };
    if own_origin(&state.settings, headers, secure).as_deref() == Some(text) {
        return Page::Ours;
    }
    match Origin::parse(text) {
        // Browsers write it exactly so; a slash at the end is for forms only.
        Ok(origin) if origin.as_str() == text => Page::Foreign(origin),
        _ => Page::Opaque,
    }
}

/// The entries of a header that may stand several times and holds a list.
fn entries<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

/// Whether the browser's address bar names this machine.
pub fn host_is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}
