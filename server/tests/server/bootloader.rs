//! The bootloader, the org token it gives, and the keys that are published for it.

use domain::api::Code;
use domain::api::org::{ChangeOrgKey, RevokeOrgKey, RotateOrgKey, RotateSigningKey, Rotation, SigningKeys};
use domain::api::widget::{BeginConversation, Bootloader, JWKS_PATH, SITE_ID_HEADER};
use domain::api::{Endpoint, Problem};
use domain::time::Span;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde_json::Value;
use server::org_tokens::{Claims, OrgTokens};

use crate::page::{ORIGIN, Page, allowed, form, org_key, read};
use crate::rig::{Browser, Rig, code};

async fn scene() -> (Rig, Browser, Page, domain::api::org::OrgKey) {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let page = Page::new(&rig, &org, ORIGIN);
    (rig, admin, page, org)
}

/// Reads a token as any other program would: with the published keys.
async fn verified(rig: &Rig, token: &str) -> Option<Claims> {
    let published = rig.browser().get(JWKS_PATH).await;
    assert_eq!(allowed(&published.headers), Some("*"));
    let keys: JwkSet = serde_json::from_str(&published.body).unwrap();
    let key = keys.find(&jsonwebtoken::decode_header(token).unwrap().kid.unwrap())?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&["http://127.0.0.1:7420/api/v1/widget"]);
    validation.set_issuer(&["http://127.0.0.1:7420"]);
    let read = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_jwk(key).unwrap(), &validation);
    Some(read.unwrap().claims)
}

#[tokio::test]
async fn an_allowed_origin_gets_a_token_that_others_can_check() {
    let (rig, _, mut page, org) = scene().await;
    let answer = page.boot_answer().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(allowed(&answer.headers), Some(ORIGIN));
    assert_eq!(answer.header("vary"), "Origin");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let boot: domain::api::widget::Boot = read(&answer).unwrap();
    assert_eq!(
        (&boot.org.id, boot.org.name.as_str(), boot.expires_in, boot.config_version),
        (&org.id, "Example", 60, 1)
    );
    let claims = verified(&rig, boot.org_token.expose()).await.unwrap();
    assert_eq!((claims.sub, claims.exp - claims.iat, claims.iat), (org.id, 60, 1_800_000_000));
    assert_eq!(claims.origin.unwrap().as_str(), ORIGIN);
    assert_eq!(claims.jti.len(), 32);
}

#[tokio::test]
async fn the_site_id_does_as_well_and_must_fit_a_key_beside_it() {
    let (_rig, mut admin, mut page, org) = scene().await;
    let other = org_key(&mut admin, "Other", "https://other.example").await;
    let mut boot = async |headers: &[(&str, &str)]| -> Result<domain::api::widget::Boot, Problem> {
        read(&page.send("GET", Bootloader::TEMPLATE, headers, "").await)
    };
    assert_eq!(boot(&[(SITE_ID_HEADER, org.id.as_str())]).await.unwrap().org.id, org.id);
    assert!(boot(&[(SITE_ID_HEADER, org.id.as_str()), ("x-org-key", &org.key)]).await.is_ok());
    let both = boot(&[(SITE_ID_HEADER, other.id.as_str()), ("x-org-key", &org.key)]).await;
    assert_eq!(code(both), Some(Code::OrgKeyUnknown));
    assert_eq!(code(boot(&[]).await), Some(Code::OrgKeyMissing));
    assert_eq!(code(boot(&[("x-org-key", "org_00")]).await), Some(Code::OrgKeyUnknown));
}

#[tokio::test]
async fn another_origin_is_refused_and_can_read_nothing() {
    let (rig, _, _, org) = scene().await;
    for origin in [
        "https://evil.example",
        "http://www.example.com",
        "https://www.example.com:8443",
        "null",
        "https://example.com",
    ] {
        let answer = Page::new(&rig, &org, origin).boot_answer().await;
        assert_eq!(answer.problem().code, Code::OriginNotAllowed, "{origin}");
        assert_eq!(allowed(&answer.headers), None, "{origin}");
    }
}

#[tokio::test]
async fn a_request_without_an_origin_gets_a_token_that_works_without_one_only() {
    let (rig, _, page, org) = scene().await;
    let mut program = Page::new(&rig, &org, "");
    program.boot().await.unwrap();
    assert!(verified(&rig, &program.token).await.unwrap().origin.is_none());
    assert!(program.begin("a-random-key-000001").await.is_ok());
    let mut thief = Page { token: program.token.clone(), ..page };
    assert_eq!(code(thief.begin("a-random-key-000002").await), Some(Code::OriginNotAllowed));
    let mut own = Page { origin: "http://127.0.0.1:7420".to_owned(), ..program };
    assert!(own.begin("a-random-key-000003").await.is_ok(), "our own origin counts as none");
}

