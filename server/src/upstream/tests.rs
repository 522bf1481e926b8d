//! Providers that behave, misbehave and attack, on loopback ports.

mod api;
mod assertions;
mod discovery;
mod egress;
mod granting;
mod hostile;
mod introspection;
mod raw;
mod refusals;
mod retries;
#[cfg(feature = "sandbox")]
mod sandboxed;
mod secrets;
mod verification;

use domain::api::token::ClientProof;
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, GatewayRules, MoreEndpoints, Place, ProviderKind};
use domain::secret::Secret;
use domain::time::Timestamp;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::clock::MockClock;
use crate::entropy::SeededEntropy;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const CLIENT: &str = "worker client";
const SECRET: &str = "canary-s3cret/+ =&:%ü";

/// A provider on a loopback port, and the client that asks it.
struct Rig {
    server: MockServer,
    clock: Arc<MockClock>,
    upstream: Upstream,
}

fn settings(origin: &str) -> UpstreamSettings {
    UpstreamSettings {
        loopback_origins: vec![url(origin)],
        try_timeout: Span::from_seconds(20),
        total_timeout: Span::from_seconds(60),
        max_tries: 3,
        max_answer_bytes: 256 * 1024,
        max_api_answer_bytes: 1024 * 1024,
    }
}

/// Without a wait between tries, so that no test sleeps.
fn upstream(settings: UpstreamSettings, clock: &Arc<MockClock>) -> Upstream {
    let mut upstream = Upstream::new(settings, clock.clone(), Arc::new(SeededEntropy::from_seed(7)));
    upstream.first_wait = Duration::ZERO;
    upstream
}

fn url(text: &str) -> HttpsUrl {
    HttpsUrl::parse(text).unwrap()
}

fn provider(origin: &str) -> Provider {
    Provider {
        id: ProviderId::new("acme"),
        name: "Acme".to_owned(),
        enabled: true,
        kind: ProviderKind::OAuth {
            issuer: Some(url(&format!("{origin}/issuer"))),
            token_endpoint: url(&format!("{origin}/token")),
            jwks_uri: Some(url(&format!("{origin}/jwks"))),
            authentication_methods: Vec::new(),
            more: MoreEndpoints {
                api_base: Some(url(&format!("{origin}/api"))),
                introspection_endpoint: Some(url(&format!("{origin}/introspect"))),
                revocation_endpoint: Some(url(&format!("{origin}/revoke"))),
            },
        },
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    }
}

fn request(proof: ClientProof) -> TokenRequest {
    TokenRequest {
        provider: ProviderId::new("acme"),
        place: Place::default(),
        client_id: CLIENT.to_owned(),
        scopes: Vec::new(),
        proof,
    }
}

fn basic() -> ClientProof {
    ClientProof::ClientSecretBasic { client_secret: Secret::new(SECRET) }
}

fn post() -> ClientProof {
    ClientProof::ClientSecretPost { client_secret: Secret::new(SECRET) }
}

fn secret_jwt() -> ClientProof {
    ClientProof::ClientSecretJwt { client_secret: Secret::new(SECRET) }
}

fn token() -> Value {
    json!({ "access_token": "abc.def.ghi", "token_type": "Bearer", "expires_in": 3600 })
}

fn answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

impl Rig {
    async fn new() -> Self {
        let server = MockServer::start().await;
        let clock = Arc::new(MockClock::at(NOW));
        let upstream = upstream(settings(&server.uri()), &clock);
        Self { server, clock, upstream }
    }

    /// A provider that answers everything with `template`.
    async fn answering(template: ResponseTemplate) -> Self {
        let rig = Self::new().await;
        Mock::given(any()).respond_with(template).mount(&rig.server).await;
        rig
    }

    fn provider(&self) -> Provider {
        provider(&self.server.uri())
    }

    async fn obtain(&self, proof: ClientProof) -> Result<TokenAnswer, Problem> {
        self.upstream.obtain(&self.provider(), &request(proof)).await
    }

    async fn refusal(&self) -> Problem {
        self.obtain(basic()).await.unwrap_err()
    }

    async fn received(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }
}

/// The form of a request that was received.
fn form(request: &Request) -> Vec<(String, String)> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn field(request: &Request, name: &str) -> Option<String> {
    form(request).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
