//! Every error of the API is a problem document.

use domain::api::{Code, REQUEST_HEADER};

use crate::rig::{Answer, Browser, Rig};

async fn post(browser: &mut Browser, path: &str, kind: &str, body: &str) -> Answer {
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", kind)];
    browser.send("POST", path, &headers, body).await
}

#[tokio::test]
async fn a_path_nothing_answers_is_a_problem() {
    let rig = Rig::new().await;
    let headers = [("x-request-id", "the-request-id")];
    for path in ["/api", "/api/", "/api/v1", "/api/v2/session", "/health/other"] {
        let answer = rig.browser().send("GET", path, &headers, "").await;
        assert_eq!(answer.problem().code, Code::NotFound, "{path}");
    }
    let answer = rig.browser().send("GET", "/api/nothing", &headers, "").await;
    insta::assert_snapshot!(answer.body, @r#"{"code":"not_found","status":404,"title":"There is nothing here","detail":"It may have been removed. Reload the page to see what is there now.","request_id":"the-request-id"}"#);
}

#[tokio::test]
async fn a_method_the_path_does_not_take_is_a_problem_that_names_those_it_takes() {
    let rig = Rig::new().await;
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin")];
    let answer = rig.browser().send("PUT", "/api/v1/session", &headers, "").await;
    assert_eq!(answer.problem().code, Code::MethodNotAllowed);
    assert!(answer.header("allow").contains("DELETE"), "{}", answer.header("allow"));
    let page = rig.browser().send("POST", "/connections", &headers, "").await;
    assert_eq!(page.problem().code, Code::MethodNotAllowed);
    let nothing = rig.browser().send("POST", "/nothing", &headers, "").await;
    assert_eq!(nothing.problem().code, Code::MethodNotAllowed);
}

#[tokio::test]
async fn a_body_that_is_not_what_the_route_takes_is_a_problem_that_does_not_repeat_it() {
    let rig = Rig::new().await;
    for body in [
        "",
        "canary",
        "{\"username\":\"canary\"",
        "{\"username\":7,\"password\":\"canary\"}",
        "[\"canary\"]",
        "null",
        "{}",
    ] {
        let answer = post(&mut rig.browser(), "/api/v1/session", "application/json", body).await;
        assert_eq!(answer.problem().code, Code::InvalidBody, "{body}");
        assert!(!answer.body.contains("canary"), "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let rig = Rig::new().await;
    let body = r#"{"username":"ada","password":"correct horse battery"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""] {
        let answer = post(&mut rig.browser(), "/api/v1/session", kind, body).await;
        assert_eq!(answer.problem().code, Code::InvalidBody, "{kind}");
    }
    let fine = post(&mut rig.browser(), "/api/v1/session", "Application/JSON; charset=utf-8", body).await;
    assert_eq!(fine.problem().code, Code::WrongCredentials);
}

#[tokio::test]
async fn a_body_too_large_is_refused_before_it_is_read() {
    let rig = Rig::new().await;
    let body = format!("{{\"username\":\"{}\",\"password\":\"x\"}}", "a".repeat(64 * 1_024));
    let answer = post(&mut rig.browser(), "/api/v1/session", "application/json", &body).await;
    assert_eq!(answer.problem().code, Code::BodyTooLarge);
}

#[tokio::test]
async fn deeply_nested_json_is_refused_like_any_other_nonsense() {
    let rig = Rig::new().await;
    let answer = post(&mut rig.browser(), "/api/v1/session", "application/json", &"[".repeat(60_000)).await;
    assert_eq!(answer.problem().code, Code::InvalidBody);
}

#[tokio::test]
async fn a_body_where_none_is_expected_is_refused() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let headers = [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let answer = admin.send("DELETE", "/api/v1/session", &headers, "{\"a\":1}").await;
    assert_eq!(answer.problem().code, Code::InvalidBody);
}
