use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum_test::{TestResponse, TestServer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::providers::{NewSandboxClient, SandboxClient};
use domain::provider::ClientAuthentication;
use domain::time::Timestamp;
use sandbox::{Sandbox, SandboxSettings};
use serde_json::{Value, json};

pub const ORIGIN: &str = "http://127.0.0.1:7430";
pub const START: i64 = 1_800_000_000;
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub struct Rig {
    pub sandbox: Sandbox,
    pub server: TestServer,
    pub seconds: Arc<AtomicI64>,
}

pub fn settings(seconds: &Arc<AtomicI64>) -> SandboxSettings {
    let seconds = seconds.clone();
    SandboxSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: None,
        now: Arc::new(move || Timestamp::from_seconds(seconds.load(Ordering::Relaxed))),
    }
}

impl Rig {
    pub fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(START));
        let sandbox = Sandbox::open(ORIGIN, &settings(&seconds)).unwrap();
        let server = TestServer::new(sandbox.router());
        Self { sandbox, server, seconds }
    }

    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub async fn client(&self, authentication: ClientAuthentication) -> SandboxClient {
        let wish = NewSandboxClient { authentication, lifetime_seconds: 20, public_jwk: None };
        self.sandbox.add_client(&wish).await.unwrap()
    }

    pub fn issuer(&self) -> String {
        format!("{ORIGIN}/{}/as", self.sandbox.environment_id())
    }

    pub fn token_path(&self) -> String {
        format!("/{}/as/token", self.sandbox.environment_id())
    }

    pub async fn post(&self, form: &[(&str, &str)]) -> TestResponse {
        self.server.post(&self.token_path()).form(&form).await
    }

    pub async fn basic(&self, id: &str, secret: &str, form: &[(&str, &str)]) -> TestResponse {
        let value = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        self.server.post(&self.token_path()).add_header("authorization", value).form(&form).await
    }

    pub async fn obtain(&self, client: &SandboxClient) -> TestResponse {
        self.basic(&client.client_id, client.client_secret.expose(), &[("grant_type", "client_credentials")]).await
    }

    pub async fn assert_with(&self, assertion: &str) -> TestResponse {
        self.post(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ])
        .await
    }

    pub fn claims(&self, client: &SandboxClient, jti: &str) -> Value {
        json!({ "iss": client.client_id, "sub": client.client_id, "aud": self.issuer(), "jti": jti, "exp": START + 60 })
    }
}

pub fn refusal(response: &TestResponse) -> (u16, String, String) {
    let body: Value = response.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (response.status_code().as_u16(), text("error"), text("error_description"))
}

pub fn is_refused(response: &TestResponse, error: &str, words: &str) {
    let (status, code, description) = refusal(response);
    let expected = if error == "invalid_client" { 401 } else { 400 };
    assert_eq!((status, code.as_str()), (expected, error), "{description}");
    assert!(description.contains(words), "{description}");
}
