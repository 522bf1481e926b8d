//! The client-credentials grant (RFC 6749 §4.4), from a person's request to a token or the one reason why not.

use std::time::Duration;

use domain::api::token::{TokenAnswer, TokenRequest};
use domain::api::{Code, Problem, UpstreamError};
use domain::provider::{ClientAuthentication, Provider, ProviderKind, Target};
use domain::secret::Secret;

use super::exchange::{Body, Reply, Trouble, exchange};
use super::tries::Tries;
use super::{Upstream, authority, retry_after, text};
use response::Granted;

mod assertion;
mod check;
mod request;
mod response;
mod words;

/// One grant while it runs.
struct Grant<'a> {
    upstream: &'a Upstream,
    provider: &'a Provider,
    request: &'a TokenRequest,
    target: Target,
    host: String,
}

/// What one try came to.
enum Outcome {
    Granted(Granted),
    Failed {
        problem: Problem,
        /// Whether another try may do better.
        again: bool,
        /// How long the provider asks to wait.
        wait: Option<Duration>,
    },
}

impl Upstream {
    pub(super) async fn grant(&self, provider: &Provider, request: &TokenRequest) -> Result<TokenAnswer, Problem> {
        let target = provider.target(&request.place).map_err(|error| not_allowed(&error.to_string()))?;
        check::fields(provider, request)?;
        let host = authority(&target.token_endpoint);
        Grant { upstream: self, provider, request, target, host }.run().await
    }
}

