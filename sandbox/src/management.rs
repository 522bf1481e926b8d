//! The management API, as far as the five pages need it.
//!
//! Every route passes the same gates in the same order: the token, a switched-on fault, the rate group, the client's
//! role, the environment. What is behind them reads the made-up company and changes nothing.

use std::collections::HashMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::api::providers::SandboxRole;
use domain::time::Timestamp;
use serde_json::{Map, Value};

use crate::Sandbox;
use crate::client::Client;
use crate::fault::{Scene, play};
use crate::world::World;

mod activities;
mod error;
mod filter;
mod metrics;
mod organizations;
mod page;
mod rate;
mod users;

use error::ApiError;
pub(crate) use rate::Rates;
pub use rate::{RateGroup, RateLimit};

/// A request that has passed the gates.
struct Asked {
    sandbox: Sandbox,
    world: World,
    now: Timestamp,
    path: String,
    parameters: HashMap<String, String>,
    query: Vec<(String, String)>,
    body: Bytes,
}

type Answer = Result<Value, ApiError>;

/// What a route is about: its rate group and the role it takes.
type Gates = (RateGroup, SandboxRole);

const IDENTITIES: Gates = (RateGroup::Directory, SandboxRole::IdentityDataReadOnly);
const ANALYTICS: Gates = (RateGroup::Analytics, SandboxRole::EnvironmentAdmin);
const AUDIT: Gates = (RateGroup::Audit, SandboxRole::EnvironmentAdmin);
const ENVIRONMENT: Gates = (RateGroup::Config, SandboxRole::EnvironmentAdmin);
const ORGANIZATION: Gates = (RateGroup::Config, SandboxRole::OrganizationAdmin);
const LICENSE_METRICS: Gates = (RateGroup::Analytics, SandboxRole::OrganizationAdmin);

/// A route that reads: its path, its gates and what answers.
type Read = (&'static str, Gates, fn(&Asked) -> Answer);

const READS: &[Read] = &[
    ("/environments", ENVIRONMENT, organizations::environments),
    ("/environments/{environment}", ENVIRONMENT, organizations::environment),
    ("/environments/{environment}/users", IDENTITIES, users::list),
    ("/environments/{environment}/users/{user}", IDENTITIES, users::one),
    ("/environments/{environment}/users/{user}/memberOfGroups", IDENTITIES, users::groups_of),
    ("/environments/{environment}/users/{user}/roleAssignments", IDENTITIES, users::roles_of),
    ("/environments/{environment}/users/{user}/mfaEnabled", IDENTITIES, users::mfa_of),
    ("/environments/{environment}/users/{user}/devices", IDENTITIES, users::devices_of),
    ("/environments/{environment}/users/{user}/consents", IDENTITIES, users::consents_of),
    ("/environments/{environment}/groups", IDENTITIES, users::groups),
    ("/environments/{environment}/groups/{group}", IDENTITIES, users::group),
    ("/environments/{environment}/populations", IDENTITIES, users::populations),
    ("/environments/{environment}/populations/{population}", IDENTITIES, users::population),
    ("/roles", IDENTITIES, users::roles),
    ("/roles/{role}", IDENTITIES, users::role),
    ("/environments/{environment}/totalIdentities", ANALYTICS, metrics::total),
    ("/environments/{environment}/metrics/activeIdentityCounts", ANALYTICS, metrics::active),
    ("/environments/{environment}/activities", AUDIT, activities::list),
    ("/environments/{environment}/activities/{activity}", AUDIT, activities::one),
    ("/organizations", ORGANIZATION, organizations::organizations),
    ("/organizations/{organization}", ORGANIZATION, organizations::organization),
    ("/organizations/{organization}/licenses", ORGANIZATION, organizations::licenses),
    ("/organizations/{organization}/licenses/{license}", ORGANIZATION, organizations::license),
    (
        "/organizations/{organization}/licenses/{license}/metrics/activeIdentityCounts",
        LICENSE_METRICS,
        metrics::active_of_license,
    ),
];

/// The routes below `/v1`.
pub(crate) fn router() -> Router<Sandbox> {
    let mut router = Router::new();
    for (path, gates, answer) in READS {
        router = router.route(
            path,
            get(move |state, uri, path, headers| serve(state, uri, path, headers, Bytes::new(), *gates, *answer)),
        );
    }
    // A filter with personal data stays out of the address when it is sent in a body.
    let search =
        move |state, uri, path, headers, body| serve(state, uri, path, headers, body, AUDIT, activities::search);
    router
        .route("/environments/{environment}/activities", post(search))
        .fallback(async || ApiError::not_found().into_response())
}

async fn serve(
    State(sandbox): State<Sandbox>,
    uri: Uri,
    parameters: RawPathParams,
    headers: HeaderMap,
    body: Bytes,
    gates: Gates,
    answer: fn(&Asked) -> Answer,
) -> Response {
    let Some((client, claims)) = caller(&sandbox, &headers) else { return ApiError::invalid_token().into_response() };
    sandbox.clients().count(&client.id, |counters| counters.calls += 1);
    let fault = sandbox.clients().faults.strike(Scene::Api, &client.id);
    if let Some(fault) = fault
        && let Some(response) = play(&sandbox, fault, || ApiError::invalid_token().into_response()).await
    {
        return response;
    }
    let asked = Asked {
        world: sandbox.world(),
        now: sandbox.now(),
        // The router has taken its own part off.
        path: format!("/v1{}", uri.path()),
        parameters: parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        query: url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        body,
        sandbox,
    };
    match admit(&asked, &client, &claims, gates).and_then(|()| answer(&asked)) {
        Ok(value) => hal(&value),
        Err(error) => error.into_response(),
    }
}

/// The client of a good Bearer token (RFC 6750 §2.1), and the token's claims.
fn caller(sandbox: &Sandbox, headers: &HeaderMap) -> Option<(Client, Map<String, Value>)> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    if values.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let claims = sandbox.good_claims(token.trim())?;
    let client = sandbox.clients().get(claims.get("client_id")?.as_str()?).cloned()?;
    Some((client, claims))
}

fn admit(asked: &Asked, client: &Client, claims: &Map<String, Value>, (group, role): Gates) -> Result<(), ApiError> {
    asked.sandbox.clients().rates.take(group, asked.now).map_err(ApiError::limited)?;
    if !client.roles.contains(&role) {
        return Err(ApiError::missing_role(role));
    }
    let is = |parameter: &str, claim: &str| match asked.parameters.get(parameter) {
        Some(named) => claims.get(claim).and_then(Value::as_str) == Some(named),
        None => true,
    };
    if is("environment", "env") && is("organization", "org") { Ok(()) } else { Err(ApiError::not_found()) }
}

fn hal(value: &Value) -> Response {
    let mut response = axum::Json(value).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/hal+json;charset=UTF-8"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Asked {
    /// A path parameter.
    fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A query parameter; an empty one counts as absent.
    fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}
