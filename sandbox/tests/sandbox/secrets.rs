use domain::provider::ClientAuthentication::{ClientSecretBasic, ClientSecretPost};

use crate::rig::{Rig, is_refused};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn basic_takes_the_clients_own_secret_only() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    rig.obtain(&client).await.assert_status_ok();
    let wrong = rig.basic(&client.client_id, "not-the-secret", &[GRANT]).await;
    is_refused(&wrong, "invalid_client", "credentials");
    wrong.assert_header("www-authenticate", "Basic realm=\"sandbox\"");
}

#[tokio::test]
async fn post_takes_the_clients_own_secret_only() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretPost).await;
    let (id, secret) = (client.client_id.as_str(), client.client_secret.expose());
    rig.post(&[GRANT, ("client_id", id), ("client_secret", secret)]).await.assert_status_ok();
    let wrong = rig.post(&[GRANT, ("client_id", id), ("client_secret", "not-the-secret")]).await;
    is_refused(&wrong, "invalid_client", "credentials");
}

#[tokio::test]
async fn the_right_secret_by_the_wrong_method_is_refused() {
    let rig = Rig::new();
    let (basic, post) = (rig.client(ClientSecretBasic).await, rig.client(ClientSecretPost).await);
    is_refused(&rig.obtain(&post).await, "invalid_client", "method");
    let form = [GRANT, ("client_id", &basic.client_id), ("client_secret", basic.client_secret.expose())];
    is_refused(&rig.post(&form).await, "invalid_client", "method");
}

#[tokio::test]
async fn basic_is_form_decoded() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let escaped: String = client.client_id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    rig.basic(&escaped, client.client_secret.expose(), &[GRANT]).await.assert_status_ok();
}

#[tokio::test]
async fn broken_basic_headers_are_refused() {
    let rig = Rig::new();
    for value in ["Basic", "Basic ", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic //8="] {
        let response = rig.server.post(&rig.token_path()).add_header("authorization", value).form(&[GRANT]).await;
        is_refused(&response, "invalid_client", "Request denied");
    }
}

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let form = [GRANT, ("client_id", &client.client_id), ("client_secret", client.client_secret.expose())];
    let both = rig.basic(&client.client_id, client.client_secret.expose(), &form).await;
    is_refused(&both, "invalid_request", "More than one way");
}

#[tokio::test]
async fn nobody_and_an_unknown_client_are_refused_alike() {
    let rig = Rig::new();
    is_refused(&rig.post(&[GRANT]).await, "invalid_client", "method");
    is_refused(&rig.basic("nobody", "nothing", &[GRANT]).await, "invalid_client", "credentials");
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let rig = Rig::new();
    let response = rig.server.post(&rig.token_path()).json(&serde_json::json!({ "grant_type": "x" })).await;
    is_refused(&response, "invalid_request", "urlencoded");
}

#[tokio::test]
async fn a_body_of_more_than_64_kilobytes_is_refused() {
    let rig = Rig::new();
    let response = rig.post(&[GRANT, ("scope", &"x".repeat(70_000))]).await;
    assert_eq!(response.status_code(), 413);
}
