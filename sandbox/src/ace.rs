//! An API in the shape of ACE IoT's: sites, their points, and samples every five minutes, computed when they are asked for.
//!
//! Each call passes the same gates: the token, which reaches one site, a switched-on fault, the site in the path. Refusals
//! are an object with a `message`, and nothing more. The API gives out no tokens: `site_token` makes them, as a provider's
//! support would, and one place exchanges a token for a newer one while that is switched on.

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use domain::site::SiteId;
use serde_json::{Value, json};

use crate::Sandbox;
use crate::fault::{Scene, play};

mod error;
mod page;
mod places;
mod points;
mod samples;
mod series;
pub(crate) mod site_token;

use error::AceError;
use page::{Asked, Wanted};

type Answer = Result<Json<Value>, AceError>;

/// The site that the caller's token reaches.
#[derive(Clone)]
struct Reached(SiteId);

/// The routes below `/ace/api`.
pub(crate) fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/sites/", get(sites))
        .route("/sites", get(sites))
        .route("/sites/{site}", get(site))
        .route("/sites/{site}/points", get(points_of))
        .route("/sites/{site}/configured_points", get(configured))
        .route("/sites/{site}/timeseries", get(series::short))
        .route("/sites/{site}/timeseries/paginated", get(series::paginated))
        .route("/sites/{site}/weather/current", get(weather))
        .route("/points/{*point}", get(series::of_point))
        .route("/points/get_timeseries", post(series::of_points))
        .route("/token/refresh", post(refresh))
        .fallback(async || AceError::not_found())
        .layer(middleware::from_fn_with_state(sandbox.clone(), admit))
}

/// The token, then a fault.
async fn admit(State(sandbox): State<Sandbox>, mut request: Request, next: Next) -> Response {
    let claims = token(request.headers()).and_then(|token| sandbox.good_site_claims(token));
    let Some((claims, site)) = claims else { return AceError::unauthorized().into_response() };
    let fault = sandbox.clients().faults.strike(Scene::Sites, site.as_str());
    if let Some(fault) = fault
        && let Some(response) = play(&sandbox, fault, || AceError::unauthorized().into_response()).await
    {
        return response;
    }
    request.extensions_mut().insert(Reached(site));
    request.extensions_mut().insert(claims);
    next.run(request).await
}

/// The token of a request: `authorization: Bearer …`, or bare in `x-ace-token`; once, and not in both.
fn token(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get_all(header::AUTHORIZATION).iter().map(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let bare = headers.get_all("x-ace-token").iter().map(|value| value.to_str().ok());
    let mut tokens = bearer.chain(bare);
    let first = tokens.next()??;
    tokens.next().is_none().then_some(first)
}

async fn sites(Extension(Reached(site)): Extension<Reached>, Query(asked): Query<Asked>) -> Answer {
    let wanted = Wanted::of(&asked, &page::SITE_SIZES)?;
    Ok(Json(wanted.page(1, |_| places::site(&site))))
}

async fn site(Extension(Reached(own)): Extension<Reached>, Path(site): Path<String>) -> Answer {
    Ok(Json(places::site(&reach(&own, &site)?)))
}

async fn points_of(
    Extension(Reached(own)): Extension<Reached>,
    Path(site): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let site = reach(&own, &site)?;
    let wanted = Wanted::of(&asked, &page::SITE_SIZES)?;
    Ok(Json(wanted.page(points::COUNT, |at| points::point(&site, at))))
}

async fn configured(
    Extension(Reached(own)): Extension<Reached>,
    Path(site): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let site = reach(&own, &site)?;
    let wanted = Wanted::of(&asked, &page::POINT_SIZES)?;
    // Every second point is collected.
    Ok(Json(wanted.page(points::COUNT / 2, |at| points::point(&site, at * 2))))
}

async fn weather(
    State(sandbox): State<Sandbox>,
    Extension(Reached(own)): Extension<Reached>,
    Path(site): Path<String>,
) -> Answer {
    let site = reach(&own, &site)?;
    Ok(Json(json!({ "site": site.as_str(), "weather": samples::weather(&site, sandbox.now()) })))
}

async fn refresh(State(sandbox): State<Sandbox>, Extension(claims): Extension<site_token::SiteClaims>) -> Response {
    if !sandbox.clients().refreshes_site_tokens {
        return AceError::not_found().into_response();
    }
    let token = sandbox.refreshed(&claims);
    (StatusCode::OK, Json(json!({ "token": token.expose() }))).into_response()
}

/// The site of a path, if the token reaches it: 403 for another one that is known, 404 for the rest.
fn reach(own: &SiteId, asked: &str) -> Result<SiteId, AceError> {
    match SiteId::parse(asked) {
        Ok(site) if site == *own => Ok(site),
        Ok(site) if places::is_known(&site) => Err(AceError::forbidden()),
        _ => Err(AceError::not_found()),
    }
}