#[tokio::test]
async fn a_preflight_is_answered_for_origins_some_key_names() {
    let (rig, _, mut page, org) = scene().await;
    let ask = [("access-control-request-method", "GET"), ("access-control-request-headers", "x-org-key")];
    for path in [Bootloader::TEMPLATE, BeginConversation::TEMPLATE, "/api/v1/widget/conversations/1/messages"] {
        let answer = page.send("OPTIONS", path, &ask, "").await;
        assert_eq!((answer.status.as_u16(), allowed(&answer.headers)), (204, Some(ORIGIN)), "{path}");
        assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
        for header in ["x-org-key", "x-site-id", "x-visitor-key", "authorization", "content-type", "idempotency-key"] {
            assert!(answer.header("access-control-allow-headers").split(", ").any(|name| name == header), "{header}");
        }
    }
    for origin in ["https://evil.example", "null"] {
        let answer = Page::new(&rig, &org, origin).send("OPTIONS", Bootloader::TEMPLATE, &ask, "").await;
        assert_eq!((answer.problem().code, allowed(&answer.headers)), (Code::OriginNotAllowed, None));
    }
    let elsewhere = page.send("OPTIONS", "/api/v1/org-keys", &ask, "").await;
    assert_eq!(allowed(&elsewhere.headers), None);
}

#[tokio::test]
async fn the_request_beyond_the_limit_says_when_to_come_back_and_can_be_read() {
    let (rig, _, mut page, _) = scene().await;
    for _ in 0..120 {
        page.boot().await.unwrap();
    }
    let answer = page.boot_answer().await;
    assert_eq!((answer.problem().code, answer.header("retry-after")), (Code::TooManyRequests, "1"));
    assert_eq!(allowed(&answer.headers), Some(ORIGIN));
    assert!(answer.header("access-control-expose-headers").contains("retry-after"));
    assert!(page.clone().at([192, 0, 2, 9]).boot().await.is_ok(), "another address is counted by itself");
    rig.wait(Span::from_seconds(1));
    assert!(page.boot().await.is_ok());
}

#[tokio::test]
async fn a_refusal_of_the_whole_address_can_be_read_by_the_page() {
    let rig = Rig::with(|settings| settings.limits.per_address = 5).await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let mut page = Page::new(&rig, &org, ORIGIN);
    let mut last = page.boot_answer().await;
    for _ in 0..5 {
        last = page.boot_answer().await;
    }
    assert_eq!((last.status.as_u16(), allowed(&last.headers)), (429, Some(ORIGIN)));
}

#[tokio::test]
async fn an_old_key_works_for_the_overlap_and_no_longer() {
    let (rig, mut admin, mut page, org) = scene().await;
    let rotation = Rotation { overlap_seconds: 100 };
    let rotated = admin.ask(RotateOrgKey { id: org.id.clone() }, rotation).await.unwrap();
    assert_ne!(rotated.key, org.key);
    assert_eq!(rotated.retiring[0].key, org.key);
    assert!(page.boot().await.is_ok());
    rig.wait(Span::from_seconds(100));
    assert_eq!(code(page.boot().await), Some(Code::OrgKeyUnknown));
    page.key = rotated.key;
    assert_eq!(page.boot().await.unwrap().config_version, 2);
}

#[tokio::test]
async fn a_revoked_key_gives_nothing_and_ends_its_tokens_and_the_page_can_read_that() {
    let (_rig, mut admin, mut page, org) = scene().await;
    page.boot().await.unwrap();
    admin.ask(RevokeOrgKey { id: org.id }, ()).await.unwrap();
    let answer = page.boot_answer().await;
    assert_eq!((answer.problem().code, allowed(&answer.headers)), (Code::OrgKeyUnknown, Some(ORIGIN)));
    assert_eq!(code(page.begin("a-random-key-000001").await), Some(Code::OrgKeyRevoked));
}

#[tokio::test]
async fn an_origin_that_was_taken_away_ends_its_tokens() {
    let (_rig, mut admin, mut page, org) = scene().await;
    page.boot().await.unwrap();
    admin.ask(ChangeOrgKey { id: org.id }, form("Example", "https://new.example")).await.unwrap();
    assert_eq!(code(page.begin("a-random-key-000001").await), Some(Code::OriginNotAllowed));
}

