use domain::api::Code;

use super::raw::{Script, serve};
use super::*;

/// What becomes of an answer that is not a token.
async fn unreadable(template: ResponseTemplate, words: &str) {
    let rig = Rig::answering(template).await;
    let problem = rig.refusal().await;
    assert_eq!(problem.code, Code::UpstreamUnreadable, "{problem:?}");
    assert!(problem.detail.contains(words), "{}", problem.detail);
    assert!(problem.detail.starts_with(&rig.server.address().to_string()), "{}", problem.detail);
    assert_eq!(rig.received().await.len(), 1, "what can't be read is not asked for again");
}

/// Against a server that sends exactly these bytes.
async fn raw(script: Script) -> Problem {
    within(Span::from_seconds(20), script).await
}

/// Two tries with so much time each.
async fn within(try_timeout: Span, script: Script) -> Problem {
    let origin = serve(script).await;
    let upstream =
        upstream(UpstreamSettings { try_timeout, max_tries: 2, ..settings(&origin) }, &Arc::new(MockClock::at(NOW)));
    upstream.obtain(&provider(&origin), &request(basic())).await.unwrap_err()
}

/// Little time, for those who waste it.
const SHORT: Span = Span::from_millis(100);

async fn granted(body: &Value) -> TokenAnswer {
    Rig::answering(answer(200, body)).await.obtain(basic()).await.unwrap()
}

#[tokio::test]
async fn an_html_page_is_no_token() {
    let page = ResponseTemplate::new(200).set_body_raw("<!doctype html><h1>Sign in</h1>", "text/html; charset=utf-8");
    unreadable(page, "HTML page").await;
}

#[tokio::test]
async fn five_megabytes_are_not_read_to_their_end() {
    let mut body = token();
    body["padding"] = "x".repeat(5_000_000).into();
    unreadable(answer(200, &body), "longer than any token response").await;
}

#[tokio::test]
async fn an_answer_without_an_end_is_left_at_the_limit() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    let problem = raw(Script::Flood(head, 50_000_000)).await;
    assert_eq!(problem.code, Code::UpstreamUnreadable, "{problem:?}");
}

#[tokio::test]
async fn a_slow_drip_ends_with_the_time_for_a_try() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{";
    let problem = within(SHORT, Script::Drip(head)).await;
    assert_eq!((problem.code, problem.upstream.unwrap().tries), (Code::UpstreamTimeout, 2));
}

#[tokio::test]
async fn a_drip_of_header_lines_ends_too() {
    assert_eq!(within(SHORT, Script::Drip(b"HTTP/1.1 200 OK\r\nx: ")).await.code, Code::UpstreamTimeout);
}

#[tokio::test]
async fn silence_ends_with_the_time_for_a_try() {
    assert_eq!(within(SHORT, Script::Silence).await.code, Code::UpstreamTimeout);
}

#[tokio::test]
async fn a_connection_that_drops_is_tried_again_and_then_named() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"access_token\":";
    for script in [Script::Send(b""), Script::Send(head), Script::Send(b"HTTP/1.1 200 OK\r\ncontent-le")] {
        let problem = raw(script).await;
        assert_eq!(problem.code, Code::UpstreamUnavailable, "{problem:?}");
        assert_eq!(problem.upstream.unwrap().tries, 2);
    }
}

