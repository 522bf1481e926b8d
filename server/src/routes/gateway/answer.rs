//! The provider's answer on its way to the browser.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::api::gateway::{
    RATE_LIMIT_HEADER, RATE_REMAINING_HEADER, RATE_RESET_HEADER, TOKEN_SOURCE_HEADER, TRY_HEADER, TokenSource,
    UPSTREAM_HEADER, UPSTREAM_REQUEST_HEADER,
};
use domain::api::{Access, Code, Problem};
use domain::id::UserId;
use domain::time::Span;
use futures::FutureExt;
use tokio::time::Instant;

use crate::gateway::{Bounds, Echo, Flow, Window};
use crate::routes::mount::may;
use crate::sign_in::{Browser, look};
use crate::state::AppState;
use crate::upstream::{ApiAnswer, Passed};

/// How often somebody who reads a stream is looked up again though nothing was written here: another node may have.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Were it ever shown as a page of ours, it would run nothing, load nothing and belong to no origin.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// An answer that was read whole.
pub(super) fn whole(answer: ApiAnswer) -> Result<Response, Problem> {
    let mut response = Response::new(Body::from(answer.body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let about = About {
        host: answer.host,
        status: answer.status,
        retry_after: answer.retry_after,
        transaction: answer.transaction,
        tries: answer.tries,
    };
    about.write(response)
}

/// An answer whose body is passed on while it comes.
pub(super) fn flowing(
    state: &AppState,
    user: &UserId,
    browser: &Browser,
    passed: Passed,
    echo: Option<Echo>,
) -> Result<Response, Problem> {
    let bounds = state.settings.gateway;
    let is_stream = passed.kind.as_ref().is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let idle = if is_stream { bounds.stream_idle } else { bounds.idle };
    let within = Bounds {
        bytes: bounds.answer_bytes,
        idle: Duration::from_millis(idle.millis()),
        ends_at: Instant::now() + Duration::from_millis(bounds.longest.millis()),
    };
    let mut response = match passed.body {
        None => Response::new(Body::empty()),
        Some(body) if is_stream => {
            let stream = state.streams.open(user).ok_or_else(|| Problem::new(Code::TooManyStreams))?;
            let (held, state, browser) = (state.in_flight.hold(), state.clone(), browser.clone());
            let ending = async move {
                over(&state, &browser).await;
                drop((held, stream));
            };
            Response::new(Body::new(Flow::new(body, within).without(echo).until(ending.boxed())))
        }
        Some(body) => Response::new(Body::new(Flow::new(body, within).without(echo))),
    };
    if let Some(kind) = passed.kind {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    let about = About {
        host: passed.host,
        status: passed.status,
        retry_after: passed.retry_after,
        transaction: passed.transaction,
        tries: passed.tries,
    };
    about.write(response)
}

/// Ends when the server stops, or the person may not make calls any more.
pub(super) async fn over(state: &AppState, browser: &Browser) {
    let mut changes = state.known.listen();
    loop {
        tokio::select! {
            () = state.in_flight.stopped() => return,
            _ = changes.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // A store that fails says nothing about the person.
        if let Ok(found) = look(state, browser).await
            && !found.is_some_and(|found| may(found.1.role, Access::Member))
        {
            return;
        }
    }
}

/// What is said of an answer beside its body.
pub(super) struct About {
    /// The host that gave it.
    pub(super) host: String,
    /// Its status.
    pub(super) status: u16,
    /// How long the host asks to wait.
    pub(super) retry_after: Option<Span>,
    /// The host's own name for the exchange.
    pub(super) transaction: Option<String>,
    /// Which try was answered, from 1.
    pub(super) tries: u32,
}

impl About {
    /// Writes it into the head of an answer.
    pub(super) fn write(self, mut response: Response) -> Result<Response, Problem> {
        let failed = || Problem::new(Code::Internal);
        *response.status_mut() = StatusCode::from_u16(self.status).map_err(|_| failed())?;
        let headers = response.headers_mut();
        let host = HeaderValue::try_from(self.host).map_err(|_| failed())?;
        headers.insert(const { HeaderName::from_static(UPSTREAM_HEADER) }, host);
        headers.insert(const { HeaderName::from_static(TRY_HEADER) }, self.tries.into());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, wait.millis().div_ceil(1_000).into());
        }
        if let Some(Ok(value)) = self.transaction.map(HeaderValue::try_from) {
            headers.insert(HeaderName::from_static(UPSTREAM_REQUEST_HEADER), value);
        }
        Ok(response)
    }
}

/// With how the site's window stands.
pub(super) fn with_window(mut response: Response, window: Option<Window>) -> Response {
    let Some(window) = window else { return response };
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(const { HeaderName::from_static(RATE_LIMIT_HEADER) }, window.limit.into());
    headers.insert(const { HeaderName::from_static(RATE_REMAINING_HEADER) }, window.remaining.into());
    headers.insert(const { HeaderName::from_static(RATE_RESET_HEADER) }, window.reset.millis().div_ceil(1_000).into());
    response
}

/// With whose token went out.
pub(super) fn with_source(mut response: Response, source: TokenSource) -> Response {
    let value = HeaderValue::from_static(source.name());
    response.headers_mut().insert(const { HeaderName::from_static(TOKEN_SOURCE_HEADER) }, value);
    response
}
