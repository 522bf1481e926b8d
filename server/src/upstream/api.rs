//! Reading from an API of JSON: the gateway's way to a PingOne-shaped provider.
//!
//! Nothing of the browser's request goes out but method, path, query, body and token: every header is written here. What
//! comes back is passed on as it is if it is JSON; anything else becomes a problem, so that a page of the provider's never
//! reaches the browser under our origin.

use std::time::Duration;

use domain::api::gateway::ApiPath;
use domain::api::{Code, Method, Problem, UpstreamError};
use domain::https_url::HttpsUrl;
use domain::provider::{Provider, Region, is_search};
use domain::secret::Secret;
use domain::storage::Permit;
use domain::time::Span;
use serde::de::IgnoredAny;

use super::exchange::{Ask, Body, Reply, exchange};
use super::passing::{Way, no_answer};
use super::tries::Tries;
use super::trouble::Trouble;
use super::{Upstream, retry_after};

mod group;
mod pace;

pub(super) use pace::Paces;

/// One call.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// The region, where the provider has several.
    pub region: Option<Region>,
    /// The path below the API's base, with its query.
    pub path: ApiPath,
    /// The access token.
    pub token: Secret,
    /// The JSON body of a search, which is sent with `POST`; `None` for a `GET`.
    pub body: Option<Secret>,
}

/// What the provider answered, in its own words.
#[derive(Debug)]
pub struct ApiAnswer {
    /// The host that gave it.
    pub host: String,
    /// Its status: 2xx, 4xx or 5xx.
    pub status: u16,
    /// The body: JSON, or nothing.
    pub body: Vec<u8>,
    /// How long it asks to wait.
    pub retry_after: Option<Span>,
    /// Its own name for the exchange, for its support.
    pub transaction: Option<String>,
    /// Which try was answered, from 1.
    pub tries: u32,
}

impl ApiCall {
    /// Whether a call with this method is one: a `GET`, or the search of activities.
    pub fn reads(method: Method, path: &ApiPath) -> bool {
        method == Method::Get || (method == Method::Post && is_search(path))
    }
}

impl Upstream {
    /// Reads from a provider's API. A `GET` is tried again after network errors, 429 and 5xx, within the bounds of the
    /// settings; a search, which is sent with `POST`, never is.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when the call may not be made, no answer came, or the answer is no JSON. A refusal in JSON is an
    /// answer.
    pub async fn call(&self, provider: &Provider, call: &ApiCall) -> Result<ApiAnswer, Problem> {
        let Way { url, host, permit } = self.way(provider, call.region, &call.path).await?;
        let rules = &provider.gateway;
        let (name, value) = (rules.header.to_string(), format!("{}{}", rules.prefix.as_str(), call.token.expose()));
        Calling { upstream: self, call, url, host, permit, header: (name, Secret::new(value)) }.run().await
    }
}

struct Calling<'a> {
    upstream: &'a Upstream,
    call: &'a ApiCall,
    url: HttpsUrl,
    host: String,
    permit: Permit,
    /// The token's header.
    header: (String, Secret),
}

impl Calling<'_> {
    async fn run(&self) -> Result<ApiAnswer, Problem> {
        let mut tries = Tries::start(self.upstream.bounds());
        loop {
            let sent = self.send(&tries).await;
            let (again, wait) = self.again(&sent);
            if again && tries.next(wait.map(|span| Duration::from_millis(span.millis())), &*self.upstream.entropy).await
            {
                continue;
            }
            let took_ms = u64::try_from(tries.took().as_millis()).unwrap_or(u64::MAX);
            let said = self.said(took_ms, tries.count());
            // Never the path: it may name people.
            let status = sent.as_ref().map(|reply| reply.status).unwrap_or_default();
            self.upstream.note(&self.host, self.permit, sent.as_ref().ok().map(|reply| reply.status));
            tracing::info!(host = self.host, status, tries = tries.count(), took_ms, "api called");
            return match sent {
                Ok(reply) => self.answer(reply, wait, said),
                Err(trouble) => Err(no_answer(&trouble, said)),
            };
        }
    }

    async fn send(&self, tries: &Tries) -> Result<Reply, Trouble> {
        let (name, value) = self.header.clone();
        let ask = Ask::Api { name, value, body: self.call.body.clone() };
        let limit = self.upstream.settings.max_api_answer_bytes;
        exchange(&self.upstream.guard, &self.url, ask, tries.allowance(), limit).await
    }

    /// Whether another try may do better, and how long the provider asks to wait.
    fn again(&self, sent: &Result<Reply, Trouble>) -> (bool, Option<Span>) {
        let safe = self.call.body.is_none();
        match sent {
            Err(trouble) => (trouble.may_pass() && (safe || trouble.was_before_sending()), None),
            Ok(reply) => {
                let now = self.upstream.clock.now();
                let wait = reply.retry_after.as_deref().and_then(|header| retry_after::wait(header, now));
                (safe && matches!(reply.status, 429 | 500..=599), wait)
            }
        }
    }

    fn answer(&self, reply: Reply, wait: Option<Span>, said: UpstreamError) -> Result<ApiAnswer, Problem> {
        let said = UpstreamError { status: Some(reply.status), ..said };
        if !matches!(reply.status, 200..=299 | 400..=599) {
            let to = reply.redirects_to.map(|origin| format!(" to {origin}")).unwrap_or_default();
            return Err(self.unreadable(&format!("it sends us on{to}, and tokens are never sent on"), said));
        }
        let (status, host) = (reply.status, self.host.clone());
        match json(reply.body) {
            Ok(body) => {
                let (transaction, tries) = (reply.transaction, said.tries);
                Ok(ApiAnswer { host, status, body, retry_after: wait, transaction, tries })
            }
            Err(why) => Err(self.not_json(why, wait, said)),
        }
    }

    /// An answer that can't be passed on still tells by its status what to do.
    fn not_json(&self, why: &str, wait: Option<Span>, said: UpstreamError) -> Problem {
        let (code, words) = match said.status {
            Some(429) => {
                (Code::UpstreamThrottled, "had too many requests and asks us to wait. Try again a little later.")
            }
            Some(500..) => (Code::UpstreamUnavailable, "has a fault of its own. Try again a little later."),
            _ => return self.unreadable(why, said),
        };
        let problem = Problem::new(code).with_detail(format!("{} {words}", self.host)).with_upstream(said);
        match wait {
            Some(wait) => problem.with_retry_after(wait.millis().div_ceil(1_000)),
            None => problem,
        }
    }

    fn unreadable(&self, why: &str, said: UpstreamError) -> Problem {
        let detail = format!("{} did not answer as an API does: {why}. Check the provider's API address.", self.host);
        Problem::new(Code::UpstreamUnreadable).with_detail(detail).with_upstream(said)
    }

    fn said(&self, took_ms: u64, tries: u32) -> UpstreamError {
        UpstreamError { host: self.host.clone(), status: None, error: None, error_description: None, took_ms, tries }
    }
}

/// The body, if it is JSON or nothing at all; else why not, in words.
fn json(body: Body) -> Result<Vec<u8>, &'static str> {
    match body {
        Body::TooLarge => Err("the answer is larger than allowed; ask for fewer at once"),
        Body::Encoded => Err("the answer is compressed, which was not asked for"),
        Body::Whole(bytes) if bytes.is_empty() => Ok(bytes),
        Body::Whole(bytes) => match serde_json::from_slice::<IgnoredAny>(&bytes) {
            Ok(_) => Ok(bytes),
            Err(_) => Err("the answer is not JSON"),
        },
    }
}
