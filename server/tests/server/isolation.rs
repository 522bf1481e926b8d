//! Nothing of one person or tenant is readable, listed or counted in another's: tried on every route there is, with every
//! identifier that belongs to somebody else. A route that is added and not named in [`case`] fails these tests.

use domain::api::account::{CurrentSession, Role, Sessions};
use domain::api::providers::ChangeProvider;
use domain::api::sync::{BeginSync, NewSyncCopy, PushSync, PushedItem, SyncKeyringChange, SyncPush};
use domain::api::tenants::{AddTenant, Tenants};
use domain::api::vault::{GetVaultHalf, MakeVaultHalf, NewHalf};
use domain::api::{Access, Code, Method, REQUEST_HEADER};
use domain::audit::{Action, Event, Filter, Label, Report, Reports};
use domain::id::{HalfId, ReportId, SessionId, SyncCopyId, SyncItemId, SyncKeyId, TenantId};
use domain::provider::GatewayRules;
use domain::site::SiteId;
use domain::tenant::{AllowedSites, TenantForm};
use domain::time::{Span, Timestamp};
use server::routes::{Route, api};
use wiremock::ResponseTemplate;

use crate::audit_log::recorded;
use crate::canaries::{every_byte_of, holds, logged};
use crate::page::{ORIGIN, Page, org_key};
use crate::provider::{Scene, token};
use crate::rig::{Answer, Browser, PASSWORD};

const HEADERS: [(&str, &str); 3] =
    [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];

/// Names bob gave: his alone, besides that the audit log has them for those who read it.
const NAMES: [&str; 3] = ["canary-tenant", "canary-site", "canary-label"];

/// Secrets bob used: in no answer to anybody else, in no log line, event or export.
const SECRETS: [&str; 5] =
    ["canary-client-secret", "canary-access-token", "canary-gateway-token", "canary-keyring", "Y2FuYXJ5LWl0ZW0="];

/// What bob has, in a tenant he added beside his own.
struct Bobs {
    browser: Browser,
    own: TenantId,
    clinics: TenantId,
    half: HalfId,
    half_text: String,
    session: SessionId,
    copy: SyncCopyId,
    key: SyncKeyId,
    /// The conversation of a visitor, which is nobody else's.
    conversation: String,
}

/// What a route could give away.
enum Reach {
    /// Nothing that is anybody's own.
    Nobodys,
    /// One's own, found by the session alone.
    OnesOwn,
    /// What admins keep for all, and auditors read; the audit log is of this kind.
    Shared,
    /// What somebody names: refused to everybody but whom it belongs to, with this code; or, without one, answered as if it
    /// were gone already.
    Named(Vec<Attempt>, Option<Code>),
    /// A visitor's, opened by their key.
    Visitors,
}

/// One request for something of bob's.
struct Attempt {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Attempt {
    fn at(path: String) -> Self {
        Self { path, headers: Vec::new(), body: String::new() }
    }

