//! The handshake of a WebSocket with a provider (RFC 6455 §4.1): through the guard, with the token put in, without
//! extensions.

use aws_lc_rs::digest;
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Request, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::gateway::ApiPath;
use domain::api::{Code, Problem, UpstreamError};
use domain::https_url::HttpsUrl;
use domain::provider::{Provider, Region};
use domain::secret::Secret;
use domain::time::Span;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use super::exchange::{TRANSACTIONS, text as header_text, visible};
use super::guard::{Answer, upgraded};
use super::passing::{Way, no_answer, token_header};
use super::trouble::Trouble;
use super::{Upstream, retry_after};

/// One WebSocket to be opened.
pub struct SocketCall {
    /// The region, where the provider has several.
    pub region: Option<Region>,
    /// The path below the API's base, with its query.
    pub path: ApiPath,
    /// The token.
    pub token: Secret,
    /// The headers that go along, beside the token's and the handshake's own.
    pub headers: HeaderMap,
    /// The subprotocols to offer.
    pub protocols: Vec<String>,
}

/// What a provider answers to a handshake.
pub enum Handshake {
    /// The WebSocket is open.
    Opened(Socket),
    /// It refuses, with a status of its own.
    Refused {
        /// The host.
        host: String,
        /// Its status: 4xx or 5xx.
        status: u16,
        /// How long the host asks to wait.
        retry_after: Option<Span>,
        /// The host's own name for the exchange.
        transaction: Option<String>,
    },
}

/// A WebSocket that is open.
pub struct Socket {
    /// The host.
    pub host: String,
    /// The subprotocol the provider chose, of those offered.
    pub protocol: Option<HeaderValue>,
    /// The bytes, both ways.
    pub io: TokioIo<Upgraded>,
}

impl Upstream {
    /// Opens a WebSocket. It is tried once.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when it may not be opened, no answer came, or one that is neither a handshake nor a refusal.
    pub async fn socket(&self, provider: &Provider, call: SocketCall) -> Result<Handshake, Problem> {
        let Way { url, host, permit } = self.way(provider, call.region, &call.path).await?;
        let key = STANDARD.encode(self.entropy.bits().to_be_bytes());
        let sent = self.shake_hands(&url, provider, &call, &key).await;
        let status = sent.as_ref().ok().map(|response| response.status().as_u16());
        self.note(&host, permit, status);
        tracing::info!(host, status, "socket asked for");
        let said = |status| UpstreamError {
            host: host.clone(),
            status,
            error: None,
            error_description: None,
            took_ms: 0,
            tries: 1,
        };
        let response = sent.map_err(|trouble| no_answer(&trouble, said(None)))?;
        if let Some(status @ 400..=599) = status {
            let headers = response.headers();
            let wait = header_text(headers, header::RETRY_AFTER);
            let retry_after = wait.and_then(|wait| retry_after::wait(wait, self.clock.now()));
            let transaction = TRANSACTIONS.iter().find_map(|name| visible(headers.get(*name)?));
            return Ok(Handshake::Refused { host, status, retry_after, transaction });
        }
        let protocol = opened(&response, &key, &call.protocols).map_err(|why| {
            let detail = format!("{host} opened no WebSocket: {why}.");
            Problem::new(Code::UpstreamUnreadable).with_detail(detail).with_upstream(said(status))
        })?;
        let io = upgraded(response).await.map_err(|_| no_answer(&Trouble::Dropped, said(status)))?;
        Ok(Handshake::Opened(Socket { host, protocol, io }))
    }

    async fn shake_hands(
        &self,
        url: &HttpsUrl,
        provider: &Provider,
        call: &SocketCall,
        key: &str,
    ) -> Result<Response<Answer>, Trouble> {
        let (client, address) = self.guard.way_to(url)?;
        let (name, value) = token_header(provider, &call.token).ok_or(Trouble::NotHttp)?;
        let mut request = Request::new(Body::empty());
        let headers = request.headers_mut();
        headers.clone_from(&call.headers);
        headers.insert(name, value);
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        headers.insert(header::SEC_WEBSOCKET_KEY, text(key)?);
        if !call.protocols.is_empty() {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, text(&call.protocols.join(", "))?);
        }
        let sent = timeout(super::millis(self.settings.try_timeout), client.send(&address, request)).await;
        sent.map_err(|_| Trouble::Timeout)?
    }
}

fn text(value: &str) -> Result<HeaderValue, Trouble> {
    HeaderValue::from_str(value).map_err(|_| Trouble::NotHttp)
}

/// The subprotocol, if the provider opened the socket as it must; else what it did not do.
fn opened(response: &Response<Answer>, key: &str, offered: &[String]) -> Result<Option<HeaderValue>, &'static str> {
    let headers = response.headers();
    if response.status().as_u16() != 101 {
        return Err("it has another answer");
    }
    let upgrade = header_text(headers, header::UPGRADE).is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
    if !upgrade || header_text(headers, header::SEC_WEBSOCKET_ACCEPT) != Some(accept(key).as_str()) {
        return Err("its handshake is not that of a WebSocket");
    }
    if headers.contains_key(header::SEC_WEBSOCKET_EXTENSIONS) {
        return Err("it wants an extension that was not offered");
    }
    let Some(chosen) = headers.get(header::SEC_WEBSOCKET_PROTOCOL) else { return Ok(None) };
    let is_offered = chosen.to_str().is_ok_and(|chosen| offered.iter().any(|offered| offered == chosen));
    if is_offered { Ok(Some(chosen.clone())) } else { Err("it chose a subprotocol that was not offered") }
}

/// What answers a key (RFC 6455 §4.2.2, point 5.4). SHA-1 guards nothing there: it shows that both mean a WebSocket.
pub fn accept(key: &str) -> String {
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_key_is_answered_as_the_standard_shows() {
        assert_eq!(super::accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
