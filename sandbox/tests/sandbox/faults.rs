use axum_test::TestResponse;
use domain::provider::ClientAuthentication::ClientSecretBasic;
use sandbox::Fault;
use serde_json::{Value, json};

use crate::rig::Rig;

async fn put(rig: &Rig, plan: Value) -> TestResponse {
    rig.server.put("/control/faults").add_header("host", "127.0.0.1:7430").json(&plan).await
}

#[tokio::test]
async fn each_fault_answers_in_its_way() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    let cases = [("unauthorized", 401), ("throttled", 429), ("failing", 500), ("html", 200), ("redirect", 302)];
    for (name, status) in cases {
        put(&rig, json!({ "fault": { "type": name } })).await.assert_status_success();
        let response = rig.obtain(&client).await;
        assert_eq!(response.status_code().as_u16(), status, "{name}");
        assert!(!response.text().contains("access_token"), "{name}");
    }
}

#[tokio::test]
async fn a_throttled_answer_says_how_long_to_wait() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    put(&rig, json!({ "fault": { "type": "throttled", "retry_after": 7 } })).await.assert_status_success();
    rig.obtain(&client).await.assert_header("retry-after", "7");
}

#[tokio::test]
async fn who_comes_sooner_than_a_throttled_answer_asked_for_is_counted() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    put(&rig, json!({ "fault": { "type": "throttled", "retry_after": 7 }, "count": 1 })).await.assert_status_success();
    let early = || rig.sandbox.counters(&client.client_id).unwrap().early;
    rig.obtain(&client).await;
    assert_eq!(early(), 0, "the request that was asked to wait");
    rig.advance(6);
    rig.obtain(&client).await.assert_status_ok();
    assert_eq!(early(), 1);
    rig.advance(1);
    rig.obtain(&client).await.assert_status_ok();
    assert_eq!(early(), 1);
}

#[tokio::test]
async fn a_counted_fault_ends_by_itself() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    put(&rig, json!({ "fault": { "type": "failing" }, "count": 2 })).await.assert_status_success();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(rig.obtain(&client).await.status_code().as_u16());
    }
    assert_eq!(statuses, [500, 500, 200]);
}

#[tokio::test]
async fn a_fault_for_one_client_leaves_the_others_alone() {
    let rig = Rig::new();
    let (struck, spared) = (rig.client(ClientSecretBasic).await, rig.client(ClientSecretBasic).await);
    let plan = json!({ "fault": { "type": "failing" }, "client_id": struck.client_id });
    put(&rig, plan).await.assert_status_success();
    assert_eq!(rig.obtain(&struck).await.status_code(), 500);
    rig.obtain(&spared).await.assert_status_ok();
}

#[tokio::test]
async fn no_fault_switches_all_off() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    put(&rig, json!({ "fault": { "type": "html" }, "client_id": client.client_id })).await.assert_status_success();
    put(&rig, json!({ "fault": null })).await.assert_status_success();
    assert!(rig.obtain(&client).await.text().contains("access_token"));
}

#[tokio::test]
async fn a_slow_answer_comes_whole_after_its_time() {
    let rig = Rig::new();
    let client = rig.client(ClientSecretBasic).await;
    put(&rig, json!({ "fault": { "type": "slow", "ms": 30 } })).await.assert_status_success();
    let before = tokio::time::Instant::now();
    rig.obtain(&client).await.assert_status_ok();
    assert!(before.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn plans_that_make_no_sense_are_refused() {
    let rig = Rig::new();
    for plan in
        [json!({ "fault": { "type": "slow", "ms": 120_001 } }), json!({ "fault": { "type": "html" }, "count": 0 })]
    {
        assert_eq!(put(&rig, plan).await.status_code(), 400);
    }
    assert_eq!(put(&rig, json!({ "fault": { "type": "explode" } })).await.status_code(), 422);
}

#[test]
fn a_fault_is_read_back_as_it_was_written() {
    let text = serde_json::to_string(&Fault::Slow { ms: 5 }).unwrap();
    assert_eq!(text, r#"{"type":"slow","ms":5}"#);
    assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), Fault::Slow { ms: 5 });
}
