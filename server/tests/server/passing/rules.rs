//! Which calls may be made, and what goes out with them.

use domain::api::gateway::{TENANT_HEADER, TOKEN_SOURCE_HEADER, TRY_HEADER, UPSTREAM_HEADER};
use domain::api::providers::ChangeProvider;
use domain::api::tenants::{AddTenant, ChangeTenant};
use domain::api::{Code, Method};
use domain::audit::{Action, Entry, Outcome};
use domain::provider::{PathPattern, Provider, TokenHeader, TokenPrefix};
use domain::site::SiteId;
use domain::tenant::{AllowedSites, TenantForm};

use super::*;

const BEARER: &str = "Bearer canary-header.canary-claims.canary-signature";

fn paths(texts: &[&str]) -> Vec<PathPattern> {
    texts.iter().map(|text| PathPattern::parse(text).unwrap()).collect()
}

fn only(site: &str) -> TenantForm {
    let sites = AllowedSites::Only(vec![SiteId::parse(site).unwrap()]);
    TenantForm { name: "Clinics".to_owned(), api: None, sites, default_site: None }
}

#[tokio::test]
async fn the_token_goes_out_in_the_providers_own_header_and_nothing_of_the_request_with_it() {
    let api = api(json("{}")).await;
    let rules = GatewayRules {
        header: TokenHeader::parse("X-ACE-Token").unwrap(),
        prefix: TokenPrefix::parse("").unwrap(),
        ..GatewayRules::default()
    };
    let mut stage = Stage::at(&api.uri(), rules).await;
    let more = [("x-forwarded-for", "10.0.0.1"), ("referer", "http://127.0.0.1/x"), ("accept-language", "de")];
    let answer = stage.send("GET", "sites/?page=1", &more, "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header(TRY_HEADER), answer.header(TOKEN_SOURCE_HEADER)),
        (200, "1", "given")
    );
    let request = &received(&api).await[0];
    assert_eq!((request.url.path(), request.url.query()), ("/api/sites/", Some("page=1")));
    assert_eq!(request.headers["x-ace-token"], TOKEN);
    let mut names: Vec<&str> = request.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent", "x-ace-token", "x-request-id"]);
    assert_eq!(request.headers["x-request-id"].to_str().unwrap(), answer.header("x-request-id"));
}

#[tokio::test]
async fn only_methods_and_paths_that_an_admin_allowed_are_called() {
    let api = api(json("{}")).await;
    let rules = GatewayRules {
        methods: vec![Method::Get, Method::Post, Method::Delete],
        paths: paths(&["GET sites/*/points", "POST points/get_timeseries", "notes/**"]),
        ..GatewayRules::default()
    };
    let mut stage = Stage::at(&api.uri(), rules).await;
    for (method, path, code) in [
        ("GET", "sites/a/points?page=1", None),
        ("GET", "sites/?page=2", None),
        ("POST", "points/get_timeseries", None),
        ("DELETE", "notes/1", None),
        ("GET", "sites/a", Some(Code::CallNotAllowed)),
        ("GET", "points/get_timeseries", Some(Code::CallNotAllowed)),
        ("POST", "sites/a/points", Some(Code::CallNotAllowed)),
        ("PUT", "notes/1", Some(Code::MethodNotAllowed)),
        ("GET", "notes/..%2fsites", Some(Code::InvalidApiPath)),
    ] {
        let answer = stage.send(method, path, &[], "").await;
        match code {
            None => assert_eq!(answer.status.as_u16(), 200, "{method} {path}: {}", answer.body),
            Some(code) => {
                assert_eq!((answer.problem().code, answer.header(UPSTREAM_HEADER)), (code, ""), "{method} {path}")
            }
        }
    }
    assert_eq!(received(&api).await.len(), 4);
}

