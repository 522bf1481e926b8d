//! The client-credentials grant (RFC 6749 §4.4), from a person's request to a token or the one reason why not; and what
//! else a client asks with its proof.

use std::time::Duration;

use domain::api::token::{TokenAnswer, TokenRequest};
use domain::api::{Code, Problem, UpstreamError};
use domain::https_url::HttpsUrl;
use domain::provider::{ClientAuthentication, Provider, ProviderKind, Target};
use domain::secret::Secret;

use super::exchange::{Body, Reply, exchange};
use super::tries::Tries;
use super::trouble::Trouble;
use super::{Upstream, authority, retry_after, text};
use purpose::Purpose;
use response::{Granted, Unusable};

mod assertion;
mod check;
mod introspection;
mod purpose;
mod request;
mod response;
mod words;

/// One grant while it runs.
struct Grant<'a> {
    upstream: &'a Upstream,
    provider: &'a Provider,
    request: &'a TokenRequest,
    target: Target,
    /// The endpoint that is asked.
    url: HttpsUrl,
    host: String,
    purpose: Purpose,
    /// What is sent beside the client's proof; none of it is ever shown.
    parameters: Vec<(&'static str, Secret)>,
}

/// What one try came to.
enum Outcome<T> {
    Granted(T),
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
        let url = target.token_endpoint.clone();
        let (host, parameters) = (authority(&url), request::grant(request));
        let grant = Grant { upstream: self, provider, request, target, url, host, purpose: Purpose::Token, parameters };
        let (granted, tries) = grant.run(response::read).await?;
        Ok(grant.answer(granted, &tries))
    }
}

impl Grant<'_> {
    /// Asks until there is an answer that `read` takes, or none is to be had.
    async fn run<T>(&self, read: impl Fn(&Reply) -> Result<T, Unusable>) -> Result<(T, Tries), Problem> {
        let mut tries = Tries::start(self.upstream.bounds());
        loop {
            match self.attempt(&tries, &read).await? {
                Outcome::Granted(granted) => return Ok((granted, tries)),
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
    async fn attempt<T>(
        &self,
        tries: &Tries,
        read: &impl Fn(&Reply) -> Result<T, Unusable>,
    ) -> Result<Outcome<T>, Problem> {
        let prepared = request::prepare(self.upstream, self.request, &self.target, &self.parameters)?;
        let limit = self.upstream.settings.max_answer_bytes;
        Ok(match exchange(&self.upstream.guard, &self.url, prepared.ask, tries.allowance(), limit).await {
            Ok(reply) => self.judge(&reply, &prepared.secrets, read),
            Err(trouble) => self.no_answer(&trouble),
        })
    }

    fn judge<T>(&self, reply: &Reply, secrets: &[Secret], read: impl Fn(&Reply) -> Result<T, Unusable>) -> Outcome<T> {
        let now = self.upstream.clock.now();
        let wait = reply.retry_after.as_deref().and_then(|header| retry_after::wait(header, now));
        let said = UpstreamError { status: Some(reply.status), ..self.said(reply, secrets) };
        let (problem, again) = match reply.status {
            200..=299 => match read(reply) {
                Ok(granted) => return Outcome::Granted(granted),
                Err(Unusable::Refusal) => (self.refusal(said), false),
                Err(Unusable::NotAToken(why)) => (self.unreadable(why, said), false),
            },
            300..=399 => (self.redirect(reply, said), false),
            429 => (words::throttled(&self.host, said, wait), true),
            400..=499 => (self.refusal(said), false),
            _ => (words::unavailable(&self.host, said, wait), true),
        };
        let wait = wait.map(|span| Duration::from_millis(span.millis()));
        Outcome::Failed { problem, again: again && self.may_repeat(), wait }
    }

    fn no_answer<T>(&self, trouble: &Trouble) -> Outcome<T> {
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
        let advice = self.purpose.advice(&self.host, &said);
        let problem = words::refusal(&self.host, said, self.request.proof.method(), pingone_shaped);
        advice.into_iter().fold(problem, Problem::with_detail)
    }

    fn redirect(&self, reply: &Reply, said: UpstreamError) -> Problem {
        let to = reply.redirects_to.as_ref().map(|origin| format!(" to {origin}")).unwrap_or_default();
        let why = format!("it sends us on{to}, and credentials are never sent on");
        self.unreadable(&why, said)
    }

    fn unreadable(&self, why: &str, said: UpstreamError) -> Problem {
        let (what, address) = self.purpose.words();
        let detail = format!("{} did not answer {what}: {why}. Check {address}.", self.host);
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
        let (host, tries, took_ms) = (&self.host, tries.count(), took_ms(tries));
        match self.purpose {
            Purpose::Token => tracing::warn!(host, ?code, tries, took_ms, "no token obtained"),
            Purpose::Introspection => tracing::warn!(host, ?code, tries, took_ms, "no token introspected"),
            Purpose::Revocation => tracing::warn!(host, ?code, tries, took_ms, "no token revoked"),
        }
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
