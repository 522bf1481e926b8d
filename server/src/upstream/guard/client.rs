//! The HTTP client behind the guard: HTTP/1.1 over connections that are kept for the next calls. Nothing is followed, decoded
//! or read from the environment.
//!
//! A connection is run by the call that uses it, in its task, up to the last byte of the answer's body. Run by a task of its own
//! it would have to wake the call, and be woken by it, several times for each answer.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{HeaderValue, Request, Response, Uri, header};
use domain::https_url::HttpsUrl;
use hyper::client::conn::http1;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower::{Service, ServiceExt};

use super::{Refusal, Screened, Unresolved};
use crate::upstream::trouble::Trouble;
use answer::Lane;
use pool::Pool;

mod answer;
mod pool;

pub use answer::{Answer, upgraded};

/// Where a request goes: what the guard let through.
#[derive(Clone, Debug)]
pub struct Address {
    pub(super) origin: String,
    pub(super) uri: Uri,
}

impl Address {
    /// A URL as this client reads it; `None` when it reads another host in it.
    pub(super) fn of(url: &HttpsUrl) -> Option<Self> {
        let uri: Uri = url.as_str().parse().ok()?;
        (uri.host() == Some(url.host())).then(|| Self { origin: url.origin().to_owned(), uri })
    }
}

/// A client for one kind of addresses.
pub struct Client {
    connector: HttpConnector<Screened>,
    tls: Option<Arc<ClientConfig>>,
    only_tls: bool,
    patience: Duration,
    pool: Arc<Pool>,
}

const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("tokenkeep/", env!("CARGO_PKG_VERSION")));

/// Bytes both ways, with or without TLS.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Client {
    /// A client that connects to what `screened` lets through, each time within `patience`; without TLS only if that is allowed
    /// here, with it only where there are trusted roots.
    pub(super) fn new(screened: Screened, tls: Option<Arc<ClientConfig>>, only_tls: bool, patience: Duration) -> Self {
        let mut connector = HttpConnector::new_with_resolver(screened);
        connector.enforce_http(false);
        connector.set_nodelay(true);
        Self { connector, tls, only_tls, patience, pool: Arc::default() }
    }

    /// Sends a request, and gives its answer when the head is there. How long that may take is for the caller to bound.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when no answer came.
    pub(in crate::upstream) async fn send(
        &self,
        to: &Address,
        mut request: Request<Body>,
    ) -> Result<Response<Answer>, Trouble> {
        self.address(to, &mut request)?;
        loop {
            let kept = self.pool.take(&to.origin);
            let was_kept = kept.is_some();
            let mut lane = match kept {
                Some(lane) => lane,
                None => self.connect(to).await?,
            };
            match lane.send(request).await {
                Ok(response) => return Ok(Answer::of(response, lane, (Arc::clone(&self.pool), to.origin.clone()))),
                // A kept connection that ends before anything was sent on it says nothing of the server.
                Err(mut error) => match error.take_message().filter(|_| was_kept) {
                    Some(unsent) => request = unsent,
                    None => return Err(trouble(&error.into_error())),
                },
            }
        }
    }

    /// Writes into a request where it goes (RFC 9112 §3.2.1).
    fn address(&self, to: &Address, request: &mut Request<Body>) -> Result<(), Trouble> {
        let host = to.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
        let (Some(host), false) = (host, self.only_tls && to.uri.scheme() != Some(&Scheme::HTTPS)) else {
            return Err(Trouble::Refused(Refusal::Ambiguous));
        };
        *request.uri_mut() = to.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")).into();
        request.headers_mut().insert(header::HOST, host);
        request.headers_mut().insert(header::USER_AGENT, USER_AGENT);
        Ok(())
    }

    async fn connect(&self, to: &Address) -> Result<Lane, Trouble> {
        let wire = timeout(self.patience, self.open(&to.uri)).await.map_err(|_| Trouble::Timeout)??;
        let (sender, connection) =
            http1::Builder::new().handshake(TokioIo::new(wire)).await.map_err(|error| trouble(&error))?;
        Ok(Lane::new(sender, Box::pin(connection.with_upgrades())))
    }

    async fn open(&self, uri: &Uri) -> Result<Box<dyn Wire>, Trouble> {
        let mut connector = self.connector.clone();
        let connector = connector.ready().await.map_err(|error| trouble(&error))?;
        let stream = connector.call(uri.clone()).await.map_err(|error| trouble(&error))?.into_inner();
        if uri.scheme() != Some(&Scheme::HTTPS) {
            return Ok(Box::new(stream));
        }
        let config = self.tls.clone().ok_or(Trouble::Refused(Refusal::NoRoots))?;
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(|_| Trouble::Refused(Refusal::Ambiguous))?;
        let secured = TlsConnector::from(config).connect(name, stream).await;
        Ok(Box::new(secured.map_err(|error| trouble(&error))?))
    }
}

/// What went wrong; none of the error's text is kept.
pub(in crate::upstream) fn trouble(error: &(dyn Error + 'static)) -> Trouble {
    for cause in causes(error) {
        if let Some(unresolved) = cause.downcast_ref::<Unresolved>() {
            return Trouble::Unresolved(unresolved.clone());
        }
        if cause.is::<rustls::Error>() {
            return Trouble::Tls;
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return Trouble::NotHttp;
        }
    }
    // What hyper has no hand in happened before there was a connection.
    if error.is::<hyper::Error>() { Trouble::Dropped } else { Trouble::Connect }
}

/// The error and its causes; an `io::Error` hides the error it wraps from `source`, so it is opened here.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>() {
            Some(io_error) => io_error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
