//! One connection, and the body of an answer that comes over it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, Response, StatusCode};
use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::SendRequest;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;

use super::Pool;

/// A connection, with what runs it.
pub(super) struct Lane {
    sender: SendRequest<Body>,
    /// `None` once the connection has ended, so that what waits for it hears of that.
    connection: Option<BoxFuture<'static, hyper::Result<()>>>,
}

impl Lane {
    /// A connection that is open.
    pub(super) fn new(sender: SendRequest<Body>, connection: BoxFuture<'static, hyper::Result<()>>) -> Self {
        Self { sender, connection: Some(connection) }
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(
        &mut self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Body>>> {
        let Self { sender, connection } = self;
        let mut answer = pin!(sender.try_send_request(request));
        poll_fn(|context| {
            run(connection, context);
            answer.as_mut().poll(context)
        })
        .await
    }

    /// Whether it can take the next request.
    pub(super) fn is_free(&mut self) -> bool {
        // Nobody waits: it only hears of what has come meanwhile, such as its end.
        run(&mut self.connection, &mut Context::from_waker(Waker::noop()));
        self.connection.is_some() && self.sender.is_ready()
    }
}

fn run(connection: &mut Option<BoxFuture<'static, hyper::Result<()>>>, context: &mut Context<'_>) {
    if connection.as_mut().is_some_and(|running| running.poll_unpin(context).is_ready()) {
        // How it ended is told to the request or the body that is on it.
        *connection = None;
    }
}

/// The body of an answer. After its last byte the connection is kept for the next call; dropped earlier, it takes the
/// connection along.
pub struct Answer {
    body: Incoming,
    lane: Option<Lane>,
    home: (Arc<Pool>, String),
}

impl Answer {
    /// The answer that comes over `lane`, which belongs to `home` after it.
    pub(super) fn of(response: Response<Incoming>, lane: Lane, home: (Arc<Pool>, String)) -> Response<Self> {
        let switches = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        response.map(|body| {
            let mut answer = Self { body, lane: Some(lane), home };
            if !switches && answer.body.is_end_stream() {
                answer.settle();
            }
            answer
        })
    }

    /// Gives the connection back; the body has ended.
    fn settle(&mut self) {
        if let Some(mut lane) = self.lane.take()
            && lane.is_free()
        {
            let (pool, origin) = &self.home;
            pool.keep(origin, lane);
        }
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let Some(lane) = self.lane.as_mut().filter(|_| polled.is_pending()) else { return polled };
        run(&mut lane.connection, context);
        Pin::new(&mut self.body).poll_frame(context)
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let polled = this.next(context);
        if matches!(polled, Poll::Ready(None)) || this.body.is_end_stream() {
            this.settle();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The bytes of a connection that has switched to another protocol with this answer.
///
/// # Errors
///
/// Those of the connection.
pub async fn upgraded(mut response: Response<Answer>) -> hyper::Result<TokioIo<Upgraded>> {
    let mut bytes = hyper::upgrade::on(&mut response);
    let mut lane = response.into_body().lane;
    poll_fn(|context| {
        if let Some(lane) = &mut lane {
            run(&mut lane.connection, context);
        }
        bytes.poll_unpin(context)
    })
    .await
    .map(TokioIo::new)
}
