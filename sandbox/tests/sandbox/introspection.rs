//! Introspection (RFC 7662) and revocation (RFC 7009).

use domain::provider::ClientAuthentication::ClientSecretBasic;
use serde_json::{Value, json};

use crate::rig::{Rig, START, is_refused};

#[tokio::test]
async fn a_good_token_is_active_with_its_claims_and_any_other_only_inactive() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let said: Value = rig.about("introspect", &caller.client, &caller.token).await.json();
    assert_eq!((&said["active"], &said["client_id"]), (&json!(true), &json!(caller.client.client_id)));
    assert_eq!((&said["exp"], &said["token_type"]), (&json!(START + 3_600), &json!("Bearer")));
    for token in ["x", "a.b.c", &format!("{}x", caller.token)] {
        let said: Value = rig.about("introspect", &caller.client, token).await.json();
        assert_eq!(said, json!({ "active": false }), "{token}");
    }
    rig.advance(3_600);
    let said: Value = rig.about("introspect", &caller.client, &caller.token).await.json();
    assert_eq!(said, json!({ "active": false }));
}

#[tokio::test]
async fn a_revoked_token_is_inactive_and_opens_nothing() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let users = rig.environment("/users?limit=1");
    assert_eq!(caller.get(&users).await.status_code(), 200);
    for _ in 0..2 {
        let revoked = rig.about("revoke", &caller.client, &caller.token).await;
        assert_eq!((revoked.status_code().as_u16(), revoked.text()), (200, String::new()));
    }
    let said: Value = rig.about("introspect", &caller.client, &caller.token).await.json();
    assert_eq!(said, json!({ "active": false }));
    assert_eq!(caller.get(&users).await.status_code(), 401);
}

#[tokio::test]
async fn another_clients_token_stays() {
    let rig = Rig::new();
    let (owner, other) = (rig.caller().await, rig.client(ClientSecretBasic).await);
    is_refused(&rig.about("revoke", &other, &owner.token).await, "unauthorized_client", "another client");
    assert_eq!(owner.get("/v1/environments").await.status_code(), 200);
}

#[tokio::test]
async fn who_does_not_prove_who_they_are_learns_nothing() {
    let rig = Rig::new();
    let mut caller = rig.caller().await;
    caller.client.client_secret = domain::secret::Secret::new("wrong");
    for what in ["introspect", "revoke"] {
        is_refused(&rig.about(what, &caller.client, &caller.token).await, "invalid_client", "");
    }
    assert_eq!(caller.get("/v1/environments").await.status_code(), 200);
}

#[tokio::test]
async fn a_request_without_a_token_is_refused() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    for what in ["introspect", "revoke"] {
        is_refused(&rig.about(what, &caller.client, "").await, "invalid_request", "token is required");
    }
}

#[tokio::test]
async fn a_fault_here_ends_no_token_and_strikes_no_request_for_one() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let plan = json!({ "fault": { "type": "failing" }, "at": "inquiry", "count": 2 });
    rig.server.put("/control/faults").add_header("host", "127.0.0.1:7430").json(&plan).await.assert_status_success();
    rig.obtain(&caller.client).await.assert_status_ok();
    for what in ["revoke", "introspect"] {
        assert_eq!(rig.about(what, &caller.client, &caller.token).await.status_code(), 500, "{what}");
    }
    let said: Value = rig.about("introspect", &caller.client, &caller.token).await.json();
    assert_eq!(said["active"], json!(true));
}