#[tokio::test]
async fn a_token_ends_when_it_says_so() {
    let (rig, _, mut page, _) = scene().await;
    page.boot().await.unwrap();
    rig.wait(Span::from_seconds(59));
    assert!(page.begin("a-random-key-000001").await.is_ok());
    rig.wait(Span::from_seconds(3));
    let answer = page.call(BeginConversation, "", "a-random-key-000002", "").await;
    assert_eq!(answer.problem().code, Code::OrgTokenExpired);
    assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    assert_eq!(allowed(&answer.headers), Some(ORIGIN));
}

/// A token's parts, changed and put together again.
fn forged(token: &str, change: impl FnOnce(&mut Value, &mut Value)) -> String {
    use base64::Engine;
    let codec = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let parts: Vec<&str> = token.split('.').collect();
    let part = |text: &str| serde_json::from_slice::<Value>(&codec.decode(text).unwrap()).unwrap();
    let (mut header, mut claims) = (part(parts[0]), part(parts[1]));
    change(&mut header, &mut claims);
    format!("{}.{}.{}", codec.encode(header.to_string()), codec.encode(claims.to_string()), parts[2])
}

#[tokio::test]
async fn a_token_that_was_changed_is_none_of_ours() {
    let (_rig, _, mut page, _) = scene().await;
    assert_eq!(code(page.begin("a-random-key-000001").await), Some(Code::OrgTokenMissing));
    page.boot().await.unwrap();
    let good = page.token.clone();
    for token in [
        forged(&good, |_, claims| claims["exp"] = 4_000_000_000_i64.into()),
        forged(&good, |_, claims| claims["sub"] = "another".into()),
        forged(&good, |header, _| header["alg"] = "none".into()),
        forged(&good, |header, _| header["alg"] = "HS256".into()),
        forged(&good, |header, _| header["kid"] = "another".into()),
        forged(&good, |header, _| header["crit"] = serde_json::json!(["exp"])),
        good.rsplit_once('.').unwrap().0.to_owned(),
        "x".repeat(5_000),
        "a.b.c".to_owned(),
    ] {
        page.token = token.clone();
        assert_eq!(code(page.begin("a-random-key-000001").await), Some(Code::OrgTokenInvalid), "{token}");
    }
    page.token = good;
    assert!(page.begin("a-random-key-000001").await.is_ok());
}

#[tokio::test]
async fn tokens_of_a_replaced_signing_key_work_until_they_end() {
    let (rig, mut admin, mut page, _) = scene().await;
    page.boot().await.unwrap();
    let old = page.token.clone();
    let keys = admin.ask(RotateSigningKey, ()).await.unwrap();
    assert_eq!((keys.len(), keys[0].retired_at), (2, None));
    assert!(keys[1].published_until > keys[1].retired_at);
    assert!(page.begin("a-random-key-000001").await.is_ok());
    page.boot().await.unwrap();
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!((kid(&old), kid(&page.token)), (keys[1].kid.clone(), keys[0].kid.clone()));
    rig.wait(Span::from_seconds(3_600 + 60));
    assert_eq!(admin.ask(SigningKeys, ()).await.unwrap().len(), 1);
    assert!(verified(&rig, &old).await.is_none());
}

#[tokio::test]
async fn an_old_signing_key_is_replaced_by_itself() {
    let (rig, mut admin, mut page, _) = scene().await;
    page.boot().await.unwrap();
    let first = admin.ask(SigningKeys, ()).await.unwrap()[0].kid.clone();
    rig.wait(Span::from_seconds(30 * 86_400));
    page.boot().await.unwrap();
    let mut admin = rig.browser();
    admin.sign_in("ada", crate::rig::PASSWORD).await.unwrap();
    assert_ne!(admin.ask(SigningKeys, ()).await.unwrap()[0].kid, first);
}

#[tokio::test]
async fn without_the_servers_secret_a_new_key_signs_and_old_tokens_still_work() {
    let (rig, _, mut page, org) = scene().await;
    page.boot().await.unwrap();
    std::fs::remove_file(rig.state.settings.secret_file()).unwrap();
    let rig = rig.change(|state| {
        let ports = (state.store.clone(), state.clock.clone(), state.entropy.clone());
        state.org_tokens = OrgTokens::new(&state.settings, ports.0, ports.1, ports.2).into();
    });
    let mut restarted = Page::new(&rig, &org, ORIGIN);
    restarted.boot().await.unwrap();
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_ne!(kid(&page.token), kid(&restarted.token));
    restarted.token = page.token;
    assert!(restarted.begin("a-random-key-000001").await.is_ok());
}