    fn with<T: serde::Serialize>(self, body: &T) -> Self {
        Self { body: serde_json::to_string(body).unwrap(), ..self }
    }
}

fn form(name: &str) -> TenantForm {
    let site = SiteId::parse("canary-site").unwrap();
    TenantForm { name: name.to_owned(), sites: AllowedSites::Only(vec![site]), default_site: None }
}

fn push(copy: &SyncCopyId, key: &SyncKeyId) -> SyncPush {
    let id = SyncItemId::from_random(1);
    let sealed = "Y2FuYXJ5LWl0ZW0=".to_owned();
    let items = vec![PushedItem { id, replaces: 0, generation: 1, removed: false, sealed }];
    SyncPush { copy: copy.clone(), key: key.clone(), items }
}

fn report(number: u128, tenant: &TenantId) -> Reports {
    let mut report = Report::new(ReportId::from_random(number), Timestamp::from_seconds(1), Action::TokenAdded);
    report.tenant = Some(tenant.clone());
    report.label = Label::of("canary-label");
    Reports { reports: vec![report] }
}

/// What is tried on a route. Whoever adds a route says here what it could give away.
fn case(route: &Route, bobs: &Bobs, provider: &str) -> Reach {
    let tenants = || [&bobs.clinics, &bobs.own].into_iter();
    let here = |id: &dyn std::fmt::Display| Attempt::at(route.template.replace("{id}", &id.to_string()));
    let name = format!("{} {}", route.method.name(), route.template);
    match name.as_str() {
        "GET /api/v1/setup"
        | "POST /api/v1/setup"
        | "POST /api/v1/session"
        | "GET /api/bootloader"
        | "POST /api/v1/invitations/accept"
        | "POST /api/v1/widget/conversations"
        | "GET /api/v1/default-token"
        | "POST /api/v1/token"
        | "POST /api/v1/token/verification"
        | "POST /api/v1/introspect"
        | "POST /api/v1/revoke"
        | "POST /api/v1/sandbox/clients"
        | "POST /api/v1/sandbox/site-tokens" => Reach::Nobodys,
        "GET /api/v1/session"
        | "DELETE /api/v1/session"
        | "POST /api/v1/account/password"
        | "GET /api/v1/sessions"
        | "DELETE /api/v1/sessions"
        | "GET /api/v1/tenants"
        | "POST /api/v1/tenants" => Reach::OnesOwn,
        "GET /api/v1/users"
        | "PATCH /api/v1/users/{id}"
        | "POST /api/v1/invitations"
        | "GET /api/v1/providers"
        | "POST /api/v1/providers"
        | "PUT /api/v1/providers/{id}"
        | "DELETE /api/v1/providers/{id}"
        | "POST /api/v1/providers/discovery"
        | "GET /api/v1/org-keys"
        | "POST /api/v1/org-keys"
        | "PUT /api/v1/org-keys/{id}"
        | "DELETE /api/v1/org-keys/{id}"
        | "POST /api/v1/org-keys/{id}/rotation"
        | "GET /api/v1/signing-keys"
        | "POST /api/v1/signing-keys/rotation"
        | "GET /api/v1/conversations"
        | "GET /api/v1/conversations/{id}"
        | "POST /api/v1/conversations/{id}/closure"
        | "POST /api/v1/conversations/{id}/messages"
        | "POST /api/v1/conversations/{id}/read"
        | "GET /api/v1/audit/events"
        | "GET /api/v1/audit/events.csv"
        | "GET /api/v1/audit/events.jsonl"
        | "GET /api/v1/audit/alerts"
        | "POST /api/v1/audit/alerts/{id}/acknowledgement" => Reach::Shared,
        "GET /api/v1/widget/conversations/{id}" | "POST /api/v1/widget/conversations/{id}/messages" => Reach::Visitors,
        "PUT /api/v1/tenants/{id}" => {
            Reach::Named(tenants().map(|id| here(id).with(&form("Mine now"))).collect(), Some(Code::TenantUnknown))
        }
        "DELETE /api/v1/tenants/{id}" | "GET /api/v1/sync/{id}" | "DELETE /api/v1/sync/{id}" => {
            Reach::Named(tenants().map(|id| here(id)).collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/sync/{id}" => {
            let body = push(&bobs.copy, &bobs.key);
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/sync/{id}/copy" => {
            let body = NewSyncCopy { key: SyncKeyId::from_random(9), keyring: "mine".to_owned() };
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "PUT /api/v1/sync/{id}/keyring" => {
            let (replaces, keyring) = ("canary-keyring".to_owned(), "mine".to_owned());
            let body = SyncKeyringChange { copy: bobs.copy.clone(), key: bobs.key.clone(), replaces, keyring };
            Reach::Named(tenants().map(|id| here(id).with(&body)).collect(), Some(Code::TenantUnknown))
        }
        "DELETE /api/v1/sessions/{id}" => Reach::Named(vec![here(&bobs.session)], Some(Code::NotFound)),
        "GET /api/v1/vault/halves/{id}" => Reach::Named(vec![here(&bobs.half)], Some(Code::VaultHalfUnknown)),
        "DELETE /api/v1/vault/halves/{id}" => Reach::Named(vec![here(&bobs.half)], None),
        "POST /api/v1/vault/halves" => {
            let body = |tenant: &TenantId| NewHalf { tenant: tenant.clone() };
            let all = tenants().map(|id| Attempt::at(route.template.to_owned()).with(&body(id)));
            Reach::Named(all.collect(), Some(Code::TenantUnknown))
        }
        "POST /api/v1/audit/reports" => {
            let all = tenants().map(|id| Attempt::at(route.template.to_owned()).with(&report(99, id)));
            Reach::Named(all.collect(), Some(Code::TenantUnknown))
        }
        "GET /api/v1/gateway/{provider}/{*path}"
        | "POST /api/v1/gateway/{provider}/{*path}"
        | "PUT /api/v1/gateway/{provider}/{*path}"
        | "PATCH /api/v1/gateway/{provider}/{*path}"
        | "DELETE /api/v1/gateway/{provider}/{*path}" => {
            let call = |tenant: &TenantId| {
                let mut attempt = Attempt::at(format!("/api/v1/gateway/{provider}/things"));
                let header = |name, value: &str| (name, value.to_owned());
                attempt.headers.push(header(domain::api::gateway::TENANT_HEADER, tenant.as_str()));
                attempt.headers.push(header(domain::api::gateway::TOKEN_HEADER, "eves-token"));
                attempt
            };
            Reach::Named(tenants().map(call).collect(), Some(Code::TenantUnknown))
        }
        _ => panic!("{name} is named in no case: say in isolation.rs what it could give away, and try it"),
    }
}

/// A scene in which bob has something of everything.
async fn bobs(scene: &Scene) -> Bobs {
    let mut admin = scene.admin.clone();
    let mut browser = scene.rig.person(&mut admin, "bob", Role::User).await;
    let own = browser.ask(CurrentSession, ()).await.unwrap().tenant;
    let clinics = browser.ask(AddTenant, form("canary-tenant")).await.unwrap().id;
    let key = SyncKeyId::from_random(1);
    let new = NewSyncCopy { key: key.clone(), keyring: "canary-keyring".to_owned() };
    let copy = browser.ask(BeginSync { id: clinics.clone() }, new).await.unwrap().id;
    browser.ask(PushSync { id: clinics.clone() }, push(&copy, &key)).await.unwrap();
    let half = browser.ask(MakeVaultHalf, NewHalf { tenant: clinics.clone() }).await.unwrap();
    browser.ask(domain::api::audit::ReportEvents, report(1, &clinics)).await.unwrap();
    scene.answers(token("canary-access-token")).await;
    scene.obtain(&mut browser, "canary-client-secret", "a-key-of-bobs-0001").await.unwrap();
    scene.answers(ResponseTemplate::new(401)).await;
    let path = format!("/api/v1/gateway/{}/things", scene.provider);
    let headers = [
        (domain::api::gateway::TOKEN_HEADER, "canary-gateway-token"),
        (domain::api::gateway::SITE_HEADER, "canary-site"),
        (domain::api::gateway::TENANT_HEADER, clinics.as_str()),
    ];
    assert_eq!(browser.send("GET", &path, &headers, "").await.status.as_u16(), 401);
    let session = browser.ask(Sessions, ()).await.unwrap()[0].id.clone();
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let conversation = Page::booted(&scene.rig, &org).await.begin("a-random-key-000001").await.unwrap().id.to_string();
    let (half, half_text) = (half.id, half.half.expose().to_owned());
    Bobs { browser, own, clinics, half, half_text, session, copy, key, conversation }
}

/// With every method allowed, a call that is refused is refused for whose it is.
async fn allow_every_method(scene: &Scene) {
    let methods = vec![Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];
    let rules = GatewayRules { methods, ..GatewayRules::default() };
    let change = ChangeProvider { id: scene.provider.clone() };
    let form = crate::passing::form(&scene.upstream.uri(), rules);
    scene.admin.clone().ask(change, form).await.unwrap();
}

/// What bob sees of his own: it stays as it is, whatever others try.
async fn what_bob_sees(bobs: &mut Bobs) -> Vec<String> {
    let mut seen = vec![
        serde_json::to_string(&bobs.browser.ask(Tenants, ()).await.unwrap()).unwrap(),
        bobs.browser.get(&format!("/api/v1/sync/{}", bobs.clinics)).await.body,
        bobs.browser.get(&format!("/api/v1/sync/{}", bobs.own)).await.body,
        bobs.browser.ask(Sessions, ()).await.unwrap().len().to_string(),
    ];
    let half = bobs.browser.ask(GetVaultHalf { id: bobs.half.clone() }, ()).await.unwrap();
    seen.push(half.half.expose().to_owned());
    seen
}

async fn try_it(browser: &mut Browser, route: &Route, attempt: &Attempt) -> Answer {
    let mut headers = HEADERS.to_vec();
    headers.extend(attempt.headers.iter().map(|(name, value)| (*name, value.as_str())));
    browser.send(route.method.name(), &attempt.path, &headers, &attempt.body).await
}

fn plain(route: &Route, bobs: &Bobs) -> Attempt {
    let path = route.template.replace("/conversations/{id}", &format!("/conversations/{}", bobs.conversation));
    let path = path.replace("{id}", "nobody").replace("{provider}", "nobody").replace("{*path}", "things");
    Attempt { body: "[]".to_owned(), ..Attempt::at(path) }
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
