//! Samples over time: a page after another by cursor, or a short list.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::time::Timestamp;
use serde::Deserialize;

use super::error::AceError;
use super::samples::{Reach, Samples};
use super::{Reached, points, reach};
use crate::Sandbox;
use crate::world::dates;

/// The sizes a page of samples may have.
const SIZES: [u64; 11] = [3, 10, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 250_000, 500_000];
/// How many samples a page has unless it is asked for otherwise.
const USUAL_SIZE: u64 = 10_000;
/// How many samples a list without pages has at most.
const MOST_SHORT: u64 = 5_000;
/// How many samples are made at a time: they are sent while the next ones are made.
const AT_ONCE: u64 = 500;
/// How many points may be named at once.
const MOST_POINTS: usize = 100;

/// The parameters as they came.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    start_time: Option<String>,
    end_time: Option<String>,
    cursor: Option<String>,
    page_size: Option<String>,
}

/// The points a body names.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    points: Vec<String>,
}

/// `GET /sites/{site}/timeseries/paginated`.
pub(super) async fn paginated(
    State(sandbox): State<Sandbox>,
    Extension(Reached(own)): Extension<Reached>,
    Path(site): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AceError> {
    let site = reach(&own, &site)?;
    let size = match &asked.page_size {
        None => USUAL_SIZE,
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| SIZES.contains(size))
            .ok_or_else(|| AceError::invalid("page_size", "It is not one of the sizes allowed."))?,
    };
    let (start, end) = asked.span()?;
    let samples = Samples::between(site, (0..points::COUNT).collect(), start, end, reach_of(&sandbox));
    let from = match asked.cursor.as_deref() {
        None | Some("") => 0,
        Some(text) => mark(text).ok_or_else(|| AceError::invalid("cursor", "It is not one of this list."))?,
    };
    page(samples, from, size)
}

/// `GET /sites/{site}/timeseries`.
pub(super) async fn short(
    State(sandbox): State<Sandbox>,
    Extension(Reached(own)): Extension<Reached>,
    Path(site): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AceError> {
    let site = reach(&own, &site)?;
    let (start, end) = asked.span()?;
    page(Samples::between(site, (0..points::COUNT).collect(), start, end, reach_of(&sandbox)), 0, MOST_SHORT)
}

/// `GET /points/{point}/timeseries`; the point's name holds slashes.
pub(super) async fn of_point(
    State(sandbox): State<Sandbox>,
    Extension(Reached(site)): Extension<Reached>,
    Path(path): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, AceError> {
    let name = path.strip_suffix("/timeseries").ok_or_else(AceError::not_found)?;
    let at = points::place(&site, name).ok_or_else(AceError::not_found)?;
    let (start, end) = asked.span()?;
    page(Samples::between(site, vec![at], start, end, reach_of(&sandbox)), 0, MOST_SHORT)
}

/// `POST /points/get_timeseries`.
pub(super) async fn of_points(
    State(sandbox): State<Sandbox>,
    Extension(Reached(site)): Extension<Reached>,
    Query(asked): Query<Asked>,
    Json(named): Json<Named>,
) -> Result<Response, AceError> {
    if !(1..=MOST_POINTS).contains(&named.points.len()) {
        return Err(AceError::invalid("points", "Name 1 to 100 points."));
    }
    let places: Option<Vec<usize>> = named.points.iter().map(|name| points::place(&site, name)).collect();
    let (start, end) = asked.span()?;
    let places = places.ok_or_else(AceError::not_found)?;
    page(Samples::between(site, places, start, end, reach_of(&sandbox)), 0, MOST_SHORT)
}

fn reach_of(sandbox: &Sandbox) -> Reach {
    Reach::of(sandbox.world().born(), sandbox.now())
}

impl Asked {
    fn span(&self) -> Result<(Timestamp, Timestamp), AceError> {
        let read = |name: &str, text: &Option<String>| {
            let text = text.as_deref().ok_or_else(|| AceError::invalid(name, "It is required."))?;
            dates::read(text).ok_or_else(|| AceError::invalid(name, "It is no ISO 8601 time."))
        };
        Ok((read("start_time", &self.start_time)?, read("end_time", &self.end_time)?))
    }
}

/// One page, written while it is sent: half a million samples are forty megabytes.
fn page(samples: Samples, from: u64, size: u64) -> Result<Response, AceError> {
    let count = samples.count();
    if from >= count {
        return Err(AceError::no_samples());
    }
    let to = from.saturating_add(size).min(count);
    let parts = (from..to).step_by(AT_ONCE as usize).map(move |begin| {
        let end = (begin + AT_ONCE).min(to);
        let rows: Vec<String> = (begin..end).map(|at| samples.json(at)).collect();
        if begin == from { rows.join(",") } else { format!(",{}", rows.join(",")) }
    });
    let more = to < count;
    let cursor = if more { format!("\"{}\"", URL_SAFE_NO_PAD.encode(format!("at:{to}"))) } else { "null".to_owned() };
    let head = std::iter::once("{\"point_samples\":[".to_owned());
    let tail = std::iter::once(format!("],\"next_cursor\":{cursor},\"has_more\":{more}}}"));
    let parts = head.chain(parts).chain(tail).map(Ok::<_, std::convert::Infallible>);
    let mut response = Response::new(Body::from_stream(futures::stream::iter(parts)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn mark(cursor: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("at:")?.parse().ok()
}
