//! The guarded way out: providers are asked here, and nowhere else.

use domain::api::Problem;
use domain::api::providers::{IssuerLookup, IssuerMetadata};
use domain::api::token::{TokenAnswer, TokenRequest, Verification, VerificationRequest};
use domain::https_url::HttpsUrl;
use domain::provider::Provider;
use domain::time::Span;
use std::sync::Arc;

use crate::clock::Clock;
use crate::entropy::Entropy;

pub mod guard;

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
}

/// The client for all providers.
pub struct Upstream {
    settings: UpstreamSettings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Upstream {
    /// A client that keeps to `settings`.
    pub fn new(settings: UpstreamSettings, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { settings, clock, entropy }
    }

    /// Obtains a token with the client-credentials grant (RFC 6749 §4.4).
    pub async fn obtain(&self, provider: &Provider, request: &TokenRequest) -> Result<TokenAnswer, Problem> {
        let _ = (&self.settings, &self.clock, &self.entropy, provider, request);
        Err(Problem::new(domain::api::Code::Internal))
    }

    /// Checks a token's signature against the provider's published keys.
    pub async fn verify(&self, provider: &Provider, request: &VerificationRequest) -> Result<Verification, Problem> {
        let _ = (provider, request);
        Err(Problem::new(domain::api::Code::Internal))
    }

    /// Reads an issuer's metadata.
    pub async fn look_up(&self, lookup: &IssuerLookup) -> Result<IssuerMetadata, Problem> {
        let _ = lookup;
        Err(Problem::new(domain::api::Code::Internal))
    }
}