#[tokio::test]
async fn a_pingone_shaped_api_is_called_with_every_method_an_admin_allowed() {
    let api = api(json(r#"{"id":"u1"}"#)).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    let kind = ProviderKind::Sandbox { origin: HttpsUrl::parse(&api.uri()).unwrap() };
    let (id, name) = (ProviderId::new("shaped"), "Shaped".to_owned());
    let assertion_audience = AssertionAudience::Issuer;
    let gateway = GatewayRules { methods: Method::ALL.to_vec(), ..GatewayRules::default() };
    let shaped = Provider { id: id.clone(), name, enabled: true, kind, assertion_audience, gateway };
    let note = Entry::by_server(Action::ProviderAdded, Outcome::Done, stage.rig.state.clock.now());
    stage.rig.state.store.add_provider(&shaped, &note).await.unwrap();
    stage.provider = id;
    for (method, body) in
        [("GET", ""), ("POST", r#"{"a":1}"#), ("PUT", r#"{"a":2}"#), ("PATCH", r#"{"a":3}"#), ("DELETE", "")]
    {
        let key = [("idempotency-key", "key-1")];
        let answer = stage.send(method, "environments/e/users/u1", &key, body).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, r#"{"id":"u1"}"#), "{method}");
        let sent = received(&api).await.pop().unwrap();
        assert_eq!((sent.method.as_str(), sent.url.path()), (method, "/v1/environments/e/users/u1"));
        assert_eq!((sent.body, sent.headers["authorization"].to_str().unwrap()), (body.into(), BEARER), "{method}");
        assert_eq!(sent.headers.contains_key("idempotency-key"), method != "GET", "{method}");
    }
}

#[tokio::test]
async fn rules_that_change_hold_for_the_next_call() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    assert_eq!(stage.get("a/b").await.status.as_u16(), 200);
    let rules = GatewayRules { paths: paths(&["sites/**"]), ..GatewayRules::default() };
    let (id, mut changed) = (stage.provider.clone(), form(&api.uri(), rules));
    stage.admin.ask(ChangeProvider { id: id.clone() }, changed.clone()).await.unwrap();
    assert_eq!(stage.get("a/b").await.problem().code, Code::CallNotAllowed);
    changed.enabled = false;
    stage.admin.ask(ChangeProvider { id }, changed).await.unwrap();
    assert_eq!(stage.get("sites/a").await.problem().code, Code::ProviderNotAllowed);
}

#[tokio::test]
async fn a_body_is_passed_on_as_it_is_with_its_kind() {
    let api = api(json("{}")).await;
    let rules = GatewayRules { methods: vec![Method::Post, Method::Put], ..GatewayRules::default() };
    let mut stage = Stage::at(&api.uri(), rules).await;
    let large = "x".repeat(300_000);
    for (kind, body) in [
        ("application/json", r#"{"a":1}"#),
        ("text/csv; charset=utf-8", "a,b\n1,2\n"),
        ("application/octet-stream", &large),
    ] {
        let answer = stage.send("POST", "upload", &[("content-type", kind)], body).await;
        assert_eq!(answer.status.as_u16(), 200, "{kind}: {}", answer.body);
        let request = received(&api).await.pop().unwrap();
        assert_eq!((request.headers["content-type"].to_str().unwrap(), request.body.len()), (kind, body.len()));
        assert_eq!(request.body, body.as_bytes());
    }
    let refused = stage.send("POST", "upload", &[("content-type", "text/html")], "<b>").await;
    assert_eq!(refused.problem().code, Code::InvalidBody);
}

#[tokio::test]
async fn a_tenant_is_the_persons_own_and_keeps_to_its_sites() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    let tenant = stage.admin.ask(AddTenant, only("ses_lincoln")).await.unwrap().id;
    let allowed = [(TENANT_HEADER, tenant.as_str()), (TOKEN_HEADER, TOKEN), (SITE_HEADER, "ses_lincoln")];
    assert_eq!(stage.bare("GET", "sites/", &allowed, "").await.status.as_u16(), 200);
    let other = [(TENANT_HEADER, tenant.as_str()), (TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)];
    assert_eq!(stage.bare("GET", "sites/", &other, "").await.problem().code, Code::SiteNotAllowed);
    let unnamed = [(TENANT_HEADER, tenant.as_str()), (TOKEN_HEADER, TOKEN)];
    assert_eq!(stage.bare("GET", "sites/", &unnamed, "").await.problem().code, Code::SiteNotAllowed);
    let mut bob = stage.rig.person(&mut stage.admin, "bob", domain::api::account::Role::User).await;
    std::mem::swap(&mut bob, &mut stage.admin);
    assert_eq!(stage.bare("GET", "sites/", &allowed, "").await.problem().code, Code::TenantUnknown);
    std::mem::swap(&mut bob, &mut stage.admin);
    stage.admin.ask(ChangeTenant { id: tenant.clone() }, only(SITE)).await.unwrap();
    assert_eq!(stage.bare("GET", "sites/", &other, "").await.status.as_u16(), 200, "a change holds at once");
    assert_eq!(received(&api).await.len(), 2);
}

#[tokio::test]
async fn a_call_after_the_session_ended_or_the_role_changed_is_refused_at_once() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    let mut bob = stage.rig.person(&mut stage.admin, "bob", domain::api::account::Role::User).await;
    let id = bob.ask(domain::api::account::CurrentSession, ()).await.unwrap().user;
    std::mem::swap(&mut bob, &mut stage.admin);
    assert_eq!(stage.get("sites/").await.status.as_u16(), 200);
    let auditor = domain::api::users::UserChange { role: Some(domain::api::account::Role::Auditor), disabled: None };
    bob.ask(domain::api::users::ChangeUser { id }, auditor).await.unwrap();
    assert_eq!(stage.get("sites/").await.problem().code, Code::NotAllowed);
    stage.admin.clone().ask(domain::api::account::SignOut, ()).await.unwrap();
    assert_eq!(stage.get("sites/").await.problem().code, Code::NotSignedIn);
}

#[tokio::test]
async fn a_tenant_with_an_api_of_its_own_calls_no_other() {
    let api = api(json("{}")).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    let other = ProviderForm { name: "Others".to_owned(), ..form(&api.uri(), GatewayRules::default()) };
    let other = stage.admin.ask(AddProvider, other).await.unwrap().id;
    let tied = |api: &ProviderId| TenantForm { api: Some(api.clone()), sites: AllowedSites::All, ..only(SITE) };
    let tenant = stage.admin.ask(AddTenant, tied(&stage.provider)).await.unwrap();
    assert_eq!(tenant.api.as_ref(), Some(&stage.provider));
    let call = [(TENANT_HEADER, tenant.id.as_str()), (TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE)];
    assert_eq!(stage.bare("GET", "sites/", &call, "").await.status.as_u16(), 200);
    stage.admin.ask(ChangeTenant { id: tenant.id.clone() }, tied(&other)).await.unwrap();
    let problem = stage.bare("GET", "sites/", &call, "").await.problem();
    assert_eq!((problem.code, problem.detail.contains("Clinics")), (Code::ApiNotAllowed, true));
    assert_eq!(received(&api).await.len(), 1);
    let noted = crate::audit_log::recorded(&stage.rig).await.pop().unwrap().entry;
    assert_eq!((noted.action, noted.reason.map(String::from)), (Action::Refused, Some("api_not_allowed".to_owned())));
    let any = TenantForm { sites: AllowedSites::All, ..only(SITE) };
    stage.admin.ask(ChangeTenant { id: tenant.id.clone() }, any).await.unwrap();
    assert_eq!(stage.bare("GET", "sites/", &call, "").await.status.as_u16(), 200);
}
