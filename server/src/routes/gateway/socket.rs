//! WebSockets: the session, its origin and the rules are checked at the handshake, where the token is put in; from then on
//! bytes pass both ways, within bounds, until one side, the server or the session ends.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::api::gateway::{SOCKET_PROTOCOL, SOCKET_SITE, SOCKET_TENANT, SOCKET_TOKEN, TokenSource, UPSTREAM_HEADER};
use domain::api::{Code, Method, Problem, REQUEST_HEADER};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::answer::{About, over};
use super::{Made, asked};
use crate::gateway::{Echo, Frames};
use crate::sign_in::{Browser, Page};
use crate::upstream::{Handshake, Socket, SocketCall, accept};

/// How long saying goodbye may take: whoever reads nothing any more must not hold up a server that stops.
const GOODBYE: Duration = Duration::from_secs(2);

/// Whether a request asks for a WebSocket (RFC 6455 §4.2.1).
pub(super) fn is_asked(headers: &HeaderMap) -> bool {
    let is = |name: HeaderName, word: &str| {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
    };
    is(header::UPGRADE, "websocket") && is(header::CONNECTION, "upgrade")
}

/// Whether a handshake may be answered at all; looked at before anything is counted, as another site's page may have sent it.
pub(super) fn check(request: &Request) -> Result<(), Problem> {
    check_origin(&asked::browser(request)?, request.headers())?;
    key(request.headers()).map(drop)
}

/// Opens one at the provider, and then at the browser.
pub(super) async fn open(made: Made<'_>, mut request: Request) -> Result<Response, Problem> {
    let browser = made.browser.clone();
    let key = key(request.headers())?;
    let stream = made.state.streams.open(&made.who.person.id).ok_or_else(|| Problem::new(Code::TooManyStreams))?;
    let offered = asked::offered(request.headers());
    let ours = |word: &String| {
        word == SOCKET_PROTOCOL
            || [SOCKET_TOKEN, SOCKET_SITE, SOCKET_TENANT].iter().any(|start| word.starts_with(start))
    };
    let protocols = offered.iter().filter(|word| !word.is_empty() && !ours(word)).cloned().collect();
    let mut headers = asked::passed_on(&request, Method::Get)?;
    headers.remove(header::ACCEPT);
    let echo = (made.source == TokenSource::Default).then(|| Echo::of(&made.token));
    let call = SocketCall { region: made.asked.region, path: made.asked.path, token: made.token, headers, protocols };
    let Socket { host, protocol, io: provider } = match made.state.upstream.socket(made.provider, call).await? {
        Handshake::Opened(socket) => socket,
        Handshake::Refused { host, status, retry_after, transaction } => {
            return About { host, status, retry_after, transaction, tries: 1 }.write(Response::new(Body::empty()));
        }
    };
    let response = switching(&key, host, protocol, offered.iter().any(|word| word == SOCKET_PROTOCOL))?;
    let (state, upgrade) = (made.state.clone(), hyper::upgrade::on(&mut request));
    made.state.in_flight.spawn(async move {
        if let Ok(page) = upgrade.await {
            let bounds = state.settings.gateway;
            let ends_at = Instant::now() + Duration::from_millis(bounds.longest.millis());
            let idle = Duration::from_millis(bounds.stream_idle.millis());
            let over = over(&state, &browser);
            Passage { idle, ends_at, echo }.run(TokioIo::new(page), provider, over).await;
        }
        drop(stream);
    });
    Ok(response)
}

/// A page of another origin can open a WebSocket to any server, and browsers send cookies of the same site along.
fn check_origin(browser: &Browser, headers: &HeaderMap) -> Result<(), Problem> {
    let says_so = headers.contains_key(header::ORIGIN) || headers.contains_key(REQUEST_HEADER);
    let elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin");
    if browser.page == Page::Ours && says_so && !elsewhere { Ok(()) } else { Err(Problem::new(Code::CrossSite)) }
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let is_13 = headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok()).filter(|key| key.len() == 24);
    let refused = || {
        Problem::new(Code::InvalidBody).with_detail("This is not the handshake of a WebSocket (RFC 6455, version 13).")
    };
    key.filter(|_| is_13).map(str::to_owned).ok_or_else(refused)
}

fn switching(key: &str, host: String, protocol: Option<HeaderValue>, ours: bool) -> Result<Response, Problem> {
    let failed = |_| Problem::new(Code::Internal);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::try_from(accept(key)).map_err(failed)?);
    headers.insert(HeaderName::from_static(UPSTREAM_HEADER), HeaderValue::try_from(host).map_err(failed)?);
    // A browser that offered some wants one of them chosen.
    let own = ours.then(|| HeaderValue::from_static(SOCKET_PROTOCOL));
    if let Some(protocol) = protocol.or(own) {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    Ok(response)
}

/// Why a passage ended, as a closing code (RFC 6455 §7.4.1) where it is ours to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// One side closed.
    ByOneSide,
    /// The server stops, the session is over, or nothing came.
    GoingAway = 1001,
    /// The provider repeated the operator's token.
    Policy = 1008,
    /// A message is too long.
    TooLarge = 1009,
}

/// The way between page and provider.
struct Passage {
    idle: Duration,
    ends_at: Instant,
    echo: Option<Echo>,
}

impl Passage {
    async fn run<A, B>(self, page: A, provider: B, over: impl Future<Output = ()>)
    where
        A: AsyncRead + AsyncWrite + Unpin,
        B: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut from_page, mut to_page) = tokio::io::split(page);
        let (mut from_provider, mut to_provider) = tokio::io::split(provider);
        let (mut up, mut down) = (Frames::default(), Frames::default());
        let active = Active::default();
        let ended = {
            let up = pin!(pump(&mut from_page, &mut to_provider, &mut up, None, &active));
            let down = pin!(pump(&mut from_provider, &mut to_page, &mut down, self.echo, &active));
            tokio::select! {
                ended = up => ended,
                ended = down => ended,
                () = active.idle_for(self.idle) => Ended::GoingAway,
                () = sleep_until(self.ends_at) => Ended::GoingAway,
                () = over => Ended::GoingAway,
            }
        };
        let goodbye = async {
            if ended != Ended::ByOneSide && down.at_boundary() {
                let [high, low] = (ended as u16).to_be_bytes();
                let _ = to_page.write_all(&[0x88, 2, high, low]).await;
            }
            // Whoever is still there sees the end of the connection.
            let _ = to_page.shutdown().await;
        };
        let _ = timeout(GOODBYE, futures::future::join(goodbye, to_provider.shutdown())).await;
    }
}

async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    frames: &mut Frames,
    mut echo: Option<Echo>,
    active: &Active,
) -> Ended {
    let mut buffer = vec![0; 4 * 1_024];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return Ended::ByOneSide };
        active.note();
        let bytes = &buffer[..count];
        if echo.as_mut().is_some_and(|echo| echo.is_in(bytes)) {
            return Ended::Policy;
        }
        let mut next = *frames;
        if next.follow(bytes).is_err() {
            return Ended::TooLarge;
        }
        // Whoever stops this in the middle of writing must put nothing of its own there.
        *frames = Frames::IN_BETWEEN;
        // TLS keeps the rest of a record back until it is flushed.
        if to.write_all(bytes).await.is_err() || to.flush().await.is_err() {
            return Ended::ByOneSide;
        }
        *frames = next;
        active.note();
    }
}

/// When something last came by.
struct Active(Mutex<Instant>);

impl Default for Active {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Active {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    async fn idle_for(&self, idle: Duration) {
        loop {
            let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + idle;
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}
