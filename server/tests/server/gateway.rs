//! The gateway through the real router, with the sandbox as the provider behind it.

use domain::api::account::Role;
use domain::api::gateway::{ApiPath, REGION_HEADER, TOKEN_HEADER, UPSTREAM_HEADER};
use domain::api::providers::{AddProvider, NewSandboxClient, ProviderForm};
use domain::api::{Code, REQUEST_HEADER};
use domain::id::ProviderId;
use domain::provider::{AssertionAudience, GatewayRules, ProviderKind, Region};
use domain::secret::Secret;
use sandbox::{Fault, FaultPlan, RateGroup, RateLimit, Scene};
use serde_json::Value;
use server::state::SANDBOX_ID;

use crate::rig::{Answer, Browser, Rig};
use crate::sandboxed;

struct Stage {
    rig: Rig,
    browser: Browser,
    environment: String,
    token: Secret,
}

impl Stage {
    async fn new() -> Self {
        Self::with(sandboxed::wish()).await
    }

    async fn with(wish: NewSandboxClient) -> Self {
        let rig = sandboxed::rig().await;
        let mut admin = rig.admin().await;
        let mut browser = rig.person(&mut admin, "bob", Role::User).await;
        let (client, token) = sandboxed::token(&mut browser, wish).await;
        Self { rig, browser, environment: client.environment_id, token }
    }

    fn sandbox(&self) -> &sandbox::Running {
        &self.rig.state.sandbox.as_ref().unwrap().running
    }

    /// A call below the sandbox's own environment.
    async fn get(&mut self, rest: &str) -> Answer {
        let path = format!("environments/{}/{rest}", self.environment);
        self.send("GET", &path, &[], "").await
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![(TOKEN_HEADER, self.token.expose())];
        all.extend_from_slice(headers);
        self.browser.send(method, &format!("/api/v1/gateway/{SANDBOX_ID}/{path}"), &all, body).await
    }
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_list_is_read_page_by_page_through_the_links_the_provider_gives() {
    let mut stage = Stage::new().await;
    let first = stage.get("users?limit=200").await;
    assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "application/json"));
    assert!(first.header(UPSTREAM_HEADER).starts_with("127.0.0.1:"));
    assert_eq!((first.header("cache-control"), first.header("x-content-type-options")), ("no-store", "nosniff"));
    let base = stage.rig.state.sandbox.as_ref().unwrap().provider.api_base(None).unwrap();
    let (mut page, mut count) = (json(&first), 0);
    loop {
        count += page["_embedded"]["users"].as_array().unwrap().len();
        let Some(link) = page["_links"]["next"]["href"].as_str() else { break };
        let path = ApiPath::of_link(&base, link).unwrap();
        let next = stage.send("GET", path.as_str(), &[], "").await;
        page = json(&next);
    }
    assert_eq!(count, 3_000);
}

#[tokio::test]
async fn a_refusal_of_the_providers_is_told_from_one_of_ours_by_a_header() {
    let mut stage = Stage::new().await;
    stage.token = Secret::new("not.a.token");
    let theirs = stage.get("users").await;
    assert_eq!((theirs.status.as_u16(), theirs.header("content-type")), (401, "application/json"));
    assert_eq!(json(&theirs)["details"][0]["code"], "INVALID_TOKEN");
    assert_ne!(theirs.header(UPSTREAM_HEADER), "");
    assert_eq!(theirs.header("www-authenticate"), "");
    stage.browser.cookie = None;
    let ours = stage.get("users").await;
    assert_eq!((ours.problem().code, ours.header(UPSTREAM_HEADER)), (Code::NotSignedIn, ""));
}

#[tokio::test]
async fn a_missing_role_is_passed_on_as_the_provider_says_it() {
    let mut stage = Stage::with(NewSandboxClient { roles: Vec::new(), ..sandboxed::wish() }).await;
    let answer = stage.get("users").await;
    assert_eq!(
        (answer.status.as_u16(), &json(&answer)["details"][0]["code"]),
        (403, &"INSUFFICIENT_PERMISSIONS".into())
    );
}

#[tokio::test]
async fn a_providers_limit_is_passed_on_with_its_wait() {
    let mut stage = Stage::new().await;
    stage.sandbox().set_limit(RateLimit { group: RateGroup::Directory, requests: 1, seconds: 60 });
    assert_eq!(stage.get("users?limit=1").await.status.as_u16(), 200);
    let answer = stage.get("users?limit=1").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "60"));
    assert_ne!(answer.header(UPSTREAM_HEADER), "");
}

