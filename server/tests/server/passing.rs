//! Calls of a site API through the real router: every rule, every bound, every failure.

mod answers;
mod bounds;
mod failures;
mod handshakes;
mod hostile;
mod kept;
mod known;
mod rules;
mod secrets;
mod sockets;
mod tokens;
mod windows;

use domain::api::REQUEST_HEADER;
use domain::api::gateway::{ApiPath, SITE_HEADER, TOKEN_HEADER};
use domain::api::providers::{AddProvider, ProviderForm};
use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, DEFAULT_TEST_PATH, GatewayRules, ProviderKind};
use server::settings::Settings;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::rig::{Answer, Browser, Rig};

pub const TOKEN: &str = "canary-header.canary-claims.canary-signature";
pub const SITE: &str = "ses_omaha";

/// A server with one provider of site tokens on loopback, and its first admin.
pub struct Stage {
    pub rig: Rig,
    pub admin: Browser,
    pub provider: ProviderId,
}

impl Stage {
    /// With an API at `origin`.
    pub async fn at(origin: &str, rules: GatewayRules) -> Self {
        Self::with(origin, rules, |_| {}).await
    }

    /// With an API at `origin`, and other settings.
    pub async fn with(origin: &str, rules: GatewayRules, change: impl FnOnce(&mut Settings)) -> Self {
        let url = HttpsUrl::parse(origin).unwrap();
        let rig = Rig::with(|settings| {
            settings.loopback_origins = vec![url.clone()];
            settings.upstream.tries = 1;
            change(settings);
        })
        .await;
        let mut admin = rig.admin().await;
        let provider = admin.ask(AddProvider, form(origin, rules)).await.unwrap().id;
        Self { rig, admin, provider }
    }

    /// A call with a token, for a site.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// A call of any method, as our own pages make it.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)];
        all.extend_from_slice(headers);
        self.bare(method, path, &all, body).await
    }

    /// A call with these headers and no others of its own.
    pub async fn bare(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin")];
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        let path = format!("/api/v1/gateway/{}/{path}", self.provider);
        self.admin.send(method, &path, &all, body).await
    }
}

pub fn form(origin: &str, gateway: GatewayRules) -> ProviderForm {
    let kind = ProviderKind::SiteApi {
        base: HttpsUrl::parse(&format!("{origin}/api")).unwrap(),
        test_path: ApiPath::parse(DEFAULT_TEST_PATH).unwrap(),
        refresh_path: None,
    };
    let assertion_audience = AssertionAudience::Issuer;
    ProviderForm { name: "Sites".to_owned(), enabled: true, kind, assertion_audience, gateway }
}

/// An API that answers everything with `template`.
pub async fn api(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

pub fn json(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

pub async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}
