use domain::api::Code;
use domain::api::providers::IssuerLookup;
use domain::provider::ClientAuthentication::{ClientSecretBasic, PrivateKeyJwt};
use wiremock::matchers::path;

use super::*;

const OAUTH: &str = "/.well-known/oauth-authorization-server/tenant/x";
const OPENID: &str = "/tenant/x/.well-known/openid-configuration";

fn metadata(rig: &Rig) -> Value {
    let origin = rig.server.uri();
    json!({
        "issuer": format!("{origin}/tenant/x"),
        "token_endpoint": format!("{origin}/tenant/x/token"),
        "jwks_uri": format!("{origin}/tenant/x/jwks"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "tls_client_auth", "client_secret_basic", 7],
        "scopes_supported": ["read", "write"],
    })
}

async fn publish(rig: &Rig, at: &str, template: ResponseTemplate) {
    Mock::given(path(at)).respond_with(template).mount(&rig.server).await;
}

async fn look_up(rig: &Rig, issuer_path: &str) -> Result<IssuerMetadata, Problem> {
    let issuer = url(&format!("{}{issuer_path}", rig.server.uri()));
    rig.upstream.look_up(&IssuerLookup { issuer }).await
}

#[tokio::test]
async fn the_oauth_document_is_read_first() {
    let rig = Rig::new().await;
    publish(&rig, OAUTH, answer(200, &metadata(&rig))).await;
    let found = look_up(&rig, "/tenant/x").await.unwrap();
    assert_eq!(found.token_endpoint.as_str(), format!("{}/tenant/x/token", rig.server.uri()));
    assert_eq!(found.authentication_methods, [ClientSecretBasic, PrivateKeyJwt]);
    assert_eq!(found.scopes, ["read", "write"]);
    assert_eq!(found.read_from.path(), OAUTH);
    assert!(found.jwks_uri.is_some());
    assert_eq!(rig.received().await.len(), 1);
}

#[tokio::test]
async fn the_openid_document_is_read_when_the_first_is_missing_or_wrong() {
    for first in [ResponseTemplate::new(404), ResponseTemplate::new(500), answer(200, &json!({ "issuer": "x" }))] {
        let rig = Rig::new().await;
        publish(&rig, OAUTH, first).await;
        publish(&rig, OPENID, answer(200, &metadata(&rig))).await;
        assert_eq!(look_up(&rig, "/tenant/x").await.unwrap().read_from.path(), OPENID);
    }
}

#[tokio::test]
async fn an_issuer_without_a_path_is_found_with_and_without_its_slash() {
    for slash in ["", "/"] {
        let rig = Rig::new().await;
        let mut metadata = metadata(&rig);
        metadata["issuer"] = format!("{}{slash}", rig.server.uri()).into();
        publish(&rig, "/.well-known/openid-configuration", answer(200, &metadata)).await;
        assert_eq!(look_up(&rig, slash).await.unwrap().issuer.path(), slash);
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_are_refused() {
    for issuer in ["https://evil.example", "", "/tenant/x/"] {
        let rig = Rig::new().await;
        let mut metadata = metadata(&rig);
        metadata["issuer"] = issuer.replace("/tenant", &format!("{}/tenant", rig.server.uri())).into();
        publish(&rig, OAUTH, answer(200, &metadata)).await;
        let problem = look_up(&rig, "/tenant/x").await.unwrap_err();
        assert_eq!(problem.code, Code::UpstreamUnreadable);
        assert!(problem.detail.contains("not about"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn a_problem_names_both_addresses_and_what_was_wrong() {
    let rig = Rig::new().await;
    publish(&rig, OAUTH, ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await;
    let problem = look_up(&rig, "/tenant/x").await.unwrap_err();
    for words in [OAUTH, OPENID, "HTML page", "status 404", "enter the token URL by hand"] {
        assert!(problem.detail.contains(words), "{}", problem.detail);
    }
}

#[tokio::test]
async fn token_endpoints_that_can_not_be_used_are_named() {
    for endpoint in [json!(null), json!("http://plain.example.com/token"), json!("https://10.0.0.1/token"), json!(7)] {
        let rig = Rig::new().await;
        let mut metadata = metadata(&rig);
        metadata["token_endpoint"] = endpoint.clone();
        publish(&rig, OAUTH, answer(200, &metadata)).await;
        let problem = look_up(&rig, "/tenant/x").await.unwrap_err();
        assert!(problem.detail.contains("token_endpoint"), "{endpoint}: {}", problem.detail);
    }
}

#[tokio::test]
async fn without_a_list_of_methods_it_is_basic() {
    let rig = Rig::new().await;
    let mut metadata = metadata(&rig);
    metadata.as_object_mut().unwrap().remove("token_endpoint_auth_methods_supported");
    publish(&rig, OAUTH, answer(200, &metadata)).await;
    assert_eq!(look_up(&rig, "/tenant/x").await.unwrap().authentication_methods, [ClientSecretBasic]);
}

#[tokio::test]
async fn methods_we_do_not_know_are_not_taken_for_all() {
    let rig = Rig::new().await;
    let mut metadata = metadata(&rig);
    metadata["token_endpoint_auth_methods_supported"] = json!(["tls_client_auth"]);
    publish(&rig, OAUTH, answer(200, &metadata)).await;
    assert!(look_up(&rig, "/tenant/x").await.unwrap_err().detail.contains("none of the authentication methods"));
}

#[tokio::test]
async fn huge_documents_and_redirects_are_not_read() {
    let rig = Rig::new().await;
    let mut huge = metadata(&rig);
    huge["padding"] = "x".repeat(1_000_000).into();
    publish(&rig, OAUTH, answer(200, &huge)).await;
    publish(&rig, OPENID, ResponseTemplate::new(302).insert_header("location", "/elsewhere")).await;
    let problem = look_up(&rig, "/tenant/x").await.unwrap_err();
    assert!(problem.detail.contains("too long") && problem.detail.contains("not followed"), "{}", problem.detail);
    assert_eq!(rig.received().await.len(), 2);
}

#[tokio::test]
async fn an_issuer_with_a_query_is_refused_before_anything_is_asked() {
    let rig = Rig::new().await;
    let problem = look_up(&rig, "/tenant?x=1").await.unwrap_err();
    assert_eq!((problem.code, problem.errors[0].field.as_str()), (Code::InvalidFields, "issuer"));
    assert!(rig.received().await.is_empty());
}
