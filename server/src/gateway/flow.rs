//! A body on its way from one side to the other: bounded, never held whole.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use futures::FutureExt;
use futures::future::BoxFuture;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Echo;

/// The bounds of one body.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many bytes it may have.
    pub bytes: u64,
    /// How long nothing of it may come.
    pub idle: Duration,
    /// When it must have ended.
    pub ends_at: Instant,
}

/// A body that is cut when it breaks its bounds. Who reads it sees an error then, and never a body that only seems whole.
pub struct Flow<B> {
    inner: B,
    bounds: Bounds,
    /// Since nothing came; there only while something is waited for.
    pause: Option<Pin<Box<Sleep>>>,
    /// A secret that must not come by.
    echo: Option<Echo>,
    /// Ends the body well, as an event stream may end at any time.
    ending: Option<BoxFuture<'static, ()>>,
}

/// Why a body was cut. It says nothing of what stood in it.
#[derive(Debug)]
pub enum Cut {
    /// It is longer than allowed.
    TooLarge,
    /// Nothing came for too long, or it lasted too long.
    TooSlow,
    /// It held what must not be seen.
    Secret,
    /// The other side ended it before its end.
    Broken,
}

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLarge => "the body is longer than allowed",
            Self::TooSlow => "the body took too long",
            Self::Secret => "the body repeats a secret",
            Self::Broken => "the body ended before its end",
        })
    }
}

impl Error for Cut {}

impl<B> Flow<B> {
    /// `inner` within `bounds`.
    pub const fn new(inner: B, bounds: Bounds) -> Self {
        Self { inner, bounds, pause: None, echo: None, ending: None }
    }

    /// Cut when `echo` finds its secret.
    #[must_use]
    pub fn without(mut self, echo: Option<Echo>) -> Self {
        self.echo = echo;
        self
    }

    /// Ended well when `ending` is over.
    #[must_use]
    pub fn until(mut self, ending: BoxFuture<'static, ()>) -> Self {
        self.ending = Some(ending);
        self
    }

    fn look_at(&mut self, bytes: &Bytes) -> Result<(), Cut> {
        let length = bytes.len() as u64;
        self.bounds.bytes = self.bounds.bytes.checked_sub(length).ok_or(Cut::TooLarge)?;
        let repeated = self.echo.as_mut().is_some_and(|echo| echo.is_in(bytes));
        if repeated { Err(Cut::Secret) } else { Ok(()) }
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Cut> {
        let bounds = self.bounds;
        let until = || (Instant::now() + bounds.idle).min(bounds.ends_at);
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep_until(until())));
        ready!(pause.as_mut().poll(context));
        Poll::Ready(Cut::TooSlow)
    }
}

impl<B> HttpBody for Flow<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = self.get_mut();
        if let Some(ending) = &mut this.ending
            && ending.poll_unpin(context).is_ready()
        {
            this.ending = None;
            this.bounds.bytes = 0;
            return Poll::Ready(None);
        }
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Pending => this.wait(context).map(|cut| Some(Err(cut))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(Cut::Broken))),
            Poll::Ready(Some(Ok(frame))) => {
                this.pause = None;
                // Trailers are headers of the provider's, which are not passed on.
                let Ok(bytes) = frame.into_data() else { return Poll::Ready(None) };
                Poll::Ready(Some(this.look_at(&bytes).map(|()| Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::secret::Secret;
    use http_body_util::{BodyExt, StreamBody};

    fn bounds(bytes: u64) -> Bounds {
        let hour = Duration::from_secs(3_600);
        Bounds { bytes, idle: Duration::from_secs(30), ends_at: Instant::now() + hour }
    }

    fn pieces(pieces: &[&'static str]) -> impl HttpBody<Data = Bytes, Error = Cut> + Unpin + use<> {
        let frames: Vec<_> = pieces.iter().map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))).collect();
        StreamBody::new(futures::stream::iter(frames))
    }

    async fn read(flow: impl HttpBody<Data = Bytes, Error = Cut> + Unpin) -> Result<usize, Cut> {
        Ok(flow.collect().await?.to_bytes().len())
    }

    #[tokio::test]
    async fn a_body_within_its_bounds_passes_whole_and_one_byte_more_cuts_it() {
        assert!(matches!(read(Flow::new(pieces(&["abc", "def"]), bounds(6))).await, Ok(6)));
        assert!(matches!(read(Flow::new(pieces(&["abc", "def"]), bounds(5))).await, Err(Cut::TooLarge)));
    }

    #[tokio::test]
    async fn a_secret_cuts_the_body_before_its_end_comes_by() {
        let echo = || Some(Echo::of(&Secret::new("canary")));
        let flow = Flow::new(pieces(&["x can", "ary y"]), bounds(99)).without(echo());
        assert!(matches!(read(flow).await, Err(Cut::Secret)));
        assert!(matches!(read(Flow::new(pieces(&["can", "not"]), bounds(99)).without(echo())).await, Ok(6)));
    }

    #[tokio::test]
    async fn a_body_that_pauses_for_too_long_or_lasts_for_too_long_is_cut() {
        let silent = || StreamBody::new(futures::stream::pending::<Result<Frame<Bytes>, Cut>>());
        let soon = Duration::from_millis(5);
        for short in [Bounds { idle: soon, ..bounds(9) }, Bounds { ends_at: Instant::now() + soon, ..bounds(9) }] {
            assert!(matches!(read(Flow::new(silent(), short)).await, Err(Cut::TooSlow)));
        }
    }

    #[tokio::test]
    async fn an_ending_ends_it_well() {
        let silent = StreamBody::new(futures::stream::pending::<Result<Frame<Bytes>, Cut>>());
        let flow = Flow::new(silent, bounds(9)).until(async {}.boxed());
        assert!(matches!(read(flow).await, Ok(0)));
    }
}
