//! `/api/v1/gateway/{provider}/{*path}`: a call to a provider's API, with the token put in here.
//!
//! The path is read as it stands in the address, nothing decoded; the token comes in a header of its own; nothing else of
//! the request goes on. The answer is the provider's, and says so in a header; without that header it is ours.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::api::gateway::{
    ApiPath, PREFIX, REGION_HEADER, TEMPLATE, TOKEN_HEADER, UPSTREAM_HEADER, UPSTREAM_REQUEST_HEADER,
};
use domain::api::{Access, Code, Method, Problem};
use domain::id::ProviderId;
use domain::provider::Region;
use domain::secret::Secret;
use serde::de::IgnoredAny;

use super::mount::{json_bytes, unreadable};
use super::table::{BodySchema, Route};
use crate::state::AppState;
use crate::upstream::{ApiAnswer, ApiCall};

/// The longest token, in bytes.
const LONGEST_TOKEN: usize = 16_384;

/// The facts of the route.
pub fn route(method: Method) -> Route {
    let is_get = method == Method::Get;
    let summary = if is_get {
        "Calls a provider's API."
    } else {
        "Searches a provider's activities, with the filter in the body."
    };
    Route {
        method,
        template: TEMPLATE,
        summary,
        access: Access::Member,
        headers: &[(TOKEN_HEADER, true), (REGION_HEADER, false)],
        query: &[],
        body: if is_get { BodySchema::of::<()>() } else { BodySchema::anything() },
        answer: BodySchema::anything(),
    }
}

/// Makes the call.
pub async fn call(state: AppState, request: Request) -> Result<Response, Problem> {
    let (provider, path) = place(&request)?;
    let provider = state.allowed_provider(&provider).await?;
    let (region, token) = (region(request.headers())?, token(request.headers())?);
    let body = if request.method() == axum::http::Method::POST { Some(json(request).await?) } else { None };
    let answer = state.upstream.call(&provider, &ApiCall { region, path, token, body }).await?;
    respond(answer)
}

/// Provider and path, as they stand in the address.
fn place(request: &Request) -> Result<(ProviderId, ApiPath), Problem> {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    let rest = address.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/'));
    let (provider, path) = rest.ok_or_else(|| Problem::new(Code::InvalidApiPath))?;
    let refused = |error: domain::api::gateway::ApiPathError| {
        Problem::new(Code::InvalidApiPath).with_detail(format!("It can't be passed on: {error}."))
    };
    Ok((ProviderId::new(provider), ApiPath::parse(path).map_err(refused)?))
}

fn region(headers: &HeaderMap) -> Result<Option<Region>, Problem> {
    let Some(value) = headers.get(REGION_HEADER) else { return Ok(None) };
    let region = value.to_str().ok().and_then(|text| Region::parse(text).ok());
    let unknown = || {
        Problem::new(Code::ProviderNotAllowed)
            .with_detail("There is no such PingOne region. Choose one of com, eu, asia, com.au, ca and sg.")
    };
    region.map(Some).ok_or_else(unknown)
}

/// The token: visible ASCII (RFC 6750 §2.1 is narrower still), once.
fn token(headers: &HeaderMap) -> Result<Secret, Problem> {
    let mut values = headers.get_all(TOKEN_HEADER).iter();
    let (first, second) = (values.next(), values.next());
    let text = first.and_then(|value| value.to_str().ok()).filter(|_| second.is_none());
    let fine =
        |text: &&str| (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    text.filter(fine).map(Secret::new).ok_or_else(|| Problem::new(Code::TokenMissing))
}

async fn json(request: Request) -> Result<Secret, Problem> {
    let bytes = json_bytes(request).await?;
    serde_json::from_slice::<IgnoredAny>(&bytes).map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes.to_vec()).map(Secret::new).map_err(|_| Problem::new(Code::InvalidBody))
}

fn respond(answer: ApiAnswer) -> Result<Response, Problem> {
    let failed = || Problem::new(Code::Internal);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(|_| failed())?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HeaderName::from_static(UPSTREAM_HEADER), HeaderValue::try_from(answer.host).map_err(|_| failed())?);
    if let Some(wait) = answer.retry_after {
        headers.insert(header::RETRY_AFTER, wait.millis().div_ceil(1_000).into());
    }
    if let Some(Ok(value)) = answer.transaction.map(HeaderValue::try_from) {
        headers.insert(HeaderName::from_static(UPSTREAM_REQUEST_HEADER), value);
    }
    Ok(response)
}
