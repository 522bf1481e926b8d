//! How many site tokens people's browsers keep: told in numbers, seen at `/metrics` added up.

use axum::http::StatusCode;
use domain::api::account::{CurrentSession, Role, SignOut};
use domain::api::sync::DeleteSync;
use domain::api::tenants::{AddTenant, RemoveTenant, TellTokenCounts};
use domain::api::{Code, Endpoint, Problem, REQUEST_HEADER};
use domain::id::TenantId;
use domain::site::{MOST_TOLD, TOLD_FOR, TokenCounts};
use domain::tenant::{AllowedSites, TenantForm};
use domain::time::Span;

use crate::audit_log::recorded;
use crate::metrics::sample;
use crate::rig::{Browser, PASSWORD, Rig, code};
use crate::sync::begin;

const SOME: TokenCounts =
    TokenCounts { active: 6, expiring: 2, expired: 3, invalid: 1, revoked: 2, age_hours: 48, synced: false };

async fn own(browser: &mut Browser) -> TenantId {
    browser.ask(CurrentSession, ()).await.unwrap().tenant
}

async fn clinics(browser: &mut Browser) -> TenantId {
    let form = TenantForm { name: "Clinics".to_owned(), api: None, sites: AllowedSites::All, default_site: None };
    browser.ask(AddTenant, form).await.unwrap().id
}

async fn tell(browser: &mut Browser, id: &TenantId, counts: TokenCounts) -> Result<(), Problem> {
    browser.ask(TellTokenCounts { id: id.clone() }, counts).await
}

/// Tells a body as it stands.
async fn say(browser: &mut Browser, id: &TenantId, body: &str) -> (StatusCode, Option<Code>) {
    let path = TellTokenCounts::TEMPLATE.replace("{id}", id.as_str());
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answer = browser.send("PUT", &path, &headers, body).await;
    (answer.status, (!answer.status.is_success()).then(|| answer.problem().code))
}

/// The figures an admin reads: tokens in all, active, expiring, expired, invalid, revoked, average age in days, vaults.
async fn figures(admin: &mut Browser) -> [f64; 8] {
    let text = admin.get("/metrics").await.body;
    [
        "tokenkeep_site_tokens",
        "tokenkeep_site_tokens_by_status{status=\"active\"}",
        "tokenkeep_site_tokens_expiring",
        "tokenkeep_site_tokens_by_status{status=\"expired\"}",
        "tokenkeep_site_tokens_by_status{status=\"invalid\"}",
        "tokenkeep_site_tokens_by_status{status=\"revoked\"}",
        "tokenkeep_site_token_age_days",
        "tokenkeep_site_token_vaults",
    ]
    .map(|name| sample(&text, name).unwrap_or_else(|| panic!("{name} is not in {text}")))
}

#[tokio::test]
async fn what_browsers_tell_is_added_up_over_people_and_tenants_and_names_nobody() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    assert_eq!(figures(&mut ada).await, [0.0; 8], "nobody told anything yet");
    let (adas, bobs, added) = (own(&mut ada).await, own(&mut bob).await, clinics(&mut bob).await);
    tell(&mut ada, &adas, SOME).await.unwrap();
    tell(&mut bob, &bobs, TokenCounts { active: 4, age_hours: 96, ..TokenCounts::default() }).await.unwrap();
    tell(&mut bob, &added, TokenCounts::default()).await.unwrap();
    // Twelve are two days old, four are four.
    assert_eq!(figures(&mut ada).await, [16.0, 10.0, 2.0, 3.0, 1.0, 2.0, 2.5, 3.0]);
    let text = ada.get("/metrics").await.body;
    for name in ["bob", "ada", "Clinics", adas.as_str(), bobs.as_str(), added.as_str()] {
        assert!(!text.contains(name), "{name}");
    }
}

