//! What comes of a request, whatever answers it.

use std::cell::RefCell;
use std::rc::Rc;

use browser::HttpApi;
use browser::http::exchange;
use domain::api::account::{CurrentSession, SignIn, SignInForm, SignOut};
use domain::api::{self, Code, Problem};
use domain::secret::Secret;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::rig::Server;

/// The problem a request for the session ends with when this answers.
async fn problem_of(answer: &str) -> Problem {
    let _server = Server::answering(answer);
    let request = api::request(&CurrentSession, &()).unwrap();
    exchange(&request).await.answer.expect_err("there was an answer")
}

#[wasm_bindgen_test]
async fn a_request_carries_our_header_and_its_body_and_a_read_has_none() {
    let server = Server::answering("return [204, null];");
    let form = SignInForm { username: "ada".to_owned(), password: Secret::new("a long password") };
    exchange(&api::request(&SignIn, &form).unwrap()).await;
    exchange(&api::request(&CurrentSession, &()).unwrap()).await;
    let asked = server.asked();
    assert_eq!(asked[0]["headers"]["x-tokenkeep-request"], "1");
    assert_eq!(asked[0]["headers"]["content-type"], "application/json");
    assert_eq!(asked[0]["body"], r#"{"username":"ada","password":"a long password"}"#);
    assert_eq!((asked[1]["method"].as_str(), asked[1].get("body")), (Some("GET"), None));
    assert!(asked[1]["headers"].get("idempotency-key").is_none());
}

#[wasm_bindgen_test]
async fn an_answer_without_a_body_is_nothing_and_its_date_reaches_the_clock() {
    let _server = Server::answering("return [204, null, { date: 'Sun, 06 Nov 1994 08:49:37 GMT' }];");
    let samples = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&samples);
    let api = HttpApi::new(move |sample| seen.borrow_mut().push(sample));
    assert_eq!(api::call(&api, SignOut, ()).await, Ok(()));
    assert_eq!(samples.borrow().len(), 1);
    assert_eq!(samples.borrow()[0].server_date.millis(), 784_111_777_000);
    assert!(samples.borrow()[0].sent_at < samples.borrow()[0].received_at);
}

#[wasm_bindgen_test]
async fn a_date_that_is_none_is_no_clock() {
    let _server = Server::answering("return [204, null, { date: 'yesterday' }];");
    assert_eq!(exchange(&api::request(&SignOut, &()).unwrap()).await.clock, None);
}

#[wasm_bindgen_test]
async fn a_problem_document_comes_as_the_server_wrote_it() {
    let problem = problem_of(
        "return [403, { code: 'not_allowed', status: 403, title: 'No', detail: 'Ask.', request_id: 'r1' }];",
    )
    .await;
    assert_eq!((problem.code, problem.detail.as_str()), (Code::NotAllowed, "Ask."));
    assert_eq!(problem.request_id.as_deref(), Some("r1"));
}

#[wasm_bindgen_test]
async fn what_something_in_between_answers_is_told_by_its_status() {
    assert_eq!(problem_of("return [401, '<html>'];").await.code, Code::NotSignedIn);
    assert_eq!(problem_of("return [502, '<html>'];").await.code, Code::Unreachable);
    assert_eq!(problem_of("return [404, ''];").await.code, Code::UnreadableAnswer);
    let throttled = problem_of("return [429, '', { 'retry-after': '7' }];").await;
    assert_eq!((throttled.code, throttled.retry_after), (Code::TooManyRequests, Some(7)));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_json_can_not_be_read() {
    assert_eq!(problem_of("return [200, '<html>'];").await.code, Code::UnreadableAnswer);
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_can_not_be_reached() {
    assert_eq!(problem_of("throw new TypeError('Failed to fetch');").await.code, Code::Unreachable);
}
