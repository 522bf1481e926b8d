//! Nothing of one person or tenant is readable, listed or counted in another's: tried on every route there is, with every
//! identifier that belongs to somebody else. A route that is added and not named in [`case`] fails these tests.

use domain::api::account::{CurrentSession, Role, Sessions};
use domain::api::providers::ChangeProvider;
use domain::api::sync::PushSync;
use domain::api::{Access, Code, Method, REQUEST_HEADER};
use domain::audit::{Action, Event, Filter, Label};
use domain::id::TenantId;
use domain::provider::GatewayRules;
use domain::time::Span;
use server::routes::{Route, api};

use crate::audit_log::recorded;
use crate::canaries::{every_byte_of, holds, logged};
use crate::page::{Page, org_key};
use crate::provider::Scene;
use crate::rig::{Answer, Browser, PASSWORD};
use bobs::{Bobs, NAMES, SECRETS, bobs, push, what_bob_sees};
use cases::{Attempt, Reach, case, plain};

mod bobs;
mod cases;

const HEADERS: [(&str, &str); 3] =
    [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];

/// With every method allowed, a call that is refused is refused for whose it is.
async fn allow_every_method(scene: &Scene) {
    let methods = vec![Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let rules = GatewayRules { methods, ..GatewayRules::default() };
    let change = ChangeProvider { id: scene.provider.clone() };
    let form = crate::passing::form(&scene.upstream.uri(), rules);
    scene.admin.clone().ask(change, form).await.unwrap();
}

async fn try_it(browser: &mut Browser, route: &Route, attempt: &Attempt) -> Answer {
    let mut headers = HEADERS.to_vec();
    headers.extend(attempt.headers.iter().map(|(name, value)| (*name, value.as_str())));
    browser.send(route.method.name(), &attempt.path, &headers, &attempt.body).await
}

/// Everything an answer says, headers and all.
fn text_of(answer: &Answer) -> String {
    format!("{:?} {}", answer.headers, answer.body)
}

/// Whether somebody's refused request stands in the log.
fn is_recorded(events: &[Event], username: &str, route: &Route) -> bool {
    let label = format!("{} {}", route.method.name(), route.template);
    events.iter().any(|event| {
        let entry = &event.entry;
        let whose = (entry.action, entry.username.as_deref(), entry.label.as_ref().map(Label::as_str));
        whose == (Action::Refused, Some(username), Some(&label))
    })
}

fn may(role: Role, access: Access) -> bool {
    match access {
        Access::Public | Access::OrgToken | Access::SignedIn => true,
        Access::Member => role != Role::Auditor,
        Access::Auditing => role != Role::User,
        Access::Admin => role == Role::Admin,
    }
}

/// Tries one route as somebody who is not bob.
async fn trespass(scene: &Scene, bobs: &Bobs, browser: &Browser, (name, role): (&str, Role), route: &Route) {
    let what = format!("{name} {} {}", route.method.name(), route.template);
    let reach = case(route, bobs, scene.provider.as_str());
    let (attempts, refusal, is_named) = match reach {
        Reach::Named(attempts, code) => (attempts, code, true),
        _ => (vec![plain(route, bobs)], None, false),
    };
    for attempt in attempts {
        let before = recorded(&scene.rig).await.len();
        let answer = try_it(&mut browser.clone(), route, &attempt).await;
        let said = text_of(&answer);
        let secrets = SECRETS.iter().copied().chain([bobs.half_text.as_str()]);
        assert_eq!(secrets.into_iter().find(|secret| said.contains(secret)), None, "{what}: {said}");
        // The audit log is there to name things, to those who may read it.
        let names_allowed = route.template.starts_with("/api/v1/audit/") && may(role, route.access);
        if !names_allowed {
            assert_eq!(NAMES.iter().find(|name| said.contains(*name)), None, "{what}: {said}");
        }
        let expected = if may(role, route.access) { refusal } else { Some(Code::NotAllowed) };
        match expected {
            Some(expected) => {
                assert!(!answer.status.is_success(), "{what}: {said}");
                assert_eq!(answer.problem().code, expected, "{what} {}", attempt.path);
            }
            None => assert!(!is_named || answer.body.is_empty(), "{what}: {said}"),
        }
        if is_named || expected.is_some() {
            let events = recorded(&scene.rig).await;
            assert!(is_recorded(&events[before..], name, route), "{what} is not in the audit log");
        }
        // One person's refusals are recorded sixty times a minute; the test asks more often than people do.
        scene.rig.wait(Span::from_seconds(2));
    }
}

#[tokio::test]
async fn what_is_one_persons_is_refused_to_every_other_on_every_route_and_the_attempt_is_recorded() {
    let scene = Scene::new().await;
    let mut bobs = bobs(&scene).await;
    allow_every_method(&scene).await;
    let mut admin = scene.admin.clone();
    let mut seen = what_bob_sees(&mut bobs).await;
    assert!(
        seen.iter().any(|text| text.contains("canary-tenant")) && seen.iter().any(|text| text.contains(SECRETS[4]))
    );
    for (name, role) in [("eve", Role::User), ("ida", Role::Auditor), ("oda", Role::Admin)] {
        let browser = scene.rig.person(&mut admin, name, role).await;
        for route in api().table {
            // What ends the session of who asks is asked in a session of its own.
            let ends = route.template.starts_with("/api/v1/session") && route.method == Method::Delete;
            let mut other = scene.rig.browser();
            if ends {
                other.sign_in(name, PASSWORD).await.unwrap();
            }
            trespass(&scene, &bobs, if ends { &other } else { &browser }, (name, role), &route).await;
        }
    }
    // A session's last use moves with time, nothing else may.
    assert_eq!(what_bob_sees(&mut bobs).await, std::mem::take(&mut seen));
}

#[tokio::test]
async fn what_one_person_does_changes_no_answer_to_another() {
    let scene = Scene::new().await;
    let mut admin = scene.admin.clone();
    let eve = scene.rig.person(&mut admin, "eve", Role::User).await;
    let eves = eve.clone().ask(CurrentSession, ()).await.unwrap().tenant;
    let all = async || {
        let mut answers = Vec::new();
        for route in api().table.into_iter().filter(|route| route.method == Method::Get) {
            let path = route.template.replace("/sync/{id}", &format!("/sync/{eves}"));
            let path = path.replace("{id}", "nobody").replace("{provider}", "nobody").replace("{*path}", "things");
            let answer = eve.clone().send("GET", &path, &HEADERS, "").await;
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
            let body = match body {
                serde_json::Value::Object(mut fields) => {
                    fields.remove("request_id");
                    serde_json::Value::Object(fields)
                }
                other => other,
            };
            answers.push((path, answer.status, body));
        }
        answers
    };
    let before = all().await;
    bobs(&scene).await;
    assert_eq!(all().await, before);
}

#[tokio::test]
async fn two_tenants_of_one_person_share_nothing_they_keep_on_the_server() {
    let scene = Scene::new().await;
    let mut bobs = bobs(&scene).await;
    let own = bobs.browser.get(&format!("/api/v1/sync/{}", bobs.own)).await.body;
    assert!(!own.contains("canary") && own.contains("\"copy\":null"), "{own}");
    let swapped = bobs.browser.ask(PushSync { id: bobs.own.clone() }, push(&bobs.copy, &bobs.key)).await;
    assert_eq!(swapped.unwrap_err().code, Code::SyncCopyGone, "a copy is filled under its own tenant only");
    let narrowed = Filter { tenant: Some(bobs.own.clone()), ..Filter::default() };
    for event in scene.rig.state.store.events(&narrowed, None, 500).await.unwrap() {
        assert_eq!(event.entry.tenant.as_ref(), Some(&bobs.own));
        assert_ne!(event.entry.label.as_ref().map(Label::as_str), Some("canary-label"));
    }
}

#[tokio::test]
async fn a_visitor_with_another_key_or_of_another_site_finds_no_conversation() {
    let scene = Scene::new().await;
    let bobs = bobs(&scene).await;
    let mut admin = scene.admin.clone();
    let org = org_key(&mut admin, "Other", "https://other.example.com").await;
    let mut page = Page::new(&scene.rig, &org, "https://other.example.com");
    page.boot().await.unwrap();
    page.begin("another-random-key-01").await.unwrap();
    let id = domain::id::ConversationId::new(bobs.conversation.as_str());
    assert_eq!(page.read(&id, "").await.unwrap_err().code, Code::ConversationUnknown);
    assert_eq!(page.write(&id, "message-1", "Mine").await.unwrap_err().code, Code::ConversationUnknown);
    let visitors = api().table.into_iter().filter(|route| matches!(case(route, &bobs, "p"), Reach::Visitors));
    assert_eq!(visitors.count(), 2, "each route for visitors is tried here");
}

#[tokio::test]
async fn no_secret_reaches_log_lines_the_audit_log_its_exports_or_the_database_in_clear() {
    let scene = Scene::new().await;
    let mut half = String::new();
    let lines = logged(async { half = bobs(&scene).await.half_text }).await;
    let mut admin = scene.admin.clone();
    let csv = admin.get(domain::api::audit::EXPORT_CSV).await.body;
    let json = admin.get(domain::api::audit::EXPORT_JSON).await.body;
    let metrics = admin.get("/metrics").await.body;
    assert!(
        csv.contains("canary-label") && json.contains("canary-site") && lines.contains("answered"),
        "all was there"
    );
    for secret in SECRETS.iter().copied().chain([half.as_str(), PASSWORD]) {
        for (place, text) in [("log", &lines), ("csv", &csv), ("json", &json), ("metrics", &metrics)] {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }
    for name in NAMES {
        assert!(!metrics.contains(name) && !lines.contains(name), "{name}");
    }
    let bytes = every_byte_of(&scene.rig.state.settings.data);
    // What a browser sealed lies there as it came; everything else must not.
    let sealed = ["canary-keyring", "Y2FuYXJ5LWl0ZW0="];
    for secret in SECRETS.iter().filter(|secret| !sealed.contains(secret)).copied().chain([half.as_str(), PASSWORD]) {
        assert!(!holds(&bytes, secret), "{secret}");
    }
    assert!(holds(&bytes, "canary-label"), "the right files were searched");
}