impl Grant<'_> {
    async fn run(&self) -> Result<TokenAnswer, Problem> {
        let mut tries = Tries::start(self.upstream.bounds());
        loop {
            match self.attempt(&tries).await? {
                Outcome::Granted(granted) => return Ok(self.answer(granted, &tries)),
                Outcome::Failed { problem, again, wait } => {
                    if !again || !tries.next(wait, &*self.upstream.entropy).await {
                        self.log(&tries, problem.code);
                        return Err(self.with_figures(problem, &tries));
                    }
                }
            }
        }
    }

    /// # Errors
    ///
    /// A problem that has nothing to do with the provider's answer.
    async fn attempt(&self, tries: &Tries) -> Result<Outcome, Problem> {
        let prepared = request::prepare(self.upstream, self.request, &self.target)?;
        let limit = self.upstream.settings.max_answer_bytes;
        let url = &self.target.token_endpoint;
        Ok(match exchange(&self.upstream.guard, url, prepared.ask, tries.allowance(), limit).await {
            Ok(reply) => self.judge(&reply, &prepared.secrets),
            Err(trouble) => self.no_answer(&trouble),
        })
    }

    fn judge(&self, reply: &Reply, secrets: &[Secret]) -> Outcome {
        let now = self.upstream.clock.now();
        let wait = reply.retry_after.as_deref().and_then(|header| retry_after::wait(header, now));
        let said = UpstreamError { status: Some(reply.status), ..self.said(reply, secrets) };
        let (problem, again) = match reply.status {
            200..=299 => match response::read(reply) {
                Ok(granted) => return Outcome::Granted(granted),
                Err(response::Unusable::Refusal) => (self.refusal(said), false),
                Err(response::Unusable::NotAToken(why)) => (self.unreadable(why, said), false),
            },
            300..=399 => (self.redirect(reply, said), false),
            429 => (words::throttled(&self.host, said, wait), true),
            400..=499 => (self.refusal(said), false),
            _ => (words::unavailable(&self.host, said, wait), true),
        };
        let wait = wait.map(|span| Duration::from_millis(span.millis()));
        Outcome::Failed { problem, again: again && self.may_repeat(), wait }
    }

    fn no_answer(&self, trouble: &Trouble) -> Outcome {
        let words = text::sentence(&format!("{} can't be asked: {trouble}", self.host));
        let detail = format!("{words} {}", trouble.advice());
        let problem = Problem::new(trouble.code()).with_detail(detail).with_upstream(self.nothing_said());
        let again = trouble.may_pass() && (self.may_repeat() || trouble.was_before_sending());
        Outcome::Failed { problem, again, wait: None }
    }

    /// An assertion from the browser may be taken only once (RFC 7523 §3, point 7), and only the browser can sign
    /// another: once it may have arrived, the browser starts again with a new one.
    fn may_repeat(&self) -> bool {
        self.request.proof.method() != ClientAuthentication::PrivateKeyJwt
    }

    fn refusal(&self, said: UpstreamError) -> Problem {
        let pingone_shaped = !matches!(self.provider.kind, ProviderKind::OAuth { .. });
        words::refusal(&self.host, said, self.request.proof.method(), pingone_shaped)
    }

    fn redirect(&self, reply: &Reply, said: UpstreamError) -> Problem {
        let to = reply.redirects_to.as_ref().map(|origin| format!(" to {origin}")).unwrap_or_default();
        let why = format!("it sends us on{to}, and credentials are never sent on");
        self.unreadable(&why, said)
    }

    fn unreadable(&self, why: &str, said: UpstreamError) -> Problem {
        let detail = format!("{} did not answer with a token: {why}. Check the token URL.", self.host);
        Problem::new(Code::UpstreamUnreadable).with_detail(detail).with_upstream(said)
    }

    /// What the provider said in its own words, with nothing in it that it was sent in confidence.
    fn said(&self, reply: &Reply, secrets: &[Secret]) -> UpstreamError {
        let Some(object) = reply.body.object() else { return self.nothing_said() };
        let field = |names: [&str; 2], length| {
            let value = names.iter().find_map(|name| object.get(*name)?.as_str())?;
            text::shown(&text::without(value, secrets), length)
        };
        // `code` and `message` are PingOne's platform errors.
        let (error, error_description) =
            (field(["error", "code"], 200), field(["error_description", "message"], 1_000));
        UpstreamError { error, error_description, ..self.nothing_said() }
    }

    fn nothing_said(&self) -> UpstreamError {
        let host = self.host.clone();
        UpstreamError { host, status: None, error: None, error_description: None, took_ms: 0, tries: 0 }
    }

    fn with_figures(&self, mut problem: Problem, tries: &Tries) -> Problem {
        if let Some(upstream) = &mut problem.upstream {
            (upstream.took_ms, upstream.tries) = (took_ms(tries), tries.count());
        }
        problem
    }

    fn answer(&self, granted: Granted, tries: &Tries) -> TokenAnswer {
        tracing::info!(host = self.host, tries = tries.count(), took_ms = took_ms(tries), "token obtained");
        TokenAnswer {
            access_token: granted.access_token,
            token_type: granted.token_type,
            expires_in: granted.expires_in,
            scope: granted.scope,
            received_at: self.upstream.clock.now(),
            host: self.host.clone(),
            took_ms: took_ms(tries),
            tries: tries.count(),
        }
    }

    fn log(&self, tries: &Tries, code: Code) {
        tracing::warn!(host = self.host, ?code, tries = tries.count(), took_ms = took_ms(tries), "no token obtained");
    }
}

/// A provider, or the place of one, that may not be asked.
pub(super) fn not_allowed(words: &str) -> Problem {
    Problem::new(Code::ProviderNotAllowed).with_detail(text::sentence(words))
}

fn took_ms(tries: &Tries) -> u64 {
    u64::try_from(tries.took().as_millis()).unwrap_or(u64::MAX)
}

/// In words, why a body is no JSON object.
fn unlike_json(reply: &Reply) -> &'static str {
    match &reply.body {
        Body::TooLarge => "the answer is longer than any token response",
        Body::Encoded => "the answer is compressed, which was not asked for",
        Body::Whole(bytes) if bytes.is_empty() => "the answer is empty",
        Body::Whole(_) if reply.is_html => "the answer is an HTML page",
        Body::Whole(_) => "the answer is not a JSON object in UTF-8",
    }
}
