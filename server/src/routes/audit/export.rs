//! The events as files, written while they are read: nothing of it is ever in memory as a whole.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::api::audit::{EXPORT_CSV, EXPORT_JSON};
use domain::api::{Access, Code, Method, Problem};
use domain::audit::{Action, Event, Filter, csv_head, csv_row, json_line};
use domain::time::date::Day;

use super::super::table::{BodySchema, Route};
use super::unreadable;
use crate::sign_in::{Browser, SignedIn};
use crate::state::AppState;
use crate::store::ByPerson;

/// How many events are read at once.
const AT_ONCE: u64 = 500;

/// The facts of the route for comma-separated values.
pub fn csv() -> Route {
    route(EXPORT_CSV, "Events of the audit log as comma-separated values, the newest first.")
}

/// The facts of the route for lines of JSON.
pub fn json_lines() -> Route {
    route(EXPORT_JSON, "Events of the audit log as lines of JSON, the newest first.")
}

fn route(template: &'static str, summary: &'static str) -> Route {
    Route {
        method: Method::Get,
        template,
        summary,
        access: Access::Auditing,
        headers: &[],
        query: &Filter::PARAMETERS,
        body: BodySchema::of::<()>(),
        answer: BodySchema::of::<()>(),
    }
}

/// How events are written.
#[derive(Clone, Copy)]
struct Format {
    ending: &'static str,
    kind: &'static str,
    head: fn() -> String,
    event: fn(&Event) -> String,
}

const CSV: Format = Format { ending: "csv", kind: "text/csv; charset=utf-8", head: csv_head, event: csv_row };
const JSON: Format = Format { ending: "jsonl", kind: "application/jsonl", head: String::new, event: json_line };

/// Writes the events that fit the query's filter. That they left is recorded before the first does.
pub async fn export(state: AppState, who: Arc<SignedIn>, request: Request) -> Result<Response, Problem> {
    let format = if request.uri().path() == EXPORT_CSV { CSV } else { JSON };
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let filter = Filter::read(parameter).map_err(unreadable)?;
    let browser = request.extensions().get::<Browser>().ok_or_else(|| Problem::new(Code::Internal))?;
    let now = state.clock.now();
    let last = state.store.chain().await?.last;
    state.store.record(&[browser.entry(Action::AuditExported, now).by(&who.person).named(format.ending)]).await?;
    let name = format!("attachment; filename=\"audit-log-{}.{}\"", Day::of(now), format.ending);
    let mut response = Response::new(Body::from_stream(written(state, filter, last, format)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(|_| Problem::new(Code::Internal))?);
    Ok(response)
}

/// What is still to be written.
struct Left {
    state: AppState,
    filter: Filter,
    /// Events from before this place; `None` when all are written.
    before: Option<u64>,
    head: Option<String>,
}

/// The text of the events up to a place, a part at a time. A part that can't be read breaks the file off, so that nobody takes
/// a part for the whole.
fn written(
    state: AppState,
    filter: Filter,
    last: u64,
    format: Format,
) -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> {
    let left = Left { state, filter, before: Some(last.saturating_add(1)), head: Some((format.head)()) };
    futures::stream::try_unfold(left, move |mut left| async move {
        let Some(before) = left.before else { return Ok(None) };
        let mut text = left.head.take().unwrap_or_default();
        let events =
            left.state.store.events(&left.filter, Some(before), AT_ONCE).await.map_err(std::io::Error::other)?;
        left.before = events.last().map(|event| event.seq);
        text.extend(events.iter().map(format.event));
        Ok(Some((Bytes::from(text), left)))
    })
}
