//! What of an answer reaches the browser.

use domain::api::Code;
use domain::api::gateway::{UPSTREAM_HEADER, UPSTREAM_REQUEST_HEADER};

use super::*;

async fn answered(template: ResponseTemplate) -> Answer {
    let api = api(template).await;
    Stage::at(&api.uri(), GatewayRules::default()).await.get("sites/").await
}

#[tokio::test]
async fn json_csv_and_plain_data_come_as_they_are_and_belong_to_no_page() {
    for (kind, body) in [
        ("application/json", r#"{"items":[]}"#),
        ("application/hal+json", "{}"),
        ("text/csv", "a,b\n=1+1,2\n"),
        ("application/octet-stream", "\u{1}\u{2}"),
    ] {
        let template = ResponseTemplate::new(200)
            .insert_header("set-cookie", "canary=1")
            .insert_header("access-control-allow-origin", "*")
            .insert_header("content-security-policy", "default-src *")
            .insert_header("clear-site-data", "\"*\"")
            .insert_header("service-worker-allowed", "/")
            .insert_header("x-request-id", "theirs-1")
            .set_body_raw(body, kind);
        let answer = answered(template).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type"), answer.body.as_str()), (200, kind, body));
        assert!(answer.header("content-security-policy").contains("sandbox"), "{kind}");
        assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));
        assert_eq!(answer.header(UPSTREAM_REQUEST_HEADER), "theirs-1");
        for name in ["set-cookie", "access-control-allow-origin", "clear-site-data", "service-worker-allowed"] {
            assert_eq!(answer.header(name), "", "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_or_a_script_never_comes_from_our_address() {
    let with = |status: u16, kind: &str| ResponseTemplate::new(status).set_body_raw("<script>canary()</script>", kind);
    for kind in ["text/html", "image/svg+xml", "application/javascript", "text/xml", "multipart/x-mixed-replace"] {
        for (status, code) in
            [(200, Code::UpstreamUnreadable), (500, Code::UpstreamUnavailable), (429, Code::UpstreamThrottled)]
        {
            let answer = answered(with(status, kind)).await;
            assert_eq!((answer.problem().code, answer.header(UPSTREAM_HEADER)), (code, ""), "{status} {kind}");
            assert!(!answer.body.contains("canary"));
        }
        // Its status tells what to do; the page beside it is left out.
        for status in [401, 403, 404] {
            let answer = answered(with(status, kind)).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, ""), "{kind}");
            assert_ne!(answer.header(UPSTREAM_HEADER), "");
            assert_eq!(answer.header("content-type"), "");
        }
    }
}

#[tokio::test]
async fn a_403_is_the_providers_own_and_no_word_of_expiry() {
    let answer = answered(ResponseTemplate::new(403).set_body_raw(r#"{"message":"no"}"#, "application/json")).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, r#"{"message":"no"}"#));
    assert_ne!(answer.header(UPSTREAM_HEADER), "");
    assert_eq!(answer.header("www-authenticate"), "");
}

#[tokio::test]
async fn what_is_compressed_or_sends_on_is_not_passed_on() {
    let gzip =
        ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_raw("{}", "application/json");
    assert_eq!(answered(gzip).await.problem().code, Code::UpstreamUnreadable);
    for status in [301, 302, 307, 308] {
        let api = MockServer::start().await;
        let to = format!("{}/elsewhere", api.uri());
        let template = ResponseTemplate::new(status).insert_header("location", to);
        Mock::given(any()).respond_with(template).mount(&api).await;
        let answer = Stage::at(&api.uri(), GatewayRules::default()).await.get("sites/").await;
        assert_eq!(answer.problem().code, Code::UpstreamUnreadable, "{status}");
        assert_eq!(received(&api).await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_answer_without_a_body_is_passed_on() {
    for status in [204, 401, 404] {
        let answer = answered(ResponseTemplate::new(status)).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (status, 0));
        assert_ne!(answer.header(UPSTREAM_HEADER), "");
    }
}
