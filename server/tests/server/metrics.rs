//! `/metrics`: who may read it, and what it says.

use std::net::IpAddr;

use axum::http::StatusCode;
use domain::api::Code;
use domain::api::account::Role;
use domain::api::gateway::{SITE_HEADER, TOKEN_HEADER};
use domain::audit::Action;
use wiremock::ResponseTemplate;

use crate::audit_log::recorded;
use crate::provider::{Scene, refusal};
use crate::rig::{Answer, Browser, Rig};

const PATH: &str = "/metrics";
const TOKEN: &str = "scraper-0123456789";

async fn with_token(browser: &mut Browser, token: &str) -> Answer {
    browser.send("GET", PATH, &[("authorization", &format!("Bearer {token}"))], "").await
}

/// The value of a sample, by its whole name with labels.
pub fn sample(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn admins_and_auditors_read_it_and_whoever_else_asks_is_refused_and_recorded() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut auditor = rig.person(&mut admin, "ida", Role::Auditor).await;
    let mut user = rig.person(&mut admin, "bob", Role::User).await;
    for browser in [&mut admin, &mut auditor] {
        let answer = browser.get(PATH).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8")
        );
    }
    let before = recorded(&rig).await.len();
    assert_eq!(user.get(PATH).await.problem().code, Code::NotAllowed);
    assert_eq!(rig.browser().get(PATH).await.problem().code, Code::NotSignedIn);
    let refused: Vec<_> = recorded(&rig).await.split_off(before).into_iter().map(|event| event.entry.action).collect();
    assert_eq!(refused, [Action::Refused, Action::Refused]);
}

#[tokio::test]
async fn a_scraper_reads_it_with_the_token_that_stands_in_the_file_now() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let rig = Rig::with(|settings| settings.metrics.token_file = Some(file.clone())).await;
    let mut scraper = rig.browser();
    assert_eq!(with_token(&mut scraper, TOKEN).await.problem().code, Code::NotSignedIn, "no file yet");
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    assert_eq!(with_token(&mut scraper, TOKEN).await.status, StatusCode::OK);
    assert_eq!(with_token(&mut scraper, "scraper-0123456780").await.problem().code, Code::NotSignedIn);
    assert_eq!(with_token(&mut scraper, "").await.problem().code, Code::NotSignedIn);
    std::fs::write(&file, "short").unwrap();
    assert_eq!(
        with_token(&mut scraper, "short").await.problem().code,
        Code::NotSignedIn,
        "a token that can be guessed"
    );
}

#[tokio::test]
async fn networks_the_settings_name_need_no_token() {
    let rig = Rig::with(|settings| settings.metrics.networks = vec!["10.1.0.0/16".parse().unwrap()]).await;
    let inside = Browser { address: IpAddr::from([10, 1, 2, 3]), ..rig.browser() }.get(PATH).await;
    assert_eq!(inside.status, StatusCode::OK);
    let outside = Browser { address: IpAddr::from([10, 2, 2, 3]), ..rig.browser() }.get(PATH).await;
    assert_eq!(outside.problem().code, Code::NotSignedIn);
}

#[tokio::test]
async fn it_counts_requests_grants_refused_tokens_sessions_and_events_and_names_nothing_a_caller_chose() {
    let scene = Scene::new().await;
    let (rig, mut admin) = (&scene.rig, scene.admin.clone());
    scene.answers(ResponseTemplate::new(401)).await;
    let path = format!("/api/v1/gateway/{}/canary-path", scene.provider);
    let headers = [(TOKEN_HEADER, "canary-token"), (SITE_HEADER, "canary-site")];
    assert_eq!(admin.send("GET", &path, &headers, "").await.status, StatusCode::UNAUTHORIZED);
    scene.answers(refusal()).await;
    scene.obtain(&mut admin, "canary-secret", "key-0000000000000001").await.unwrap_err();
    rig.browser().send("CANARY-METHOD", "/canary-page", &[("user-agent", "canary-agent")], "").await;
    rig.browser().get("/api/v1/users").await;

    let text = admin.get(PATH).await.body;
    let host = scene.upstream.address().to_string();
    let gateway = format!("tokenkeep_gateway_calls_total{{host=\"{host}\",status=\"401\"}}");
    let (events, chain) = (recorded(rig).await, rig.state.store.chain().await.unwrap());
    for (name, value) in [
        (gateway.as_str(), 1.0),
        ("tokenkeep_token_errors_total", 1.0),
        ("tokenkeep_grants_total{outcome=\"refused\"}", 1.0),
        ("tokenkeep_refusals_total{reason=\"not_signed_in\",recorded=\"true\"}", 1.0),
        ("tokenkeep_audit_events_total{action=\"token:failed\",outcome=\"refused\"}", 1.0),
        ("tokenkeep_sessions", 1.0),
        ("tokenkeep_alerts_open", 0.0),
        ("tokenkeep_audit_head", f64::from(u32::try_from(chain.last).unwrap())),
        ("tokenkeep_audit_events_kept", f64::from(u32::try_from(events.len()).unwrap())),
        ("tokenkeep_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"401\"}", 1.0),
    ] {
        assert_eq!(sample(&text, name), Some(value), "{name}\n{text}");
    }
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    let mut families: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let all = families.len();
    families.dedup_by_key(|line| line.split(' ').next().unwrap());
    assert_eq!(families.len(), all, "each family stands once");
}
