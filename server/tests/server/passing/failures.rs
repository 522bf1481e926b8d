//! Tries, and the breaker.

use domain::api::gateway::{TRY_HEADER, UPSTREAM_HEADER};
use domain::api::{Code, Method};
use domain::time::Span;

use super::*;

/// An API that answers so for the first `count` calls, and well from then on.
async fn failing(status: u16, count: u64) -> MockServer {
    let server = MockServer::start().await;
    // Without a wait, so that no test waits for one.
    let failure = ResponseTemplate::new(status).insert_header("retry-after", "0");
    Mock::given(any()).respond_with(failure).up_to_n_times(count).mount(&server).await;
    Mock::given(any()).respond_with(json("{}")).mount(&server).await;
    server
}

async fn stage(api: &MockServer) -> Stage {
    let methods = Method::ALL.to_vec();
    let rules = GatewayRules { methods, ..GatewayRules::default() };
    Stage::with(&api.uri(), rules, |settings| settings.upstream.tries = 3).await
}

#[tokio::test]
async fn what_may_be_done_twice_is_tried_again_and_the_answer_says_which_try_it_was() {
    for method in ["GET", "PUT", "DELETE"] {
        let api = failing(503, 2).await;
        let answer = stage(&api).await.send(method, "a", &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.header(TRY_HEADER)), (200, "3"), "{method}");
    }
}

#[tokio::test]
async fn what_may_be_done_only_once_is_tried_once_unless_a_key_makes_it_safe() {
    for method in ["POST", "PATCH"] {
        let api = failing(503, 2).await;
        let mut stage = stage(&api).await;
        let once = stage.send(method, "a", &[], r#"{"a":1}"#).await;
        assert_eq!(
            (once.status.as_u16(), once.header(TRY_HEADER), received(&api).await.len()),
            (503, "1", 1),
            "{method}"
        );
        let answer = stage.send(method, "a", &[("idempotency-key", "key-1")], r#"{"a":1}"#).await;
        assert_eq!((answer.status.as_u16(), answer.header(TRY_HEADER)), (200, "2"), "{method}");
        let sent = received(&api).await;
        assert!(sent[1..].iter().all(|request| request.headers["idempotency-key"] == "key-1"));
        assert!(sent.iter().all(|request| request.body == br#"{"a":1}"#), "the body is whole each time");
    }
}

#[tokio::test]
async fn after_two_repeats_the_failure_is_passed_on() {
    let api = failing(500, 9).await;
    let answer = stage(&api).await.get("a").await;
    assert_eq!((answer.status.as_u16(), answer.header(TRY_HEADER), received(&api).await.len()), (500, "3", 3));
}

#[tokio::test]
async fn a_body_too_large_to_keep_is_sent_once_even_with_a_key() {
    let api = failing(503, 1).await;
    let kind = [("idempotency-key", "key-1"), ("content-type", "text/csv")];
    let answer = stage(&api).await.send("PUT", "a", &kind, &"x".repeat(100_000)).await;
    assert_eq!((answer.status.as_u16(), received(&api).await.len()), (503, 1));
}

#[tokio::test]
async fn a_host_that_fails_five_times_rests_then_gets_one_probe_and_recovers() {
    let api = failing(503, 6).await;
    let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
    for _ in 0..5 {
        assert_eq!(stage.get("a").await.status.as_u16(), 503);
    }
    let resting = stage.get("a").await;
    assert_eq!((resting.problem().code, resting.header("retry-after")), (Code::UpstreamPaused, "10"));
    assert_eq!((resting.header(UPSTREAM_HEADER), received(&api).await.len()), ("", 5));
    stage.rig.wait(Span::from_seconds(10));
    assert_ne!(stage.get("a").await.header(UPSTREAM_HEADER), "", "the probe fails");
    assert_eq!(stage.get("a").await.problem().code, Code::UpstreamPaused);
    stage.rig.wait(Span::from_seconds(10));
    for _ in 0..5 {
        assert_eq!(stage.get("a").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_fault_of_one_place_lets_no_host_rest() {
    for status in [400, 401, 403, 404, 429, 500, 501] {
        let api = failing(status, 8).await;
        let mut stage = Stage::at(&api.uri(), GatewayRules::default()).await;
        for _ in 0..8 {
            assert_eq!(stage.get("a").await.status.as_u16(), status);
        }
        assert_eq!(stage.get("a").await.status.as_u16(), 200, "{status}");
    }
}