#[tokio::test]
async fn what_is_not_http_is_named_and_not_tried_again() {
    let problem = raw(Script::Send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")).await;
    assert!(problem.detail.contains("not HTTP"), "{}", problem.detail);
    assert_eq!(problem.upstream.unwrap().tries, 1);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_where_it_should_is_named() {
    let origin = serve(Script::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await.replace("http://", "https://");
    let upstream = upstream(settings(&origin), &Arc::new(MockClock::at(NOW)));
    let problem = upstream.obtain(&provider(&origin), &request(basic())).await.unwrap_err();
    assert!(problem.detail.contains("its certificate or its TLS"), "{}", problem.detail);
    assert_eq!(problem.upstream.unwrap().tries, 1);
}

#[tokio::test]
async fn endless_headers_are_refused() {
    let problem = raw(Script::Flood(b"HTTP/1.1 200 OK\r\nx: ", 20_000_000)).await;
    assert_eq!(problem.code, Code::UpstreamUnavailable, "{problem:?}");
}

#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked() {
    let body = ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_json(token());
    unreadable(body, "compressed").await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_where_it_points() {
    let rig = Rig::new().await;
    let to = format!("{}/elsewhere?x=1", rig.server.uri());
    for status in [301, 302, 303, 307, 308] {
        rig.server.reset().await;
        let template = ResponseTemplate::new(status).insert_header("location", to.as_str());
        Mock::given(any()).respond_with(template).mount(&rig.server).await;
        let problem = rig.refusal().await;
        assert_eq!(problem.code, Code::UpstreamUnreadable);
        assert!(problem.detail.contains(&format!("sends us on to {},", rig.server.uri())), "{}", problem.detail);
        assert_eq!(rig.received().await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_to_the_inside_is_not_even_shown() {
    let template = ResponseTemplate::new(302).insert_header("location", "http://169.254.169.254/latest/meta-data");
    let problem = Rig::answering(template).await.refusal().await;
    assert!(!problem.detail.contains("169.254") && problem.detail.contains("sends us on,"), "{}", problem.detail);
}

#[tokio::test]
async fn success_with_an_error_in_it_is_a_refusal() {
    let body = json!({ "error": "invalid_client", "error_description": "no" });
    let problem = Rig::answering(answer(200, &body)).await.refusal().await;
    assert_eq!(problem.code, Code::UpstreamRefused);
    assert_eq!(problem.upstream.unwrap().status, Some(200));
}

#[tokio::test]
async fn an_access_token_that_is_none_is_named() {
    for (value, words) in [
        (json!(""), "empty"),
        (json!(7), "not a text"),
        (json!(["a"]), "not a text"),
        (json!("a\r\nset-cookie: b"), "characters"),
        (json!("a b"), "characters"),
        (json!("töken"), "characters"),
        (json!("a\u{0}b"), "characters"),
    ] {
        unreadable(answer(200, &json!({ "access_token": value })), words).await;
    }
    unreadable(answer(200, &json!({ "token_type": "Bearer" })), "missing").await;
}

#[tokio::test]
async fn bodies_that_are_no_json_object_are_named() {
    let raw = |bytes: &[u8]| ResponseTemplate::new(200).set_body_raw(bytes, "application/json");
    unreadable(ResponseTemplate::new(204), "empty").await;
    unreadable(raw(b""), "empty").await;
    unreadable(raw(b"[]"), "not a JSON object").await;
    unreadable(raw(b"null"), "not a JSON object").await;
    unreadable(raw(b"{\"access_token\":\"\xff\xfe\"}"), "not a JSON object in UTF-8").await;
    unreadable(raw("[".repeat(100_000).as_bytes()), "not a JSON object").await;
}

#[tokio::test]
async fn lifetimes_that_make_no_sense_count_as_unknown() {
    for value in [json!(0), json!(-5), json!("soon"), json!(1e18), json!(null), json!({})] {
        let answer = granted(&json!({ "access_token": "abc", "expires_in": value })).await;
        assert_eq!(answer.expires_in, None, "{value}");
    }
    assert_eq!(granted(&json!({ "access_token": "abc" })).await.expires_in, None);
}

#[tokio::test]
async fn a_lifetime_in_digits_is_believed() {
    assert_eq!(granted(&json!({ "access_token": "abc", "expires_in": "3600" })).await.expires_in, Some(3600));
}

#[tokio::test]
async fn a_missing_token_type_is_bearer() {
    assert_eq!(granted(&json!({ "access_token": "abc" })).await.token_type, "Bearer");
}
