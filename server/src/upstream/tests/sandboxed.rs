//! The sandbox as the provider: all four methods, from both ends.

use domain::api::Code;
use domain::api::providers::{IssuerLookup, NewSandboxClient, SandboxClient, SandboxRole};
use domain::provider::ClientAuthentication;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sandbox::{Fault, FaultPlan, Running, Sandbox, SandboxSettings};

use super::*;

struct Stage {
    sandbox: Running,
    upstream: Upstream,
}

impl Stage {
    async fn new() -> Self {
        let listen = "127.0.0.1:0".parse().unwrap();
        let sandbox = Sandbox::start(SandboxSettings { listen, data: None, now: Arc::new(|| NOW) }).await.unwrap();
        let upstream = upstream(settings(sandbox.origin().as_str()), &Arc::new(MockClock::at(NOW)));
        Self { sandbox, upstream }
    }

    fn provider(&self) -> Provider {
        let origin = self.sandbox.origin();
        Provider { kind: ProviderKind::Sandbox { origin: origin.clone() }, ..provider(origin.as_str()) }
    }

    async fn client(&self, authentication: ClientAuthentication) -> SandboxClient {
        let wish =
            NewSandboxClient { authentication, lifetime_seconds: 20, public_jwk: None, roles: SandboxRole::all() };
        self.sandbox.add_client(&wish).await.unwrap()
    }

    fn place(&self) -> Place {
        Place { environment_id: Some(self.sandbox.environment_id().to_owned()), ..Place::default() }
    }

    fn proof(&self, authentication: ClientAuthentication, client: &SandboxClient) -> ClientProof {
        let client_secret = client.client_secret.clone();
        match authentication {
            ClientAuthentication::ClientSecretBasic => ClientProof::ClientSecretBasic { client_secret },
            ClientAuthentication::ClientSecretPost => ClientProof::ClientSecretPost { client_secret },
            ClientAuthentication::ClientSecretJwt => ClientProof::ClientSecretJwt { client_secret },
            ClientAuthentication::PrivateKeyJwt => self.signed(client),
        }
    }

    /// As the browser does it.
    fn signed(&self, client: &SandboxClient) -> ClientProof {
        let (id, issuer) = (&client.client_id, format!("{}/{}/as", self.sandbox.origin(), client.environment_id));
        let claims = json!({ "iss": id, "sub": id, "aud": issuer, "exp": 1_800_000_060, "jti": "1" });
        let key = EncodingKey::from_ec_pem(client.private_key.as_ref().unwrap().expose().as_bytes()).unwrap();
        let assertion = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &key).unwrap();
        ClientProof::PrivateKeyJwt { client_assertion: Secret::new(assertion) }
    }

    async fn obtain(&self, client: &SandboxClient, proof: ClientProof) -> Result<TokenAnswer, Problem> {
        let request = TokenRequest { client_id: client.client_id.clone(), place: self.place(), ..request(proof) };
        self.upstream.obtain(&self.provider(), &request).await
    }
}

#[tokio::test]
async fn all_four_methods_get_tokens_that_the_published_keys_verify() {
    let stage = Stage::new().await;
    for method in ClientAuthentication::ALL {
        let client = stage.client(method).await;
        let answer = stage.obtain(&client, stage.proof(method, &client)).await.unwrap();
        assert_eq!(answer.expires_in, Some(20), "{method:?}");
        let access_token = answer.access_token;
        let check = VerificationRequest { provider: ProviderId::new("acme"), place: stage.place(), access_token };
        let verified = stage.upstream.verify(&stage.provider(), &check).await.unwrap();
        assert!(matches!(verified, Verification::Verified { .. }), "{method:?}: {verified:?}");
    }
}

#[tokio::test]
async fn the_wrong_method_is_refused_with_the_hint() {
    let stage = Stage::new().await;
    let client = stage.client(ClientAuthentication::ClientSecretPost).await;
    let proof = stage.proof(ClientAuthentication::ClientSecretBasic, &client);
    let problem = stage.obtain(&client, proof).await.unwrap_err();
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert!(problem.detail.contains("At PingOne"), "{}", problem.detail);
    assert_eq!(stage.sandbox.counters(&client.client_id).unwrap().requests, 1);
}

#[tokio::test]
async fn another_environment_is_said_to_have_no_token_endpoint() {
    let stage = Stage::new().await;
    let client = stage.client(ClientAuthentication::ClientSecretBasic).await;
    let place = Place { environment_id: Some("3fa85f64-5717-4562-b3fc-2c963f66afa6".to_owned()), ..Place::default() };
    let proof = stage.proof(ClientAuthentication::ClientSecretBasic, &client);
    let wrong = TokenRequest { client_id: client.client_id, place, ..request(proof) };
    let problem = stage.upstream.obtain(&stage.provider(), &wrong).await.unwrap_err();
    assert!(problem.detail.contains("environment id"), "{}", problem.detail);
}

#[tokio::test]
async fn a_dropped_connection_is_made_good_by_the_next_try() {
    let stage = Stage::new().await;
    let client = stage.client(ClientAuthentication::ClientSecretJwt).await;
    let plan = FaultPlan {
        fault: Some(Fault::Dropped),
        count: Some(2),
        client_id: Some(client.client_id.clone()),
        ..FaultPlan::default()
    };
    stage.sandbox.set_fault(plan);
    let proof = stage.proof(ClientAuthentication::ClientSecretJwt, &client);
    assert_eq!(stage.obtain(&client, proof).await.unwrap().tries, 3);
}

#[tokio::test]
async fn each_fault_of_the_sandbox_is_the_problem_it_should_be() {
    let stage = Stage::new().await;
    let method = ClientAuthentication::ClientSecretBasic;
    let client = stage.client(method).await;
    for (fault, code) in [
        (Fault::Unauthorized, Code::UpstreamRefused),
        (Fault::Throttled { retry_after: Some(600) }, Code::UpstreamThrottled),
        (Fault::Failing, Code::UpstreamUnavailable),
        (Fault::Dropped, Code::UpstreamUnavailable),
        (Fault::Html, Code::UpstreamUnreadable),
        (Fault::Redirect, Code::UpstreamUnreadable),
    ] {
        stage.sandbox.set_fault(FaultPlan { fault: Some(fault), ..FaultPlan::default() });
        let problem = stage.obtain(&client, stage.proof(method, &client)).await.unwrap_err();
        assert_eq!(problem.code, code, "{fault:?}: {problem:?}");
    }
}

#[tokio::test]
async fn its_metadata_are_discovered() {
    let stage = Stage::new().await;
    let issuer = url(&format!("{}/{}/as", stage.sandbox.origin(), stage.sandbox.environment_id()));
    let found = stage.upstream.look_up(&IssuerLookup { issuer }).await.unwrap();
    assert_eq!(found.authentication_methods, ClientAuthentication::ALL);
}
