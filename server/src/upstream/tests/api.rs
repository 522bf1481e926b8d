//! Calls to providers' APIs: what goes out, and what becomes of answers good and bad.

use domain::api::gateway::ApiPath;
use domain::api::{Code, Method};

use super::raw::{Script, serve};
use super::*;

const TOKEN: &str = "canary-access-token";

pub fn get(path: &str) -> ApiCall {
    ApiCall { region: None, path: ApiPath::parse(path).unwrap(), token: Secret::new(TOKEN), body: None }
}

impl Rig {
    async fn call(&self, call: ApiCall) -> Result<ApiAnswer, Problem> {
        self.upstream.call(&self.provider(), &call).await
    }
}

async fn problem(template: ResponseTemplate) -> Problem {
    Rig::answering(template).await.call(get("users")).await.unwrap_err()
}

/// Against a server that sends exactly these bytes, with little time for each of two tries.
async fn raw(script: Script) -> Problem {
    let origin = serve(script).await;
    let settings = UpstreamSettings { try_timeout: Span::from_millis(200), max_tries: 2, ..settings(&origin) };
    let upstream = upstream(settings, &Arc::new(MockClock::at(NOW)));
    upstream.call(&provider(&origin), &get("users")).await.unwrap_err()
}

#[tokio::test]
async fn a_call_carries_its_token_and_nothing_that_was_not_written_here() {
    let rig = Rig::answering(answer(200, &json!({ "id": 1 }))).await;
    let answered = rig.call(get("users/a%20b?filter=x%20eq%20%22y%22")).await.unwrap();
    assert_eq!((answered.status, answered.body.as_slice()), (200, br#"{"id":1}"#.as_slice()));
    let received = &rig.received().await[0];
    assert_eq!(received.url.path(), "/api/users/a%20b");
    assert_eq!(received.url.query(), Some("filter=x%20eq%20%22y%22"));
    assert_eq!(received.headers["authorization"], format!("Bearer {TOKEN}"));
    let mut names: Vec<&str> = received.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
}

#[tokio::test]
async fn a_refusal_in_json_is_passed_on_with_its_status_and_asked_for_once() {
    let body = json!({ "code": "ACCESS_FAILED", "details": [{ "code": "INVALID_TOKEN" }] });
    for status in [400, 401, 403, 404, 409, 415] {
        let rig = Rig::answering(answer(status, &body)).await;
        let answered = rig.call(get("users")).await.unwrap();
        assert_eq!((answered.status, serde_json::from_slice::<Value>(&answered.body).unwrap()), (status, body.clone()));
        assert_eq!(rig.received().await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_wait_too_long_to_wait_here_is_passed_on() {
    let body = answer(429, &json!({ "code": "REQUEST_LIMITED" })).insert_header("retry-after", "90");
    let rig = Rig::answering(body).await;
    let answered = rig.call(get("users")).await.unwrap();
    assert_eq!((answered.status, answered.retry_after), (429, Some(Span::from_seconds(90))));
    assert_eq!(rig.received().await.len(), 1);
}

#[tokio::test]
async fn a_fault_that_passes_costs_a_try_and_one_that_stays_is_passed_on() {
    for status in [429, 500, 502, 503] {
        let rig = Rig::new().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(status)).up_to_n_times(2).mount(&rig.server).await;
        Mock::given(any()).respond_with(answer(200, &json!({}))).mount(&rig.server).await;
        assert_eq!(rig.call(get("users")).await.unwrap().status, 200, "{status}");
    }
    let rig = Rig::answering(answer(500, &json!({ "code": "UNEXPECTED_ERROR" }))).await;
    assert_eq!((rig.call(get("users")).await.unwrap().status, rig.received().await.len()), (500, 3));
}

#[test]
fn reads_are_gets_and_the_search_of_activities() {
    let reads = |method, path| ApiCall::reads(method, &ApiPath::parse(path).unwrap());
    assert!(reads(Method::Get, "users") && reads(Method::Post, "environments/e/activities"));
    assert!(!reads(Method::Post, "environments/e/users"));
    assert!(
        ![Method::Put, Method::Patch, Method::Delete].iter().any(|method| reads(*method, "environments/e/activities"))
    );
}

#[tokio::test]
async fn a_search_is_posted_once_whatever_comes_back() {
    let rig = Rig::answering(answer(503, &json!({}))).await;
    let kind = ProviderKind::Sandbox { origin: url(&rig.server.uri()) };
    let call = ApiCall { body: Some(Secret::new(r#"{"filter":"x"}"#)), ..get("environments/e/activities") };
    let answered = rig.upstream.call(&Provider { kind, ..rig.provider() }, &call).await.unwrap();
    let received = rig.received().await;
    assert_eq!((answered.status, received.len()), (503, 1));
    assert_eq!(
        (received[0].url.path(), received[0].body.as_slice()),
        ("/v1/environments/e/activities", br#"{"filter":"x"}"#.as_slice())
    );
    assert_eq!(received[0].headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_token() {
    let rig = Rig::new().await;
    for status in [301, 302, 307, 308] {
        rig.server.reset().await;
        let to = format!("{}/elsewhere", rig.server.uri());
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status).insert_header("location", to))
            .mount(&rig.server)
            .await;
        let problem = rig.call(get("users")).await.unwrap_err();
        assert_eq!((problem.code, rig.received().await.len()), (Code::UpstreamUnreadable, 1), "{status}");
    }
}

#[tokio::test]
async fn what_is_not_json_never_reaches_the_browser() {
    let html = |status| ResponseTemplate::new(status).set_body_raw("<script>alert(1)</script>", "text/html");
    for (template, code) in [
        (html(200), Code::UpstreamUnreadable),
        (html(404), Code::UpstreamUnreadable),
        (html(503), Code::UpstreamUnavailable),
        (html(429), Code::UpstreamThrottled),
        (ResponseTemplate::new(200).set_body_raw("{\"a\":1} <b>", "application/json"), Code::UpstreamUnreadable),
        (
            ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_raw("{}", "application/json"),
            Code::UpstreamUnreadable,
        ),
        (ResponseTemplate::new(200).set_body_raw("[".repeat(200_000), "application/json"), Code::UpstreamUnreadable),
    ] {
        let problem = problem(template).await;
        assert_eq!(problem.code, code, "{problem:?}");
        assert!(!format!("{problem:?}").contains("alert") && problem.upstream.unwrap().status.is_some());
    }
}

#[tokio::test]
async fn an_answer_without_a_body_is_passed_on() {
    for status in [204, 401] {
        let answered = Rig::answering(ResponseTemplate::new(status)).await.call(get("users")).await.unwrap();
        assert_eq!((answered.status, answered.body.len()), (status, 0));
    }
}

#[tokio::test]
async fn answers_without_an_end_a_beginning_or_any_sense_end_within_bounds() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    assert_eq!(raw(Script::Flood(head, 50_000_000)).await.code, Code::UpstreamUnreadable);
    assert_eq!(raw(Script::Drip(head)).await.code, Code::UpstreamTimeout);
    assert_eq!(raw(Script::Silence).await.code, Code::UpstreamTimeout);
    assert_eq!(raw(Script::Send(b"")).await.code, Code::UpstreamUnavailable);
    assert_eq!(raw(Script::Send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")).await.code, Code::UpstreamUnavailable);
}

#[tokio::test]
async fn only_a_name_for_the_exchange_that_can_be_shown_is_kept() {
    for (name, kept) in [("txn-1", Some("txn-1")), ("with blank", None), (&*"x".repeat(201), None)] {
        let template = answer(200, &json!({})).insert_header("correlation-id", name);
        let answered = Rig::answering(template).await.call(get("users")).await.unwrap();
        assert_eq!(answered.transaction.as_deref(), kept, "{name}");
    }
}

#[tokio::test]
async fn a_provider_without_an_api_or_switched_off_is_not_called() {
    let rig = Rig::answering(answer(200, &json!({}))).await;
    let mut without = rig.provider();
    if let ProviderKind::OAuth { more, .. } = &mut without.kind {
        more.api_base = None;
    }
    for provider in [without, Provider { enabled: false, ..rig.provider() }] {
        let problem = rig.upstream.call(&provider, &get("users")).await.unwrap_err();
        assert_eq!(problem.code, Code::ProviderNotAllowed);
    }
    assert!(rig.received().await.is_empty());
}

#[tokio::test]
async fn a_flood_of_calls_is_sent_away_before_the_provider_has_to() {
    let rig = Rig::answering(answer(200, &json!({}))).await;
    let kind = ProviderKind::Sandbox { origin: url(&rig.server.uri()) };
    let provider = Provider { kind, ..rig.provider() };
    let call = get("environments/e/activities");
    let calls = (0..9).map(|_| rig.upstream.call(&provider, &call));
    let answers = futures::future::join_all(calls).await;
    let refused: Vec<&Problem> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert_eq!((refused.len(), rig.received().await.len()), (3, 6));
    assert!(refused.iter().all(|problem| problem.code == Code::TooManyRequests && problem.retry_after == Some(3)));
    assert!(refused[0].upstream.is_none());
}

#[tokio::test]
async fn no_problem_holds_the_token() {
    for script in [Script::Send(b""), Script::Send(b"nonsense\r\n\r\n"), Script::Silence] {
        let problem = raw(script).await;
        assert!(!serde_json::to_string(&problem).unwrap().contains("canary"));
    }
    assert!(!format!("{:?}", get("users/canary")).contains("canary"));
}
