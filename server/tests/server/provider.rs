//! A provider on loopback that answers as it is told, and what is asked of it.

use domain::api::Problem;
use domain::api::providers::{AddProvider, ProviderForm};
use domain::api::token::{ClientProof, ObtainToken, TokenAnswer, TokenRequest};
use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, GatewayRules, MoreEndpoints, Place, ProviderKind};
use domain::secret::Secret;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::rig::{Browser, Rig};

/// A server that may ask a provider on loopback.
pub struct Scene {
    pub rig: Rig,
    pub admin: Browser,
    pub provider: ProviderId,
    pub upstream: MockServer,
}

impl Scene {
    pub async fn new() -> Self {
        let upstream = MockServer::start().await;
        let origin = HttpsUrl::parse(&upstream.uri()).unwrap();
        let rig = Rig::with(|settings| {
            settings.loopback_origins = vec![origin.clone()];
            settings.upstream.tries = 1;
        })
        .await;
        let mut admin = rig.admin().await;
        let kind = ProviderKind::OAuth {
            issuer: None,
            token_endpoint: HttpsUrl::parse(&format!("{}/token", upstream.uri())).unwrap(),
            jwks_uri: None,
            authentication_methods: Vec::new(),
            more: MoreEndpoints {
                api_base: Some(origin.clone()),
                introspection_endpoint: Some(origin.clone()),
                revocation_endpoint: Some(origin.clone()),
            },
        };
        let form = ProviderForm {
            name: "Auth".to_owned(),
            enabled: true,
            kind,
            assertion_audience: AssertionAudience::Exact("https://auth.example.com".to_owned()),
            gateway: GatewayRules::default(),
        };
        let provider = admin.ask(AddProvider, form).await.unwrap().id;
        Self { rig, admin, provider, upstream }
    }

    /// From now on the provider gives this answer.
    pub async fn answers(&self, answer: ResponseTemplate) {
        self.upstream.reset().await;
        Mock::given(any()).respond_with(answer).mount(&self.upstream).await;
    }

    /// How often the provider was asked since it got its answer.
    pub async fn asked(&self) -> usize {
        self.upstream.received_requests().await.unwrap().len()
    }

    pub fn request(&self, proof: ClientProof) -> TokenRequest {
        let scopes = vec!["read".to_owned()];
        TokenRequest {
            provider: self.provider.clone(),
            place: Place::default(),
            client_id: "client".to_owned(),
            scopes,
            proof,
        }
    }

    /// Asks for a token with a secret and an idempotency key.
    pub async fn obtain(&self, browser: &mut Browser, secret: &str, key: &str) -> Result<TokenAnswer, Problem> {
        let proof = ClientProof::ClientSecretPost { client_secret: Secret::new(secret) };
        browser.ask_with(ObtainToken, self.request(proof), &[("idempotency-key", key)]).await
    }
}

pub fn token(text: &str) -> ResponseTemplate {
    let body = format!(r#"{{"access_token":"{text}","token_type":"Bearer","expires_in":3600}}"#);
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

pub fn refusal() -> ResponseTemplate {
    ResponseTemplate::new(401).set_body_raw(r#"{"error":"invalid_client"}"#, "application/json")
}