#[tokio::test]
async fn faults_of_the_api_become_problems_or_are_passed_on() {
    let mut stage = Stage::new().await;
    for (fault, status, code) in [
        (Fault::Html, 502, Some(Code::UpstreamUnreadable)),
        (Fault::Redirect, 502, Some(Code::UpstreamUnreadable)),
        (Fault::Dropped, 502, Some(Code::UpstreamUnavailable)),
        (Fault::Failing, 500, None),
        (Fault::Unauthorized, 401, None),
    ] {
        stage.sandbox().set_fault(FaultPlan { fault: Some(fault), at: Scene::Api, ..FaultPlan::default() });
        let answer = stage.get("users").await;
        assert_eq!(answer.status.as_u16(), status, "{fault:?}");
        let ours = (answer.header("content-type") == "application/problem+json").then(|| answer.problem().code);
        assert_eq!(ours, code, "{fault:?}");
        assert_eq!(answer.header(UPSTREAM_HEADER).is_empty(), code.is_some(), "{fault:?}");
    }
}

#[tokio::test]
async fn paths_that_could_lead_elsewhere_are_not_called() {
    let mut stage = Stage::new().await;
    for path in [
        "../control/faults",
        "a/../../control",
        "%2e%2e/control",
        "a%2fb",
        "a%252fb",
        "a//b",
        "a//",
        "./a",
        "a%5cb",
        "a%00b",
    ] {
        let answer = stage.send("GET", path, &[], "").await;
        assert_eq!(answer.problem().code, Code::InvalidApiPath, "{path}");
    }
    let absolute = stage.send("GET", "https://evil.example/x", &[], "").await;
    assert_eq!(absolute.problem().code, Code::InvalidApiPath);
}

#[tokio::test]
async fn a_token_is_required_once_and_in_its_own_header_only() {
    let mut stage = Stage::new().await;
    let path = format!("/api/v1/gateway/{SANDBOX_ID}/environments");
    let token = stage.token.expose().to_owned();
    let bearer = format!("Bearer {token}");
    let twice = [(TOKEN_HEADER, token.as_str()), (TOKEN_HEADER, token.as_str())];
    for headers in
        [&[][..], &[("authorization", bearer.as_str())], &[(TOKEN_HEADER, "")], &[(TOKEN_HEADER, "a b")], &twice]
    {
        let answer = stage.browser.send("GET", &path, headers, "").await;
        assert_eq!(answer.problem().code, Code::TokenMissing, "{headers:?}");
    }
    assert_eq!(stage.browser.send("GET", &path, &twice[..1], "").await.status.as_u16(), 200);
}

#[tokio::test]
async fn only_the_search_of_activities_is_posted_and_only_from_our_own_pages() {
    let mut stage = Stage::new().await;
    let ours = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let search = format!("environments/{}/activities", stage.environment);
    let body = r#"{"filter":"recordedAt gt \"2027-01-01\" and recordedAt lt \"2027-01-15\"","limit":3}"#;
    let answer = stage.send("POST", &search, &ours, body).await;
    assert_eq!((answer.status.as_u16(), json(&answer)["size"].as_u64()), (200, Some(3)));
    let users = format!("environments/{}/users", stage.environment);
    assert_eq!(stage.send("POST", &users, &ours, body).await.problem().code, Code::MethodNotAllowed);
    assert_eq!(stage.send("POST", &search, &ours, "{").await.problem().code, Code::InvalidBody);
    assert_eq!(
        stage.send("POST", &search, &[("content-type", "application/json")], body).await.problem().code,
        Code::CrossSite
    );
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(stage.send(method, &users, &ours, "").await.problem().code, Code::MethodNotAllowed, "{method}");
    }
}

#[tokio::test]
async fn a_provider_or_region_no_admin_allowed_is_not_called() {
    let mut stage = Stage::new().await;
    let token = stage.token.expose().to_owned();
    let unknown = stage.browser.send("GET", "/api/v1/gateway/nobody/users", &[(TOKEN_HEADER, &token)], "").await;
    assert_eq!(unknown.problem().code, Code::ProviderNotAllowed);
    let mut admin = stage.rig.browser();
    admin.sign_in("ada", crate::rig::PASSWORD).await.unwrap();
    let kind = ProviderKind::PingOne { regions: vec![Region::Eu, Region::Ca], custom_domains: Vec::new() };
    let form = ProviderForm {
        name: "P".to_owned(),
        enabled: true,
        kind,
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    };
    let provider: ProviderId = admin.ask(AddProvider, form).await.unwrap().id;
    for region in [&[][..], &[(REGION_HEADER, "sg")], &[(REGION_HEADER, "mars")]] {
        let mut headers = vec![(TOKEN_HEADER, token.as_str())];
        headers.extend_from_slice(region);
        let answer = stage.browser.send("GET", &format!("/api/v1/gateway/{provider}/environments"), &headers, "").await;
        assert_eq!(answer.problem().code, Code::ProviderNotAllowed, "{region:?}");
    }
}

#[tokio::test]
async fn an_auditor_makes_no_calls() {
    let mut stage = Stage::new().await;
    let mut admin = stage.rig.browser();
    admin.sign_in("ada", crate::rig::PASSWORD).await.unwrap();
    stage.browser = stage.rig.person(&mut admin, "eve", Role::Auditor).await;
    assert_eq!(stage.get("users").await.problem().code, Code::NotAllowed);
}
