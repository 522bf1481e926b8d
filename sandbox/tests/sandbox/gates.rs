//! What stands before every route of the management API.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::api::providers::SandboxRole;
use sandbox::{RateGroup, RateLimit};
use serde_json::{Value, json};

use crate::rig::{Rig, START, api_refusal, refused};

#[tokio::test]
async fn without_a_good_token_the_answer_is_invalid_token() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let path = rig.environment("/users");
    let (message, signature) = caller.token.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["exp"] = (START + 999_999).into();
    let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let none = "eyJhbGciOiJub25lIn0.e30.c2ln".to_owned();
    for value in [
        "Bearer ",
        "Bearer x",
        &format!("Basic {}", caller.token),
        &format!("Bearer {forged}"),
        &format!("Bearer {none}"),
    ] {
        let response = rig.server.get(&path).add_header("authorization", value).await;
        assert_eq!(api_refusal(&response), refused(401, "ACCESS_FAILED", "INVALID_TOKEN"), "{value}");
    }
    assert_eq!(rig.server.get(&path).await.status_code(), 401);
    assert_eq!(caller.get(&path).await.status_code(), 200);
}

#[tokio::test]
async fn an_expired_token_is_invalid() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    rig.advance(3_599);
    assert_eq!(caller.get("/v1/environments").await.status_code(), 200);
    rig.advance(1);
    assert_eq!(api_refusal(&caller.get("/v1/environments").await), refused(401, "ACCESS_FAILED", "INVALID_TOKEN"));
}

#[tokio::test]
async fn a_client_without_the_role_is_told_which_one_it_takes() {
    let rig = Rig::new();
    let caller = rig.caller_with(vec![SandboxRole::OrganizationAdmin]).await;
    let response = caller.get(&rig.environment("/users")).await;
    assert_eq!(api_refusal(&response), refused(403, "ACCESS_FAILED", "INSUFFICIENT_PERMISSIONS"));
    assert!(response.text().contains("Identity Data Read Only"));
    assert_eq!(caller.get("/v1/organizations").await.status_code(), 200);
    let without = rig.caller_with(Vec::new()).await;
    for path in ["/v1/organizations", "/v1/environments", "/v1/roles"] {
        assert_eq!(without.get(path).await.status_code(), 403, "{path}");
    }
}

#[tokio::test]
async fn a_client_whose_wish_names_no_roles_has_all() {
    let rig = Rig::new();
    let wish = json!({ "authentication": "client_secret_basic", "lifetime_seconds": 60 });
    let made = rig.server.post("/control/clients").add_header("host", "127.0.0.1:7430").json(&wish).await;
    let client: Value = made.json();
    let basic = rig.basic(
        client["client_id"].as_str().unwrap(),
        client["client_secret"].as_str().unwrap(),
        &[("grant_type", "client_credentials")],
    );
    let token: Value = basic.await.json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let response = rig.server.get(&rig.environment("/users")).add_header("authorization", bearer).await;
    assert_eq!(response.status_code(), 200);
}

#[tokio::test]
async fn what_belongs_to_others_or_is_not_there_is_not_found() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let other = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    let paths = [
        format!("/v1/environments/{other}/users"),
        format!("/v1/organizations/{other}/licenses"),
        rig.environment(&format!("/users/{other}")),
        rig.environment("/users/x"),
        rig.environment("/applications"),
        "/v1/nothing".to_owned(),
    ];
    for path in paths {
        assert_eq!(api_refusal(&caller.get(&path).await), refused(404, "NOT_FOUND", ""), "{path}");
    }
}

#[tokio::test]
async fn the_fourth_look_at_the_audit_log_in_a_second_is_told_to_wait() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let path = rig.environment("/activities/x");
    for _ in 0..3 {
        assert_eq!(caller.get(&path).await.status_code(), 404);
    }
    let response = caller.get(&path).await;
    assert_eq!(api_refusal(&response), refused(429, "REQUEST_LIMITED", "LIMIT_EXCEEDED"));
    response.assert_header("retry-after", "1");
    assert_eq!(response.json::<Value>()["details"][0]["innerError"], json!({ "quotaLimit": 3, "retryAfter": 1 }));
    assert_eq!(
        caller.get(&rig.environment("/users?limit=1")).await.status_code(),
        200,
        "another group has its own limit"
    );
    rig.advance(1);
    assert_eq!(caller.get(&path).await.status_code(), 404);
}

#[tokio::test]
async fn a_limit_is_set_by_a_control_route() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let limit = json!({ "group": "config", "requests": 1, "seconds": 90 });
    rig.server.put("/control/limits").add_header("host", "127.0.0.1:7430").json(&limit).await.assert_status_success();
    assert_eq!(caller.get("/v1/environments").await.status_code(), 200);
    caller.get("/v1/environments").await.assert_header("retry-after", "90");
    rig.sandbox.set_limit(RateLimit { group: RateGroup::Config, requests: 5, seconds: 1 });
    assert_eq!(caller.get("/v1/environments").await.status_code(), 200);
    let never = json!({ "group": "config", "requests": 1, "seconds": 0 });
    let refused = rig.server.put("/control/limits").add_header("host", "127.0.0.1:7430").json(&never).await;
    assert_eq!(refused.status_code(), 400);
}

#[tokio::test]
async fn faults_strike_the_management_api_apart_from_the_token_endpoint() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    for (name, status) in
        [("unauthorized", 401), ("throttled", 429), ("failing", 500), ("html", 200), ("redirect", 302)]
    {
        let plan = json!({ "fault": { "type": name }, "at": "api", "count": 1 });
        let put = rig.server.put("/control/faults").add_header("host", "127.0.0.1:7430").json(&plan);
        put.await.assert_status_success();
        assert_eq!(rig.obtain(&caller.client).await.status_code(), 200, "{name}");
        let struck = caller.get("/v1/environments").await;
        assert_eq!(struck.status_code().as_u16(), status, "{name}");
        assert!(!struck.text().contains("_embedded"), "{name}");
        assert_eq!(caller.get("/v1/environments").await.status_code(), 200, "{name} ends by itself");
    }
    let calls = rig.sandbox.counters(&caller.client.client_id).unwrap().calls;
    assert_eq!(calls, 10);
}
