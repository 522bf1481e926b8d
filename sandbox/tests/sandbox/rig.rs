use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum_test::{TestResponse, TestServer};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::api::providers::{NewSandboxClient, SandboxClient, SandboxRole};
use domain::provider::ClientAuthentication;
use domain::time::Timestamp;
use sandbox::{RateGroup, RateLimit, Sandbox, SandboxSettings};
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
        let wish =
            NewSandboxClient { authentication, lifetime_seconds: 20, public_jwk: None, roles: SandboxRole::all() };
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

/// A client of the sandbox with its token, ready to ask the management API.
pub struct Caller<'a> {
    rig: &'a Rig,
    pub client: SandboxClient,
    pub token: String,
}

impl Rig {
    /// A client with all roles.
    pub async fn caller(&self) -> Caller<'_> {
        self.caller_with(SandboxRole::all()).await
    }

    pub async fn caller_with(&self, roles: Vec<SandboxRole>) -> Caller<'_> {
        let authentication = ClientAuthentication::ClientSecretBasic;
        let wish = NewSandboxClient { authentication, lifetime_seconds: 3_600, public_jwk: None, roles };
        let client = self.sandbox.add_client(&wish).await.unwrap();
        let answer: Value = self.obtain(&client).await.json();
        Caller { rig: self, client, token: answer["access_token"].as_str().unwrap().to_owned() }
    }

    /// A path below the sandbox's own environment.
    pub fn environment(&self, rest: &str) -> String {
        format!("/v1/environments/{}{rest}", self.sandbox.environment_id())
    }

    /// No limit stands in the way of a test that asks a lot.
    pub fn without_limits(&self) {
        for group in [RateGroup::Audit, RateGroup::Analytics, RateGroup::Config, RateGroup::Directory] {
            self.sandbox.set_limit(RateLimit { group, requests: 1_000_000, seconds: 1 });
        }
    }

    /// `introspect` or `revoke`, as the client itself.
    pub async fn about(&self, what: &str, client: &SandboxClient, token: &str) -> TestResponse {
        let value =
            format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret.expose())));
        let path = format!("/{}/as/{what}", self.sandbox.environment_id());
        self.server.post(&path).add_header("authorization", value).form(&[("token", token)]).await
    }
}

impl Caller<'_> {
    pub async fn get(&self, path: &str) -> TestResponse {
        self.rig.server.get(path).add_header("authorization", format!("Bearer {}", self.token)).await
    }

    /// With a filter, which is escaped as an address wants it.
    pub async fn filtered(&self, path: &str, filter: &str, more: &[(&str, &str)]) -> TestResponse {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("filter", filter).extend_pairs(more);
        self.get(&format!("{path}?{}", query.finish())).await
    }

    /// A page behind a path in the sandbox's own environment.
    pub async fn read(&self, rest: &str) -> Value {
        let response = self.get(&self.rig.environment(rest)).await;
        assert_eq!(response.status_code(), 200, "{rest}: {}", response.text());
        response.json()
    }

    /// The page a link leads to.
    pub async fn follow(&self, page: &Value) -> Option<Value> {
        let href = page["_links"]["next"]["href"].as_str()?;
        Some(self.get(href.strip_prefix(ORIGIN).unwrap()).await.json())
    }

    /// Every item of a list, page by page.
    pub async fn all(&self, mut page: Value, name: &str) -> Vec<Value> {
        let mut items = list(&page, name);
        while let Some(next) = self.follow(&page).await {
            items.extend(list(&next, name));
            page = next;
        }
        items
    }
}

/// The items on a page.
pub fn list(page: &Value, name: &str) -> Vec<Value> {
    page["_embedded"][name].as_array().unwrap_or_else(|| panic!("{page}")).clone()
}

/// A refusal of the management API: status, code and the code of its first detail.
pub fn api_refusal(response: &TestResponse) -> (u16, String, String) {
    let body: Value = response.json();
    assert!(body["id"].is_string() && body["message"].is_string(), "{body}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (response.status_code().as_u16(), text(&body["code"]), text(&body["details"][0]["code"]))
}

pub fn refused(status: u16, code: &str, detail: &str) -> (u16, String, String) {
    (status, code.to_owned(), detail.to_owned())
}
