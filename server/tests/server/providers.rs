use domain::api::Code;
use domain::api::providers::{
    AddProvider, AddSandboxClient, ChangeProvider, NewSandboxClient, ProviderForm, Providers, RemoveProvider,
    SandboxRole,
};
use domain::https_url::HttpsUrl;
use domain::id::ProviderId;
use domain::provider::{
    AssertionAudience, ClientAuthentication, GatewayRules, Host, MoreEndpoints, ProviderKind, Region,
};

use crate::rig::{Browser, Rig, code};

pub fn pingone(name: &str) -> ProviderForm {
    let kind = ProviderKind::PingOne { regions: vec![Region::Eu], custom_domains: Vec::new() };
    ProviderForm {
        name: name.to_owned(),
        enabled: true,
        kind,
        assertion_audience: AssertionAudience::Issuer,
        gateway: GatewayRules::default(),
    }
}

fn oauth(name: &str, token_endpoint: &str) -> ProviderForm {
    let kind = ProviderKind::OAuth {
        issuer: None,
        token_endpoint: HttpsUrl::parse(token_endpoint).unwrap(),
        jwks_uri: None,
        authentication_methods: vec![ClientAuthentication::PrivateKeyJwt],
        more: MoreEndpoints::default(),
    };
    ProviderForm { kind, ..pingone(name) }
}

async fn wrong_fields(admin: &mut Browser, form: ProviderForm) -> Vec<String> {
    let problem = admin.ask(AddProvider, form).await.unwrap_err();
    assert_eq!(problem.code, Code::InvalidFields);
    problem.errors.into_iter().map(|error| error.field).collect()
}

#[tokio::test]
async fn at_first_no_provider_is_allowed() {
    let rig = Rig::new().await;
    assert!(rig.admin().await.ask(Providers, ()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_provider_is_read_back_as_it_was_written_until_it_is_removed() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let pingone_form = ProviderForm {
        kind: ProviderKind::PingOne {
            regions: Region::ALL.to_vec(),
            custom_domains: vec![Host::parse("login.example.com").unwrap()],
        },
        assertion_audience: AssertionAudience::Exact("x".to_owned()),
        gateway: GatewayRules::default(),
        ..pingone(" PingOne ")
    };
    let one = admin.ask(AddProvider, pingone_form).await.unwrap();
    let two = admin.ask(AddProvider, oauth("Auth", "https://auth.example.com/token")).await.unwrap();
    assert_eq!(one.name, "PingOne");
    assert_eq!(admin.ask(Providers, ()).await.unwrap(), [two.clone(), one.clone()]);
    let form = ProviderForm { enabled: false, ..pingone("PingOne EU") };
    let changed = admin.ask(ChangeProvider { id: one.id.clone() }, form).await.unwrap();
    assert_eq!((changed.id.clone(), changed.enabled), (one.id.clone(), false));
    admin.ask(RemoveProvider { id: two.id.clone() }, ()).await.unwrap();
    assert_eq!(admin.ask(Providers, ()).await.unwrap(), [changed]);
    assert_eq!(code(admin.ask(RemoveProvider { id: two.id }, ()).await), Some(Code::NotFound));
}

#[tokio::test]
async fn names_are_unlike_all_others_whatever_their_case() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let first = admin.ask(AddProvider, pingone("PingOne")).await.unwrap();
    assert_eq!(wrong_fields(&mut admin, pingone("PINGONE")).await, ["name"]);
    assert!(admin.ask(ChangeProvider { id: first.id }, pingone("pingone")).await.is_ok(), "its own name is not taken");
}

#[tokio::test]
async fn what_a_kind_needs_is_asked_for() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let nothing = ProviderKind::PingOne { regions: Vec::new(), custom_domains: Vec::new() };
    assert_eq!(wrong_fields(&mut admin, ProviderForm { kind: nothing, ..pingone("") }).await, ["name", "regions"]);
    let sandbox = ProviderKind::Sandbox { origin: HttpsUrl::parse("http://127.0.0.1:7430").unwrap() };
    assert_eq!(wrong_fields(&mut admin, ProviderForm { kind: sandbox, ..pingone("x") }).await, ["kind"]);
    assert_eq!(wrong_fields(&mut admin, pingone(&"x".repeat(81))).await, ["name"]);
    let audience = AssertionAudience::Exact(" ".to_owned());
    assert_eq!(
        wrong_fields(&mut admin, ProviderForm { assertion_audience: audience, ..pingone("x") }).await,
        ["assertion_audience"]
    );
}

#[tokio::test]
async fn loopback_is_taken_only_at_exact_origins_an_operator_allowed() {
    let allowed = HttpsUrl::parse("http://127.0.0.1:9000").unwrap();
    let rig = Rig::with(|settings| settings.loopback_origins = vec![allowed]).await;
    let mut admin = rig.admin().await;
    for refused in [
        "http://127.0.0.1:9001/token",
        "http://localhost:9000/token",
        "https://127.0.0.1:9000/token",
        "http://[::1]:9000/",
    ] {
        assert_eq!(wrong_fields(&mut admin, oauth("x", refused)).await, ["token_endpoint"], "{refused}");
    }
    assert!(admin.ask(AddProvider, oauth("x", "http://127.0.0.1:9000/token")).await.is_ok());
}

#[tokio::test]
async fn without_the_sandbox_its_parts_are_not_there() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let client = NewSandboxClient {
        authentication: ClientAuthentication::ClientSecretBasic,
        lifetime_seconds: 60,
        public_jwk: None,
        roles: SandboxRole::all(),
    };
    assert_eq!(code(admin.ask(AddSandboxClient, client).await), Some(Code::NotFound));
    let id = ProviderId::new("sandbox");
    assert_eq!(code(admin.ask(RemoveProvider { id: id.clone() }, ()).await), Some(Code::Conflict));
    assert_eq!(code(admin.ask(ChangeProvider { id }, pingone("x")).await), Some(Code::Conflict));
}

#[tokio::test]
async fn an_api_address_with_a_query_a_way_up_or_on_this_machine_is_refused() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let with = |base: &str| {
        let mut form = oauth("Auth", "https://auth.example.com/token");
        if let ProviderKind::OAuth { more, .. } = &mut form.kind {
            more.api_base = Some(HttpsUrl::parse(base).unwrap());
        }
        form
    };
    for base in [
        "https://a.example.com/v1?x=",
        "https://a.example.com/a/../b",
        "https://a.example.com/%2e",
        "http://127.0.0.1:9",
    ] {
        assert_eq!(wrong_fields(&mut admin, with(base)).await, ["api_base"], "{base}");
    }
    assert!(admin.ask(AddProvider, with("https://a.example.com/v1")).await.is_ok());
}
