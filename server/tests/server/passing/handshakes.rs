//! Which WebSockets are opened at all: all that is asked of a call holds for the handshake.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::api::Code;
use domain::api::account::Role;
use domain::api::gateway::{
    RATE_REMAINING_HEADER, SOCKET_PROTOCOL, SOCKET_SITE, SOCKET_TENANT, SOCKET_TOKEN, TENANT_HEADER, UPSTREAM_HEADER,
};
use domain::api::tenants::AddTenant;
use domain::audit::{Action, Outcome};
use domain::provider::PathPattern;
use domain::site::SiteId;
use domain::tenant::{AllowedSites, TenantForm};

use super::hostile::raw;
use super::sockets::{KEY, api, open, protocols};
use super::*;
use crate::audit_log::recorded;

const OURS: (&str, &str) = ("origin", "http://127.0.0.1:7420");

/// A handshake with these headers; it is answered before any connection is taken over.
async fn shake(stage: &mut Stage, path: &str, more: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v1/gateway/{}/{path}", stage.provider);
    let mut headers = vec![
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", KEY),
    ];
    if !more.iter().any(|(name, _)| *name == "sec-websocket-protocol") {
        headers.extend([(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)]);
    }
    for (name, value) in more {
        headers.retain(|(there, _)| there != name);
        headers.push((name, value));
    }
    stage.admin.send("GET", &path, &headers, "").await
}

#[tokio::test]
async fn only_our_own_pages_open_a_websocket_and_others_attempts_are_recorded() {
    let api = api(None).await;
    let mut stage = Stage::at(&api.0, GatewayRules::default()).await;
    for more in [
        &[][..],
        &[("origin", "https://evil.example")],
        &[("origin", "https://127.0.0.1:7420")],
        &[("origin", "http://127.0.0.1:7421")],
        &[("origin", "null")],
        &[OURS, ("sec-fetch-site", "same-site")],
        &[OURS, ("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example"), (REQUEST_HEADER, "1")],
    ] {
        let refused = shake(&mut stage, "live", more).await;
        assert_eq!((refused.problem().code, refused.header(UPSTREAM_HEADER)), (Code::CrossSite, ""), "{more:?}");
        let event = recorded(&stage.rig).await.pop().unwrap().entry;
        assert_eq!((event.action, event.outcome), (Action::Refused, Outcome::Refused), "{more:?}");
    }
    assert!(!api.1.is_finished(), "nothing was sent to the provider");
    let counted = shake(&mut stage, "nowhere", &[OURS, (SITE_HEADER, SITE)]).await;
    assert_eq!(counted.header(RATE_REMAINING_HEADER), "99", "another site's attempts use up no window");
}

#[tokio::test]
async fn a_session_and_a_role_that_may_call_are_needed() {
    let api = api(None).await;
    let mut stage = Stage::at(&api.0, GatewayRules::default()).await;
    let auditor = stage.rig.person(&mut stage.admin, "eve", Role::Auditor).await;
    let nobody = stage.rig.browser();
    for (browser, code) in [(auditor, Code::NotAllowed), (nobody, Code::NotSignedIn)] {
        stage.admin = browser;
        assert_eq!(shake(&mut stage, "live", &[OURS]).await.problem().code, code);
    }
    assert!(!api.1.is_finished(), "nothing was sent to the provider");
}

#[tokio::test]
async fn rules_tenants_and_the_window_of_a_site_hold_for_the_handshake() {
    let accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n";
    let origin = raw(accepted.as_bytes().to_vec(), false).await;
    let rules = GatewayRules {
        paths: vec![PathPattern::parse("GET live/**").unwrap()],
        per_minute: Some(2),
        ..GatewayRules::default()
    };
    let mut stage = Stage::at(&origin, rules).await;
    assert_eq!(shake(&mut stage, "points/x", &[OURS]).await.problem().code, Code::CallNotAllowed);
    assert_eq!(shake(&mut stage, "live/..%2fpoints", &[OURS]).await.problem().code, Code::InvalidApiPath);

    let sites = AllowedSites::Only(vec![SiteId::parse("ses_lincoln").unwrap()]);
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites, default_site: None };
    let tenant = stage.admin.ask(AddTenant, form).await.unwrap().id.to_string();
    let there = |site: &str, tenant: &str| {
        let (token, site) = (URL_SAFE_NO_PAD.encode(TOKEN), URL_SAFE_NO_PAD.encode(site));
        format!("{SOCKET_PROTOCOL}, {SOCKET_TOKEN}{token}, {SOCKET_SITE}{site}, {SOCKET_TENANT}{tenant}")
    };
    for (words, code) in [
        (there(SITE, &tenant), Code::SiteNotAllowed),
        (there("ses_lincoln", "somebody-elses"), Code::TenantUnknown),
        (format!("{SOCKET_PROTOCOL}, {SOCKET_SITE}{}", URL_SAFE_NO_PAD.encode(SITE)), Code::TokenMissing),
        (format!("{SOCKET_PROTOCOL}, {SOCKET_TOKEN}***"), Code::TokenMissing),
    ] {
        let more = [OURS, ("sec-websocket-protocol", words.as_str())];
        assert_eq!(shake(&mut stage, "live/a", &more).await.problem().code, code, "{words}");
    }
    assert_eq!(
        shake(&mut stage, "live/a", &[OURS, (TENANT_HEADER, &tenant)]).await.problem().code,
        Code::SiteNotAllowed
    );

    for (left, code) in [("1", Code::UpstreamUnreadable), ("0", Code::UpstreamUnreadable), ("0", Code::TooManyRequests)]
    {
        let answer = shake(&mut stage, "live/a", &[OURS]).await;
        assert_eq!((answer.header(RATE_REMAINING_HEADER), answer.problem().code), (left, code));
    }
}

