//! Faults that can be switched on.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::Sandbox;
use crate::oauth_error::platform_error;

/// A way the sandbox misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Answers as it should, after so many milliseconds, at most 120,000.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
    /// 401: `invalid_client` at the token endpoint, `INVALID_TOKEN` at the management API, a bare message at the sites'.
    Unauthorized,
    /// 403: the token is good, and not for this.
    Forbidden,
    /// 429, with `Retry-After` when it is given.
    Throttled {
        /// Seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// 500 with a JSON error.
    Failing,
    /// Closes the connection without a byte of an answer.
    Dropped,
    /// 200 with an HTML page.
    Html,
    /// 302 to another path of the sandbox.
    Redirect,
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// At the token endpoint.
    #[default]
    Token,
    /// At the management API.
    Api,
    /// Where a client asks about a token: introspection and revocation.
    Inquiry,
    /// At the API of the sites. There the "client" of a plan is the site.
    Sites,
}

/// Which fault strikes whom, where, and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// The fault; `None` switches it off.
    pub fault: Option<Fault>,
    /// How many requests it strikes; `None` until it is switched off.
    #[serde(default)]
    pub count: Option<u32>,
    /// The one client it strikes; `None` strikes all, and `None` without a fault switches all faults of the scene off.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Where it strikes: at the token endpoint unless it says otherwise.
    #[serde(default)]
    pub at: Scene,
}

/// The plans in force: in each scene at most one for each client, and one for all.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultPlan>);

impl Faults {
    /// Puts a plan in force, in place of the one for the same client.
    pub(crate) fn set(&mut self, plan: FaultPlan) {
        if plan.fault.is_none() && plan.client_id.is_none() {
            self.0.retain(|known| known.at != plan.at);
            return;
        }
        self.0.retain(|known| known.client_id != plan.client_id || known.at != plan.at);
        if plan.fault.is_some() {
            self.0.push(plan);
        }
    }

    /// The fault that strikes the next request of `client_id`, which counts as struck. Its own plan goes first.
    pub(crate) fn strike(&mut self, scene: Scene, client_id: &str) -> Option<Fault> {
        let mut plans = self.0.iter();
        let own = plans.position(|plan| plan.at == scene && plan.client_id.as_deref() == Some(client_id));
        let at = own.or_else(|| self.0.iter().position(|plan| plan.at == scene && plan.client_id.is_none()))?;
        let plan = &mut self.0[at];
        let fault = plan.fault;
        let left = plan.count.map(|count| count.saturating_sub(1));
        plan.count = left;
        if left == Some(0) {
            self.0.remove(at);
        }
        fault
    }
}

/// What a fault answers, with `unauthorized` where it says so; `None` when the request goes on after it.
pub(crate) async fn play(sandbox: &Sandbox, fault: Fault, unauthorized: impl FnOnce() -> Response) -> Option<Response> {
    Some(match fault {
        Fault::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            return None;
        }
        Fault::Unauthorized => unauthorized(),
        Fault::Forbidden => {
            let message = "The request could not be completed. You do not have access to this resource.";
            platform_error(StatusCode::FORBIDDEN, "ACCESS_FAILED", message)
        }
        Fault::Throttled { retry_after } => throttled(retry_after),
        Fault::Failing => {
            platform_error(StatusCode::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR", "An unexpected error occurred.")
        }
        Fault::Dropped => dropped(),
        Fault::Html => Html("<!doctype html><title>Maintenance</title><h1>We will be back</h1>").into_response(),
        Fault::Redirect => {
            (StatusCode::FOUND, [(header::LOCATION, format!("{}/elsewhere", sandbox.origin()))]).into_response()
        }
    })
}

fn throttled(retry_after: Option<u64>) -> Response {
    let message = "The request could not be completed. Too many requests.";
    let mut response = platform_error(StatusCode::TOO_MANY_REQUESTS, "REQUEST_LIMITED", message);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A body that fails before its first byte: the server then closes the connection without having sent anything.
fn dropped() -> Response {
    let failure = std::io::Error::other("the connection is dropped by a switched-on fault");
    Body::from_stream(futures::stream::iter([Err::<Bytes, _>(failure)])).into_response()
}
