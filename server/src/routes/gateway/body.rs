//! The body of a call on its way out.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use domain::api::{Code, Method, Problem};
use http_body_util::{BodyExt, Limited};
use tokio::time::Instant;

use crate::gateway::{Bounds, Flow};
use crate::settings::GatewayBounds;
use crate::upstream::Sending;

/// A body up to this size is read whole, so that it can be sent again.
const SMALL: u64 = 64 * 1_024;

/// The body, and its length where it is passed on while it comes and says so.
pub(super) async fn sending(
    request: Request,
    method: Method,
    bounds: GatewayBounds,
) -> Result<(Sending, Option<u64>), Problem> {
    if method == Method::Get {
        return Ok((Sending::Whole(Bytes::new()), None));
    }
    let body = request.into_body();
    let length = body.size_hint().exact();
    if length.is_some_and(|length| length > bounds.request_bytes) {
        return Err(Problem::new(Code::BodyTooLarge));
    }
    let within = Bounds {
        bytes: bounds.request_bytes,
        idle: Duration::from_millis(bounds.idle.millis()),
        ends_at: Instant::now() + Duration::from_millis(bounds.longest.millis()),
    };
    if length.is_some_and(|length| length <= SMALL) {
        let read = Limited::new(Flow::new(body, within), SMALL as usize).collect().await;
        return Ok((Sending::Whole(read.map_err(|_| Problem::new(Code::InvalidBody))?.to_bytes()), None));
    }
    Ok((Sending::Once(Body::new(Flow::new(body, within))), length))
}