#[tokio::test]
async fn what_is_no_handshake_of_a_websocket_is_refused() {
    let api = api(None).await;
    let mut stage = Stage::at(&api.0, GatewayRules::default()).await;
    for more in [("sec-websocket-version", "8"), ("sec-websocket-key", "short")] {
        assert_eq!(shake(&mut stage, "live", &[OURS, more]).await.problem().code, Code::InvalidBody, "{more:?}");
    }
    assert!(!api.1.is_finished(), "nothing was sent to the provider");
}

#[tokio::test]
async fn a_person_has_so_many_sockets_and_streams_at_once() {
    let (origin, api) = api(None).await;
    let mut stage =
        Stage::with(&origin, GatewayRules::default(), |settings| settings.gateway.streams_per_user = 1).await;
    let (_, page) = open(&stage, &protocols("")).await;
    let (_, provider) = api.await.unwrap();
    assert_eq!(shake(&mut stage, "live", &[OURS]).await.problem().code, Code::TooManyStreams);
    drop((page, provider));
    stage.rig.state.in_flight.finished().await;
    assert_eq!(stage.rig.state.streams.count(), 0);
}

#[tokio::test]
async fn a_handshake_the_api_does_not_keep_to_opens_nothing() {
    let accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    for (answer, code) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncanary".to_owned(), Code::UpstreamUnreadable),
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\n\r\n".to_owned(), Code::UpstreamUnreadable),
        (format!("{accepted}Sec-WebSocket-Accept: wrong\r\n\r\n"), Code::UpstreamUnreadable),
        (format!("{accepted}\r\n"), Code::UpstreamUnreadable),
        (String::new(), Code::UpstreamUnavailable),
    ] {
        let origin = raw(answer.clone().into_bytes(), false).await;
        let mut stage = Stage::at(&origin, GatewayRules::default()).await;
        let refused = shake(&mut stage, "live", &[OURS]).await;
        assert_eq!((refused.problem().code, refused.header(UPSTREAM_HEADER)), (code, ""), "{answer}");
        assert!(!refused.body.contains("canary"));
        assert_eq!(stage.rig.state.streams.count(), 0);
    }
}

#[tokio::test]
async fn a_provider_that_refuses_is_told_by_its_own_status_and_a_refused_token_is_recorded() {
    for (status, recorded_as) in [("401", "http_401"), ("403", "http_403"), ("404", ""), ("503", "")] {
        let answer = format!("HTTP/1.1 {status} No\r\nretry-after: 7\r\ncontent-length: 6\r\n\r\ncanary");
        let origin = raw(answer.into_bytes(), false).await;
        let mut stage = Stage::at(&origin, GatewayRules::default()).await;
        let refused = shake(&mut stage, "live", &[OURS]).await;
        assert_eq!((refused.status.as_str(), refused.body.as_str(), refused.header("retry-after")), (status, "", "7"));
        assert_eq!(refused.header(UPSTREAM_HEADER), origin.strip_prefix("http://").unwrap());
        assert_eq!(stage.rig.state.streams.count(), 0);
        let event = recorded(&stage.rig).await.pop().unwrap().entry;
        let failed = event.reason.map(String::from).filter(|_| event.action == Action::TokenFailed);
        assert_eq!(failed.unwrap_or_default(), recorded_as, "{status}");
    }
}

#[tokio::test]
async fn an_api_that_chooses_a_subprotocol_nobody_offered_opens_nothing() {
    let (origin, _api) = api(Some("tokenkeep")).await;
    let mut stage = Stage::at(&origin, GatewayRules::default()).await;
    let refused = shake(&mut stage, "live", &[OURS]).await.problem();
    assert!(refused.code == Code::UpstreamUnreadable && refused.detail.contains("not offered"), "{}", refused.detail);
}