#[tokio::test]
async fn the_newest_word_replaces_the_one_before_and_goes_after_a_day_or_with_the_tenant() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let (own, added) = (own(&mut ada).await, clinics(&mut ada).await);
    tell(&mut ada, &own, SOME).await.unwrap();
    tell(&mut ada, &added, SOME).await.unwrap();
    let newer = TokenCounts { active: 1, ..TokenCounts::default() };
    tell(&mut ada, &own, newer).await.unwrap();
    assert_eq!(figures(&mut ada).await[0], 13.0);
    ada.ask(RemoveTenant { id: added }, ()).await.unwrap();
    assert_eq!(figures(&mut ada).await, [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    let told = rig.state.clock.now();
    rig.wait(Span::from_millis(TOLD_FOR.millis() - 1));
    assert_eq!(rig.state.store.token_counts(rig.state.clock.now() - TOLD_FOR).await.unwrap().active, 1);
    rig.wait(Span::from_millis(1));
    let counted = rig.state.store.token_counts(rig.state.clock.now() - TOLD_FOR).await.unwrap();
    assert_eq!(counted.vaults, 0, "what was told a day ago is not known to stand");
    server::serve::sweep_once(&rig.state).await;
    let left = rig.state.store.token_counts(told - Span::from_seconds(1)).await.unwrap();
    assert_eq!(left.vaults, 0, "and the sweep removes it");
}

#[tokio::test]
async fn each_browser_of_a_person_counts_and_what_they_sync_counts_once() {
    let rig = Rig::new().await;
    let mut desk = rig.admin().await;
    let mut phone = rig.browser();
    phone.sign_in("ada", PASSWORD).await.unwrap();
    let id = own(&mut desk).await;
    let two = TokenCounts { active: 2, ..TokenCounts::default() };
    tell(&mut desk, &id, SOME).await.unwrap();
    tell(&mut phone, &id, two).await.unwrap();
    let seen = figures(&mut desk).await;
    assert_eq!((seen[0], seen[7]), (14.0, 2.0));
    // Both take part in the copy now: what each had by itself is in it.
    begin(&mut desk, &id).await;
    for browser in [&mut desk, &mut phone] {
        tell(browser, &id, TokenCounts { active: 8, synced: true, ..TokenCounts::default() }).await.unwrap();
    }
    let seen = figures(&mut desk).await;
    assert_eq!((seen[0], seen[7]), (8.0, 1.0));
    // One leaves it again; the copy stays what the other keeps.
    tell(&mut phone, &id, two).await.unwrap();
    assert_eq!(figures(&mut desk).await[0], 10.0);
    phone.ask(SignOut, ()).await.unwrap();
    let seen = figures(&mut desk).await;
    assert_eq!((seen[0], seen[7]), (8.0, 1.0), "who signed out is not known to keep anything");
    desk.ask(DeleteSync { id }, ()).await.unwrap();
    assert_eq!(figures(&mut desk).await[0], 0.0, "the copy's count goes with it");
}

#[tokio::test]
async fn absurd_counts_and_whatever_else_is_no_count_are_refused_and_change_nothing() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let id = own(&mut ada).await;
    tell(&mut ada, &id, SOME).await.unwrap();
    for absurd in [
        TokenCounts { active: MOST_TOLD + 1, ..SOME },
        TokenCounts { active: u32::MAX, expired: u32::MAX, invalid: u32::MAX, revoked: u32::MAX, ..SOME },
        TokenCounts { expiring: 7, ..SOME },
        TokenCounts { age_hours: u32::MAX, ..SOME },
    ] {
        assert_eq!(code(tell(&mut ada, &id, absurd).await), Some(Code::InvalidFields), "{absurd:?}");
    }
    let fine = serde_json::to_string(&SOME).unwrap();
    for (from, to) in [
        ("\"active\":6", "\"active\":-6"),
        ("\"active\":6", "\"active\":6.5"),
        ("\"active\":6", "\"active\":1e99"),
        ("\"active\":6", "\"active\":\"6\""),
        ("\"active\":6,", ""),
        ("{", "{\"site\":\"omaha\","),
        ("{", "{\"token\":\"eyJ.eyJ.x\","),
    ] {
        let body = fine.replacen(from, to, 1);
        assert_ne!(body, fine);
        assert_eq!(say(&mut ada, &id, &body).await.1, Some(Code::InvalidBody), "{body}");
    }
    let long = fine.replacen('{', &format!("{{{}", " ".repeat(70_000)), 1);
    assert_ne!(say(&mut ada, &id, &long).await.1, None, "a body of 70 kB");
    assert_eq!(figures(&mut ada).await[0], 12.0);
}

#[tokio::test]
async fn whoever_is_signed_in_tells_only_of_a_tenant_of_their_own_and_not_without_end() {
    let rig = Rig::new().await;
    let mut ada = rig.admin().await;
    let mut ida = rig.person(&mut ada, "ida", Role::Auditor).await;
    let id = own(&mut ada).await;
    let idas = own(&mut ida).await;
    let before = recorded(&rig).await.len();
    assert_eq!(
        code(tell(&mut ida, &idas, TokenCounts::default()).await),
        None,
        "an auditor's browser opens a vault, too"
    );
    assert_eq!(recorded(&rig).await.len(), before, "counts are no events");
    assert_eq!(code(tell(&mut rig.browser(), &id, SOME).await), Some(Code::NotSignedIn));
    let mut bob = rig.person(&mut ada, "bob", Role::User).await;
    assert_eq!(code(tell(&mut bob, &id, SOME).await), Some(Code::TenantUnknown));
    assert_eq!(figures(&mut ada).await[7], 1.0);
    for _ in 0..60 {
        tell(&mut ada, &id, SOME).await.unwrap();
    }
    let problem = tell(&mut ada, &id, SOME).await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after), (Code::TooManyRequests, Some(1)));
    rig.wait(Span::from_seconds(2));
    assert_eq!(code(tell(&mut ada, &id, SOME).await), None);
}
