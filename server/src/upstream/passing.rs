//! Calls that are passed on while they come: neither the body of the call nor that of the answer is held whole.
//!
//! Every header that goes out is written here or was chosen by the route. Of the answer only the kind of its content and its
//! status are looked at; what is no data is not passed on.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Request, Response};
use domain::api::gateway::ApiPath;
use domain::api::{Code, Method, Problem, UpstreamError};
use domain::https_url::HttpsUrl;
use domain::provider::{Provider, Region};
use domain::secret::Secret;
use domain::storage::Permit;
use domain::time::Span;
use tokio::time::timeout;

use super::exchange::{TRANSACTIONS, text as header_text, visible};
use super::guard::{Answer, Refusal};
use super::tries::Tries;
use super::trouble::Trouble;
use super::{Upstream, authority, millis, retry_after, text};
use crate::gateway::passed_on;
use crate::upstream::token::not_allowed;

/// One call to be passed on.
pub struct Passing {
    /// The method.
    pub method: Method,
    /// The region, where the provider has several.
    pub region: Option<Region>,
    /// The path below the API's base, with its query.
    pub path: ApiPath,
    /// The token.
    pub token: Secret,
    /// The headers that go along, beside the token's.
    pub headers: HeaderMap,
    /// The body.
    pub body: Sending,
    /// Whether doing it twice is as good as doing it once.
    pub repeatable: bool,
}

/// The body of a call.
pub enum Sending {
    /// All of it, or nothing.
    Whole(Bytes),
    /// It comes while it is sent, and can be sent only once.
    Once(Body),
}

/// An answer whose body is still to come.
pub struct Passed {
    /// The host that gave it.
    pub host: String,
    /// Its status: 2xx, 4xx or 5xx.
    pub status: u16,
    /// The kind of its content; `None` when there is no body to pass on.
    pub kind: Option<HeaderValue>,
    /// How long the host asks to wait.
    pub retry_after: Option<Span>,
    /// The host's own name for the exchange.
    pub transaction: Option<String>,
    /// Which try was answered, from 1.
    pub tries: u32,
    /// The body.
    pub body: Option<Answer>,
}

impl Upstream {
    /// Passes a call on. It is tried again after network errors, 429 and 5xx, at most twice, where that may be: nothing can
    /// have arrived, or it is repeatable and its body is still there.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when the call may not be made, no answer came, or the answer is not to be passed on.
    pub async fn pass(&self, provider: &Provider, call: Passing, largest: u64) -> Result<Passed, Problem> {
        let Way { url, host, permit } = self.way(provider, call.region, &call.path).await?;
        let (name, value) = token_header(provider, &call.token).ok_or_else(|| Problem::new(Code::TokenMissing))?;
        let Passing { method, body, repeatable, headers: mut head, .. } = call;
        head.insert(name, value);
        Run { upstream: self, url, host, permit, method, head, repeatable, largest }.run(body).await
    }

    /// The way to a path of a provider's API, once it may be gone.
    pub(super) async fn way(
        &self,
        provider: &Provider,
        region: Option<Region>,
        path: &ApiPath,
    ) -> Result<Way, Problem> {
        let base = provider.api_base(region).map_err(|error| not_allowed(&error.to_string()))?;
        let url = base.below(path.as_str());
        let url =
            url.map_err(|error| Problem::new(Code::InvalidApiPath).with_detail(text::sentence(&error.to_string())))?;
        let host = authority(&url);
        let permit = self.admit(&host)?;
        let paced = self.paces.take(&host, &provider.kind, path, self.clock.now()).await;
        paced.map_err(|wait| too_many(&host, wait))?;
        Ok(Way { url, host, permit })
    }

    /// Leave to ask a host, which is left alone for a while when it fails again and again.
    pub(super) fn admit(&self, host: &str) -> Result<Permit, Problem> {
        self.breakers.admit(host, self.clock.now()).map_err(|wait| paused(host, wait))
    }

    /// Tells the breaker how a call ended: `None` without any answer.
    pub(super) fn note(&self, host: &str, permit: Permit, status: Option<u16>) {
        match status {
            // A fault of one place says nothing about the host; a gateway that reaches nobody does.
            None | Some(502..=504) => self.breakers.failed(host, permit, self.clock.now()),
            Some(_) => self.breakers.answered(host, permit),
        }
    }
}

/// Where a call goes, and leave to go there.
pub(super) struct Way {
    pub url: HttpsUrl,
    pub host: String,
    pub permit: Permit,
}

/// The header a token goes out in.
pub(super) fn token_header(provider: &Provider, token: &Secret) -> Option<(HeaderName, HeaderValue)> {
    let rules = &provider.gateway;
    let text = Secret::new(format!("{}{}", rules.prefix.as_str(), token.expose()));
    let mut value = HeaderValue::from_str(text.expose()).ok()?;
    value.set_sensitive(true);
    Some((HeaderName::try_from(rules.header.as_str()).ok()?, value))
}

struct Run<'a> {
    upstream: &'a Upstream,
    url: HttpsUrl,
    host: String,
    permit: Permit,
    method: Method,
    head: HeaderMap,
    repeatable: bool,
    largest: u64,
}

