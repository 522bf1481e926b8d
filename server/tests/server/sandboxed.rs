//! The server with its sandbox running, from a new client to its token, through the real router.

use std::sync::Arc;

use domain::api::Code;
use domain::api::account::Role;
use domain::api::gateway::TOKEN_HEADER;
use domain::api::introspection::{IntrospectToken, RevokeToken, TokenQuestion};
use domain::api::providers::{
    AddSandboxClient, AddSandboxSiteToken, NewSandboxClient, NewSandboxSiteToken, Providers, SANDBOX_SITES_ID,
    SandboxClient, SandboxRole,
};
use domain::api::token::{ClientProof, ObtainToken, TokenRequest, Verification, VerificationRequest, VerifyToken};
use domain::id::ProviderId;
use domain::provider::{ClientAuthentication, Place};
use domain::secret::Secret;
use domain::site::SiteId;
use domain::time::Span;
use sandbox::SandboxSettings;
use server::clock::Clock;
use server::start::{assemble, sandbox_providers};
use server::state::{SANDBOX_ID, Sandbox};

use crate::rig::{Browser, Rig, code};

/// A server whose sandbox listens on a port of its own and has the server's clock.
pub async fn rig() -> Rig {
    let rig = Rig::with(|settings| settings.upstream.tries = 1).await;
    let (clock, listen) = (Arc::clone(&rig.clock), "127.0.0.1:0".parse().unwrap());
    let settings = SandboxSettings { listen, data: None, now: Arc::new(move || clock.now()) };
    let running = sandbox::Sandbox::start(settings).await.unwrap();
    let mut settings = (*rig.state.settings).clone();
    settings.loopback_origins.push(running.origin().clone());
    let (provider, sites) = sandbox_providers(running.origin());
    let sandbox = Sandbox { provider, sites, running: Arc::new(running) };
    rig.change(|state| {
        let (store, clock, entropy) = (state.store.clone(), state.clock.clone(), state.entropy.clone());
        *state = assemble(settings, store, clock, entropy, Some(sandbox)).parts_mut().clone();
    })
}

pub fn place(client: &SandboxClient) -> Place {
    Place { environment_id: Some(client.environment_id.clone()), ..Place::default() }
}

pub fn wish() -> NewSandboxClient {
    NewSandboxClient {
        authentication: ClientAuthentication::ClientSecretBasic,
        lifetime_seconds: 3_600,
        public_jwk: None,
        roles: SandboxRole::all(),
    }
}

pub fn request(client: &SandboxClient) -> TokenRequest {
    TokenRequest {
        provider: ProviderId::new(SANDBOX_ID),
        place: place(client),
        client_id: client.client_id.clone(),
        scopes: Vec::new(),
        proof: ClientProof::ClientSecretBasic { client_secret: client.client_secret.clone() },
    }
}

/// A new client of the sandbox and its token.
pub async fn token(browser: &mut Browser, wish: NewSandboxClient) -> (SandboxClient, Secret) {
    let client = browser.ask(AddSandboxClient, wish).await.unwrap();
    let answer = browser.ask(ObtainToken, request(&client)).await.unwrap();
    (client, answer.access_token)
}

#[tokio::test]
async fn a_person_makes_a_client_obtains_its_token_and_has_it_verified() {
    let rig = rig().await;
    let mut admin = rig.admin().await;
    let mut person = rig.person(&mut admin, "bob", Role::User).await;
    let providers = person.ask(Providers, ()).await.unwrap();
    assert_eq!(providers.last().unwrap().id.as_str(), SANDBOX_ID);
    let (client, access_token) = token(&mut person, wish()).await;
    let check = VerificationRequest { provider: ProviderId::new(SANDBOX_ID), place: place(&client), access_token };
    let verified = person.ask(VerifyToken, check).await.unwrap();
    assert!(matches!(verified, Verification::Verified { .. }), "{verified:?}");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_in_the_sandboxs_words() {
    let rig = rig().await;
    let mut admin = rig.admin().await;
    let client = admin.ask(AddSandboxClient, wish()).await.unwrap();
    let proof = ClientProof::ClientSecretBasic { client_secret: Secret::new("wrong") };
    let problem = admin.ask(ObtainToken, TokenRequest { proof, ..request(&client) }).await.unwrap_err();
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert_eq!(problem.upstream.unwrap().error.as_deref(), Some("invalid_client"));
}

fn question(client: &SandboxClient, token: &Secret) -> TokenQuestion {
    let TokenRequest { provider, place, client_id, proof, .. } = request(client);
    TokenQuestion { provider, place, client_id, proof, token: token.clone() }
}

#[tokio::test]
async fn a_token_is_introspected_revoked_and_then_good_for_nothing() {
    let rig = rig().await;
    let mut admin = rig.admin().await;
    let (client, token) = token(&mut admin, wish()).await;
    let said = admin.ask(IntrospectToken, question(&client, &token)).await.unwrap();
    assert!(said.active && said.claims["client_id"] == client.client_id.as_str(), "{said:?}");
    let call = format!("/api/v1/gateway/{SANDBOX_ID}/environments");
    let headers = [(TOKEN_HEADER, token.expose())];
    assert_eq!(admin.send("GET", &call, &headers, "").await.status.as_u16(), 200);
    admin.ask(RevokeToken, question(&client, &token)).await.unwrap();
    assert!(!admin.ask(IntrospectToken, question(&client, &token)).await.unwrap().active);
    assert_eq!(admin.send("GET", &call, &headers, "").await.status.as_u16(), 401);
    admin.ask(RevokeToken, question(&client, &token)).await.expect("ending it twice is no error");
}

#[tokio::test]
async fn another_clients_token_is_not_revoked() {
    let rig = rig().await;
    let mut admin = rig.admin().await;
    let (_, mine) = token(&mut admin, wish()).await;
    let (other, _) = token(&mut admin, wish()).await;
    let problem = admin.ask(RevokeToken, question(&other, &mine)).await.unwrap_err();
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert!(problem.detail.contains("another one"), "{}", problem.detail);
    assert!(admin.ask(IntrospectToken, question(&other, &mine)).await.unwrap().active);
}

#[tokio::test]
async fn a_person_makes_a_site_token_and_an_auditor_none() {
    let rig = rig().await;
    let mut admin = rig.admin().await;
    let mut person = rig.person(&mut admin, "bob", Role::User).await;
    let wish = NewSandboxSiteToken { site: SiteId::parse("ses_omaha").unwrap(), lifetime_seconds: 60 };
    let made = person.ask(AddSandboxSiteToken, wish.clone()).await.unwrap();
    assert_eq!((made.provider.as_str(), made.name.as_str()), (SANDBOX_SITES_ID, "SES Omaha Clinic"));
    assert_eq!(made.expires_at, rig.clock.now() + Span::from_seconds(60));
    let long = NewSandboxSiteToken { lifetime_seconds: u32::MAX, ..wish.clone() };
    let problem = person.ask(AddSandboxSiteToken, long).await.unwrap_err();
    assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "lifetime_seconds"));
    let mut auditor = rig.person(&mut admin, "eve", Role::Auditor).await;
    assert_eq!(code(auditor.ask(AddSandboxSiteToken, wish).await), Some(Code::NotAllowed));
}

#[tokio::test]
async fn without_the_sandbox_no_client_is_made() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    assert_eq!(code(admin.ask(AddSandboxClient, wish()).await), Some(Code::NotFound));
}
