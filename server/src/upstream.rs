//! The guarded way out: providers are asked here, and nowhere else.
//!
//! - Every request goes through the [`guard`]; every answer is bounded in size and time and read as a stranger's.
//! - A secret is used and forgotten: it stands in no log, no problem and no error, not even when a provider repeats it.
//! - What a person reads says which host was asked, what it means and what to do next.

use std::sync::Arc;
use std::time::Duration;

use domain::api::Problem;
use domain::api::providers::{IssuerLookup, IssuerMetadata};
use domain::api::token::{TokenAnswer, TokenRequest, Verification, VerificationRequest};
use domain::https_url::HttpsUrl;
use domain::provider::Provider;
use domain::time::Span;

use crate::clock::Clock;
use crate::entropy::Entropy;
use api::Paces;
use breakers::Breakers;
use guard::{Guard, Resolver, SystemResolver};
use tries::Bounds;
use verification::KeyCache;

mod api;
mod breakers;
mod discovery;
mod exchange;
pub mod guard;
mod passing;
mod reading;
mod retry_after;
mod socket;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod tries;
mod trouble;
mod verification;

pub use api::{ApiAnswer, ApiCall};
pub use passing::{Passed, Passing, Sending};
pub use socket::{Handshake, Socket, SocketCall, accept};

/// What an operator may set about the way out.
#[derive(Clone, Debug)]
pub struct UpstreamSettings {
    /// Exact loopback origins that may be asked, such as `http://127.0.0.1:7430`.
    pub loopback_origins: Vec<HttpsUrl>,
    /// How long one try may take, from connect to the last byte.
    pub try_timeout: Span,
    /// How long all tries together may take.
    pub total_timeout: Span,
    /// How many tries at most.
    pub max_tries: u32,
    /// How many bytes an answer may have.
    pub max_answer_bytes: usize,
    /// How many bytes the answer of an API may have.
    pub max_api_answer_bytes: usize,
}

/// The wait before the second try.
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// The client for all providers.
pub struct Upstream {
    settings: UpstreamSettings,
    first_wait: Duration,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    guard: Guard,
    keys: KeyCache,
    paces: Paces,
    breakers: Breakers,
}

impl Upstream {
    /// How the breaker of each host stands: 0 lets calls through, 1 waits for its probe, 2 lets none through.
    pub fn breakers(&self) -> Vec<(String, u8)> {
        self.breakers.standings()
    }

    /// A client that keeps to `settings`.
    pub fn new(settings: UpstreamSettings, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self::with_resolver(settings, clock, entropy, Arc::new(SystemResolver))
    }

    /// A client that finds addresses with `resolver`.
    pub fn with_resolver(
        settings: UpstreamSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        resolver: Arc<dyn Resolver>,
    ) -> Self {
        let guard = Guard::new(&settings.loopback_origins, resolver, millis(settings.try_timeout));
        Self {
            settings,
            first_wait: FIRST_WAIT,
            clock,
            entropy,
            guard,
            keys: KeyCache::default(),
            paces: Paces::default(),
            breakers: Breakers::default(),
        }
    }

    /// Obtains a token with the client-credentials grant (RFC 6749 §4.4).
    ///
    /// Network errors, 5xx and 429 are tried again within the bounds of the settings; other refusals never are.
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says what the provider said and what to do next.
    pub async fn obtain(&self, provider: &Provider, request: &TokenRequest) -> Result<TokenAnswer, Problem> {
        self.grant(provider, request).await
    }

    /// Checks a token's signature against the provider's published keys. Whether the token has expired is not looked
    /// at: the answer is about the signature only.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when the keys can't be read; a token that can't be verified is an answer, not a problem.
    pub async fn verify(&self, provider: &Provider, request: &VerificationRequest) -> Result<Verification, Problem> {
        self.check_signature(provider, request).await
    }

    /// Reads an issuer's metadata (RFC 8414, then OpenID Connect Discovery).
    ///
    /// # Errors
    ///
    /// A [`Problem`] that says which addresses were asked and what was wrong with each answer.
    pub async fn look_up(&self, lookup: &IssuerLookup) -> Result<IssuerMetadata, Problem> {
        self.discover(&lookup.issuer).await
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            max_tries: self.settings.max_tries,
            each: millis(self.settings.try_timeout),
            all: millis(self.settings.total_timeout),
            first_wait: self.first_wait,
        }
    }
}

fn millis(span: Span) -> Duration {
    Duration::from_millis(span.millis())
}

/// The host as people see it, with the port where the URL names one: `auth.example.com`, `127.0.0.1:7430`.
fn authority(url: &HttpsUrl) -> String {
    url.origin().split_once("://").map_or(url.origin(), |(_, authority)| authority).to_owned()
}
