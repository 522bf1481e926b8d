use axum_test::{TestRequest, TestResponse};
use domain::api::providers::SandboxClient;
use domain::provider::ClientAuthentication::ClientSecretBasic;
use serde_json::{Value, json};

use crate::rig::Rig;

const HOST: (&str, &str) = ("host", "127.0.0.1:7430");

fn add(rig: &Rig, wish: &Value) -> TestRequest {
    rig.server.post("/control/clients").json(wish)
}

async fn add_here(rig: &Rig, wish: Value) -> TestResponse {
    add(rig, &wish).add_header(HOST.0, HOST.1).await
}

fn wish() -> Value {
    json!({ "authentication": "client_secret_basic", "lifetime_seconds": 20 })
}

#[tokio::test]
async fn a_client_made_by_the_control_route_gets_tokens() {
    let rig = Rig::new();
    let response = add_here(&rig, wish()).await;
    assert_eq!(response.status_code(), 201);
    let client: SandboxClient = response.json();
    rig.obtain(&client).await.assert_status_ok();
}

#[tokio::test]
async fn the_counters_tell_requests_grants_refusals_and_faults_apart() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    rig.obtain(&client).await;
    rig.basic(&client.client_id, "wrong", &[]).await;
    rig.sandbox.set_fault(serde_json::from_value(json!({ "fault": { "type": "failing" } })).unwrap());
    rig.obtain(&client).await;
    let path = format!("/control/clients/{}", client.client_id);
    let seen: Value = rig.server.get(&path).add_header(HOST.0, HOST.1).await.json();
    assert_eq!(
        seen["counters"],
        json!({ "requests": 3, "granted": 1, "refused": 1, "faulted": 1, "early": 0, "calls": 0 })
    );
    assert_eq!(seen["lifetime_seconds"], 20);
    assert!(!seen.to_string().contains(client.client_secret.expose()));
}

#[tokio::test]
async fn an_unknown_client_has_no_counters() {
    let rig = Rig::new();
    assert_eq!(rig.server.get("/control/clients/nobody").add_header(HOST.0, HOST.1).await.status_code(), 404);
    rig.basic("nobody", "x", &[]).await;
    assert_eq!(rig.sandbox.counters("nobody"), None);
}

#[tokio::test]
async fn pages_of_any_site_are_refused() {
    let rig = Rig::new();
    let from_pages = [
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:7430"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "same-origin"),
    ];
    for (name, value) in from_pages {
        let response = add(&rig, &wish()).add_header(HOST.0, HOST.1).add_header(name, value).await;
        assert_eq!(response.status_code(), 403, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_name_that_was_pointed_at_this_machine_is_refused() {
    let rig = Rig::new();
    for host in ["rebound.example:7430", "127.0.0.1.rebound.example", "[::2]:7430", ""] {
        assert_eq!(add(&rig, &wish()).add_header("host", host).await.status_code(), 403, "{host}");
    }
    for host in ["localhost", "[::1]:7430", "127.0.0.1"] {
        assert_eq!(add(&rig, &wish()).add_header("host", host).await.status_code(), 201, "{host}");
    }
}

#[tokio::test]
async fn lifetimes_out_of_range_are_refused() {
    let rig = Rig::new();
    for seconds in [0, 86_401] {
        let wish = json!({ "authentication": "client_secret_post", "lifetime_seconds": seconds });
        let response = add_here(&rig, wish).await;
        assert_eq!(response.status_code(), 400);
        assert!(response.text().contains("86400"));
    }
}

#[tokio::test]
async fn public_keys_that_are_none_are_refused() {
    let rig = Rig::new();
    let broken = ["", "{}", r#"{"kty":"oct","k":"AAAA"}"#, r#"{"kty":"EC","crv":"P-256","x":"A","y":"A","d":"A"}"#];
    for text in broken {
        let wish = json!({ "authentication": "private_key_jwt", "lifetime_seconds": 1, "public_jwk": text });
        assert_eq!(add_here(&rig, wish).await.status_code(), 400, "{text}");
    }
}

#[tokio::test]
async fn a_client_with_a_key_of_its_own_is_shown_no_private_key() {
    let rig = Rig::new();
    let jwk = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let wish = json!({ "authentication": "private_key_jwt", "lifetime_seconds": 1, "public_jwk": jwk });
    let client: SandboxClient = add_here(&rig, wish).await.json();
    assert!(client.private_key.is_none() && client.client_secret.is_empty());
}