impl Run<'_> {
    async fn run(self, body: Sending) -> Result<Passed, Problem> {
        let mut tries = Tries::start(self.upstream.bounds());
        let (whole, mut once) = match body {
            Sending::Whole(bytes) => (Some(bytes), None),
            Sending::Once(body) => (None, Some(body)),
        };
        loop {
            let streamed = once.is_some();
            let body = once.take().unwrap_or_else(|| whole.clone().map_or_else(Body::empty, Body::from));
            let allowance = if streamed { millis(self.upstream.settings.total_timeout) } else { tries.allowance() };
            let sent = self.send(body, allowance).await;
            let (again, wait) = self.again(&sent);
            let may = again && whole.is_some();
            if may && tries.next(wait.map(|span| Duration::from_millis(span.millis())), &*self.upstream.entropy).await {
                continue;
            }
            let took_ms = u64::try_from(tries.took().as_millis()).unwrap_or(u64::MAX);
            let status = sent.as_ref().ok().map(|response| response.status().as_u16());
            self.upstream.note(&self.host, self.permit, status);
            // Never the path: it may name people.
            tracing::info!(host = self.host, status, tries = tries.count(), took_ms, "api called");
            let said = UpstreamError {
                host: self.host.clone(),
                status,
                error: None,
                error_description: None,
                took_ms,
                tries: tries.count(),
            };
            return match sent {
                Ok(response) => self.answer(response, wait, said),
                Err(trouble) => Err(no_answer(&trouble, said)),
            };
        }
    }

    async fn send(&self, body: Body, allowance: Duration) -> Result<Response<Answer>, Trouble> {
        let (client, address) = self.upstream.guard.way_to(&self.url)?;
        let mut request = Request::new(body);
        *request.method_mut() = self.method.name().parse().map_err(|_| Trouble::Refused(Refusal::Ambiguous))?;
        request.headers_mut().clone_from(&self.head);
        timeout(allowance, client.send(&address, request)).await.map_err(|_| Trouble::Timeout)?
    }

    /// Whether another try may do better, and how long the provider asks to wait.
    fn again(&self, sent: &Result<Response<Answer>, Trouble>) -> (bool, Option<Span>) {
        match sent {
            Err(trouble) => (trouble.may_pass() && (self.repeatable || trouble.was_before_sending()), None),
            Ok(response) => {
                let header = header_text(response.headers(), header::RETRY_AFTER);
                let wait = header.and_then(|header| retry_after::wait(header, self.upstream.clock.now()));
                (self.repeatable && matches!(response.status().as_u16(), 429 | 500..=599), wait)
            }
        }
    }

    fn answer(&self, response: Response<Answer>, wait: Option<Span>, said: UpstreamError) -> Result<Passed, Problem> {
        let (status, headers) = (response.status().as_u16(), response.headers());
        if !matches!(status, 200..=299 | 400..=599) {
            let to = header_text(headers, header::LOCATION).and_then(|value| HttpsUrl::parse(value).ok());
            let to = to.map(|url| format!(" to {}", url.origin())).unwrap_or_default();
            return Err(self.unreadable(&format!("it sends us on{to}, and tokens are never sent on"), said));
        }
        let encoding = header_text(headers, header::CONTENT_ENCODING);
        if encoding.is_some_and(|value| !value.eq_ignore_ascii_case("identity")) {
            return Err(self.unreadable("the answer is compressed, which was not asked for", said));
        }
        let length = response.body().size_hint().exact();
        if length.is_some_and(|length| length > self.largest) {
            return Err(self.unreadable("the answer is larger than allowed; ask for fewer at once", said));
        }
        let kind = header_text(headers, header::CONTENT_TYPE).and_then(passed_on);
        let has_body = length != Some(0) && !matches!(status, 204 | 205);
        if has_body && kind.is_none() && !matches!(status, 400..=428 | 430..=499) {
            return Err(self.not_data(wait, said));
        }
        let transaction = TRANSACTIONS.iter().find_map(|name| visible(headers.get(*name)?));
        let tries = said.tries;
        // A refusal is told by its status; a page beside it is left out.
        let body = (has_body && kind.is_some()).then(|| response.into_body());
        Ok(Passed { host: self.host.clone(), status, kind, retry_after: wait, transaction, tries, body })
    }

    /// An answer that can't be passed on still tells by its status what to do.
    fn not_data(&self, wait: Option<Span>, said: UpstreamError) -> Problem {
        let (code, words) = match said.status {
            Some(429) => {
                (Code::UpstreamThrottled, "had too many requests and asks us to wait. Try again a little later.")
            }
            Some(500..) => (Code::UpstreamUnavailable, "has a fault of its own. Try again a little later."),
            _ => return self.unreadable("the answer is a page or another thing that is no data", said),
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
}

pub(super) fn no_answer(trouble: &Trouble, said: UpstreamError) -> Problem {
    let words = text::sentence(&format!("{} can't be asked: {trouble}", said.host));
    let advice = if trouble.may_pass() { "Try again in a moment." } else { trouble.advice() };
    Problem::new(trouble.code()).with_detail(format!("{words} {advice}")).with_upstream(said)
}

fn paused(host: &str, wait: Span) -> Problem {
    let seconds = wait.millis().div_ceil(1_000).max(1);
    let detail = format!(
        "Several calls to {host} failed in a row, so it is left alone for {seconds} s. Then one call is tried."
    );
    Problem::new(Code::UpstreamPaused).with_detail(detail).with_retry_after(seconds)
}

fn too_many(host: &str, wait: Span) -> Problem {
    let seconds = wait.millis().div_ceil(1_000).max(1);
    let detail = format!("{host} takes only so many requests from one server. Wait {seconds} s, then try again.");
    Problem::new(Code::TooManyRequests).with_detail(detail).with_retry_after(seconds)
}
