//! What is around every request.

use domain::api::account::CurrentSession;
use domain::api::{Code, REQUEST_HEADER};
use domain::time::Span;
use server::state::AppState;

use crate::rig::{Browser, PASSWORD, Rig, code};

const SIGN_IN: &str = r#"{"username":"ada","password":"correct horse battery"}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn the_own_origin_is_enough_where_the_browser_sends_no_fetch_metadata() {
    let rig = Rig::new().await;
    rig.admin().await;
    let headers = [(REQUEST_HEADER, "1"), ("origin", "http://127.0.0.1:7420"), JSON];
    let answer = rig.browser().send("POST", "/api/v1/session", &headers, SIGN_IN).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
}

#[tokio::test]
async fn behind_a_public_address_only_that_one_is_the_own_origin() {
    let rig = Rig::with(|settings| settings.public_url = Some("https://tokens.example.com".to_owned())).await;
    rig.admin().await;
    for (origin, status) in [("https://tokens.example.com", 200), ("http://127.0.0.1:7420", 403)] {
        let headers = [(REQUEST_HEADER, "1"), ("origin", origin), JSON];
        let answer = rig.browser().send("POST", "/api/v1/session", &headers, SIGN_IN).await;
        assert_eq!(answer.status.as_u16(), status, "{origin}");
    }
}

#[tokio::test]
async fn a_name_bound_anew_to_loopback_by_another_site_reaches_nothing() {
    let rig = Rig::new().await;
    for host in ["evil.example:7420", "127.0.0.1.evil.example", "", "localhost.evil.example:7420"] {
        let answer = rig.browser().send("GET", "/api/v1/setup", &[("host", host)], "").await;
        assert_eq!(answer.problem().code, Code::CrossSite, "{host}");
    }
    for host in ["localhost:7420", "[::1]:7420", "127.0.0.1"] {
        let answer = rig.browser().send("GET", "/api/v1/setup", &[("host", host)], "").await;
        assert_eq!(answer.status.as_u16(), 200, "{host}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_it() {
    let rig = Rig::new().await;
    for path in ["/api/v1/setup", "/sign-in", "/setup", "/nothing", "/api/nothing", "/health/live", "/api/openapi.json"]
    {
        let answer = rig.browser().get(path).await;
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert!(!answer.header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: not over plain HTTP");
    }
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_any_other_replaced() {
    let rig = Rig::new().await;
    let kept = rig.browser().send("GET", "/health/live", &[("x-request-id", "proxy-12345")], "").await;
    assert_eq!(kept.header("x-request-id"), "proxy-12345");
    for id in ["short", "with blank in it", &"x".repeat(65)] {
        let replaced = rig.browser().send("GET", "/health/live", &[("x-request-id", id)], "").await;
        assert_eq!(replaced.header("x-request-id").len(), 32, "{id}");
    }
}

#[tokio::test]
async fn too_many_requests_from_one_address_wait_and_others_do_not() {
    let rig = Rig::with(|settings| settings.limits.per_address = 5).await;
    let mut browser = rig.browser();
    for _ in 0..5 {
        assert_eq!(browser.get("/api/v1/setup").await.status.as_u16(), 200);
    }
    let refused = browser.get("/api/v1/setup").await;
    assert_eq!((refused.problem().code, refused.header("retry-after")), (Code::TooManyRequests, "12"));
    let mut other = Browser { address: "198.51.100.1".parse().unwrap(), ..rig.browser() };
    assert_eq!(other.get("/api/v1/setup").await.status.as_u16(), 200);
    rig.wait(Span::from_seconds(12));
    assert_eq!(browser.get("/api/v1/setup").await.status.as_u16(), 200);
}

#[tokio::test]
async fn too_many_requests_of_one_person_wait_wherever_they_come_from() {
    let rig = Rig::with(|settings| settings.limits.per_user = 3).await;
    let mut admin = rig.admin().await;
    for last in 1..=3 {
        admin.address = [198, 51, 100, last].into();
        assert!(admin.ask(CurrentSession, ()).await.is_ok());
    }
    assert_eq!(code(admin.ask(CurrentSession, ()).await), Some(Code::TooManyRequests));
}

fn behind_a_proxy(settings: &mut server::settings::Settings) {
    settings.trusted_proxies = vec!["192.0.2.0/24".parse().unwrap()];
}

#[tokio::test]
async fn a_trusted_proxy_says_where_a_request_comes_from_and_that_it_was_tls() {
    let rig = Rig::with(behind_a_proxy).await;
    let headers = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("host", "tokens.example.com")];
    let answer = rig.browser().send("GET", "/api/v1/setup", &headers, "").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000");
    let mut admin = rig.admin().await;
    let mut own = vec![(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), JSON];
    own.extend(headers);
    assert_eq!(admin.send("POST", "/api/v1/session", &own, SIGN_IN).await.status.as_u16(), 200);
    let sessions = rig.state.store.sessions(&ada(&rig.state).await).await.unwrap();
    assert_eq!(sessions[0].last.address, "203.0.113.9");
}

#[tokio::test]
async fn a_stranger_who_claims_to_be_a_proxy_is_not_believed() {
    let rig = Rig::new().await;
    let headers = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
    let answer = rig.browser().send("GET", "/api/v1/setup", &headers, "").await;
    assert_eq!(answer.header("strict-transport-security"), "");
}

async fn ada(state: &AppState) -> domain::id::UserId {
    state.store.user_by_name("ada").await.unwrap().unwrap().id
}

#[tokio::test]
async fn safari_on_plain_loopback_gets_the_plain_cookie_and_nobody_else() {
    let rig = Rig::new().await;
    rig.admin().await;
    let mut safari = rig.browser();
    safari.user_agent =
        "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15".to_owned();
    safari.sign_in("ada", PASSWORD).await.unwrap();
    assert!(safari.cookie.clone().unwrap().starts_with("tokenkeep="));
    assert!(safari.ask(CurrentSession, ()).await.is_ok());
    let mut other = rig.browser();
    other.cookie = safari.cookie;
    assert_eq!(code(other.ask(CurrentSession, ()).await), Some(Code::NotSignedIn));
}

#[tokio::test]
async fn readiness_ends_when_the_server_is_told_to_stop() {
    let rig = Rig::new().await;
    assert_eq!(rig.browser().get("/health/ready").await.status.as_u16(), 204);
    rig.state.in_flight.stop();
    assert_eq!(rig.browser().get("/health/ready").await.problem().code, Code::Unavailable);
    assert_eq!(rig.browser().get("/health/live").await.status.as_u16(), 204);
}
